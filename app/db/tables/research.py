"""Reports with their sources and sections, and every call of a language model with what it cost."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from app.db.tables.columns import column, one_of, time
from app.db.tables.companies import of_company
from app.domain.companies.research.report import ReportStatus


def of_report() -> Any:
    """Return a foreign key to the report, deleted with it."""
    return Field(primary_key=True, sa_column_args=[ForeignKey("research_reports.id", ondelete="CASCADE")])


class ResearchReportTable(SQLModel, table=True):
    """A report; `company` is the company at that time, `gathered` the result of each kind of source."""

    __tablename__ = "research_reports"
    __table_args__ = (
        one_of("status", tuple(ReportStatus)),
        CheckConstraint("(status = 'writing') = (completed_at IS NULL)", name="completed"),
        Index(None, "company_id", "completed_at"),
        Index(None, "created_by", "created_at"),
    )

    id: UUID = Field(primary_key=True)
    company_id: UUID = of_company()
    job_id: UUID = Field(unique=True)
    created_by: UUID = Field(foreign_key="users.id")
    status: str = column(Text, default="'writing'")
    model: str = Field(sa_type=Text)
    company: dict[str, Any] = Field(sa_type=JSONB)
    gathered: dict[str, Any] = Field(sa_type=JSONB)
    confidence_score: float | None
    confidence: dict[str, Any] | None = Field(sa_type=JSONB)
    dropped_claims: int = column(default="0")
    usage: dict[str, Any] | None = Field(sa_type=JSONB)
    problems: list[str] = column(ARRAY(Text), default="'{}'")
    """Texts: which sources could not be read, and why. A report with any costs no quota and is never fresh."""
    created_at: datetime = time("now()")
    completed_at: datetime | None = time()


class ResearchSourceTable(SQLModel, table=True):
    __tablename__ = "research_sources"

    report_id: UUID = of_report()
    number: int = Field(sa_type=SmallInteger, primary_key=True)
    kind: str = Field(sa_type=Text)
    url: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    sha256: bytes = Field(foreign_key="source_texts.sha256")
    fetched_at: datetime = time()
    published_on: date | None


class ResearchSectionTable(SQLModel, table=True):
    """A written section of a report."""

    __tablename__ = "research_sections"

    report_id: UUID = of_report()
    key: str = Field(sa_type=Text, primary_key=True)
    model: str | None = Field(sa_type=Text)
    claims: Any = Field(sa_type=JSONB)
    dropped: dict[str, Any] = Field(sa_type=JSONB)
    confidence: dict[str, Any] = Field(sa_type=JSONB)
    note: str | None = Field(sa_type=Text)
    written_at: datetime = time("now()")


class LlmCallTable(SQLModel, table=True):
    """A call, inserted before it with its maximum cost and updated after it; `outcome` is null in between.

    A call whose worker died in between counts for its most.
    """

    __tablename__ = "llm_calls"
    __table_args__ = (Index(None, "user_id", "at"),)

    id: UUID = Field(primary_key=True)
    job_id: UUID = Field(index=True)
    user_id: UUID | None = Field(foreign_key="users.id")
    """The job's user; null for calls of jobs that were deleted before this was recorded."""
    purpose: str = Field(sa_type=Text)
    endpoint: str = Field(sa_type=Text)
    model: str = Field(sa_type=Text)
    reserved_tokens: int = Field(sa_type=BigInteger)
    reserved_usd: float | None
    prompt_tokens: int | None
    completion_tokens: int | None
    cached_tokens: int | None
    reasoning_tokens: int | None
    cost_usd: float | None
    cost_source: str | None = Field(sa_type=Text)
    latency_ms: int | None
    request_id: str | None = Field(sa_type=Text)
    outcome: str | None = Field(sa_type=Text)
    at: datetime = time("now()")
