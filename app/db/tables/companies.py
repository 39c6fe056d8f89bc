"""Companies, their fields by source, their scores and their signals."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, func, literal_column, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from app.db.tables.columns import column, identity, one_of, time
from app.domain.companies.identity.candidates import CANDIDATE_STATUSES
from app.domain.companies.signals import SIGNAL_KINDS


def of_company(**options: Any) -> Any:
    """Return a foreign key to the company, deleted with it."""
    return Field(sa_column_args=[ForeignKey("companies.id", ondelete="CASCADE")], **options)


class CompanyTable(SQLModel, table=True):
    """A company; `external_id` is the client's own id of it. Further facts are in its fields."""

    __tablename__ = "companies"
    __table_args__ = (
        Index("companies_lower_name_idx", text("lower(name)"), "id"),
        Index("companies_name_idx", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
        Index("companies_score_idx", text("coalesce(score, '-1'::integer)"), "id"),
        Index(
            "companies_name_prefix_idx",
            func.lower(literal_column("name")).label("lower_name"),
            postgresql_ops={"lower_name": "text_pattern_ops"},
        ),
    )

    id: UUID = Field(primary_key=True)
    external_id: str | None = Field(sa_type=Text, unique=True)
    name: str = Field(sa_type=Text)
    website: str | None = Field(sa_type=Text)
    registry_number: str | None = Field(sa_type=Text)
    place_id: str | None = Field(sa_type=Text)
    business_id: UUID | None = Field(foreign_key="businesses.id", ondelete="SET NULL", unique=True)
    attributes: dict[str, Any] = column(JSONB, default="'{}'")
    score: float | None
    """The newest of its lead scores, repeated here so that companies can be sorted by it."""
    created_by: UUID = Field(foreign_key="users.id")
    created_at: datetime = time("now()")
    updated_at: datetime = time("now()")


class CompanyFieldTable(SQLModel, table=True):
    """One fact about a company from one source."""

    __tablename__ = "company_fields"

    company_id: UUID = of_company(primary_key=True)
    field: str = Field(sa_type=Text, primary_key=True)
    source: str = Field(sa_type=Text, primary_key=True)
    value: Any = Field(sa_type=JSONB)
    url: str | None = Field(sa_type=Text)
    fetched_at: datetime = time()


class CompanyCandidateTable(SQLModel, table=True):
    """An entry of a register or directory that may be the company's: a person decides."""

    __tablename__ = "company_candidates"
    __table_args__ = (
        UniqueConstraint("company_id", "source", "entry_id"),
        Index(None, "status", "found_at", "id"),
        one_of("status", CANDIDATE_STATUSES),
    )

    id: UUID = Field(primary_key=True)
    company_id: UUID = of_company()
    source: str = Field(sa_type=Text)
    entry_id: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    url: str = Field(sa_type=Text)
    fields: dict[str, Any] = Field(sa_type=JSONB)
    marks: list[str] = Field(sa_type=ARRAY(Text))
    reasons: list[str] = Field(sa_type=ARRAY(Text))
    status: str = column(Text, default="'pending'")
    found_at: datetime = time("now()")
    decided_by: UUID | None = Field(foreign_key="users.id")
    decided_at: datetime | None = time()


class SourceTextTable(SQLModel, table=True):
    """A text that facts were read from, stored once however often it was fetched."""

    __tablename__ = "source_texts"

    sha256: bytes = Field(primary_key=True)
    text: str = Field(sa_type=Text)


class PageVersionTable(SQLModel, table=True):
    """A version of a page of a company's site; each change of its text is a new row."""

    __tablename__ = "page_versions"
    __table_args__ = (Index(None, "company_id", "url", "id"),)

    id: int = identity()
    company_id: UUID = of_company()
    url: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    sha256: bytes = Field(foreign_key="source_texts.sha256")
    fetched_at: datetime = time()


class LeadScoreTable(SQLModel, table=True):
    __tablename__ = "lead_scores"
    __table_args__ = (
        Index(None, "company_id", "computed_at"),
        Index("lead_scores_score_idx", text("score DESC"), "company_id"),
        Index("lead_scores_computed_idx", "computed_at"),
    )

    id: UUID = Field(primary_key=True)
    company_id: UUID = of_company()
    job_id: UUID
    score: float
    features: Any = Field(sa_type=JSONB)
    ai: dict[str, Any] | None = Field(sa_type=JSONB)
    computed_at: datetime = time("now()")


class SignalTable(SQLModel, table=True):
    """A signal of a company; `fingerprint` keeps it from being recorded twice."""

    __tablename__ = "signals"
    __table_args__ = (
        UniqueConstraint("company_id", "kind", "fingerprint"),
        Index(None, "company_id", "detected_at"),
        Index("signals_detected_idx", "detected_at", "id"),
        Index("signals_kind_idx", "kind", "detected_at", "id"),
        Index("signals_job_idx", "job_id", "id"),
        Index("signals_title_idx", "title", postgresql_using="gin", postgresql_ops={"title": "gin_trgm_ops"}),
        one_of("kind", SIGNAL_KINDS),
    )

    id: UUID = Field(primary_key=True)
    company_id: UUID = of_company()
    kind: str = Field(sa_type=Text)
    fingerprint: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    quote: str = Field(sa_type=Text)
    url: str = Field(sa_type=Text)
    sha256: bytes = Field(foreign_key="source_texts.sha256")
    occurred_on: date | None
    strength: float
    job_id: UUID
    detected_at: datetime = time("now()")
