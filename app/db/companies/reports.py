"""Research reports: created with their sources, written section by section, finished once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from uuid_utils.compat import uuid7

from app.db.companies import report_parts
from app.db.companies.llm_calls import get_usage
from app.db.companies.report_parts import ReportSection, ReportSource, to_json_text
from app.db.core.conditions import Conditions
from app.db.core.pages import Page, count_or_estimate
from app.db.core.pool import Connection
from app.db.jobs.archive import ALL_JOBS
from app.domain.companies.research.extractive import EXTRACTIVE_MODEL
from app.domain.companies.research.report import ReportResult, ReportStatus
from app.domain.companies.research.sources import Source
from app.domain.text.json_guard import load_stored_object


@dataclass(frozen=True, slots=True)
class Report:
    """A report with its parts, as far as it is written."""

    id: UUID
    company: dict[str, Any]
    """The company as it was when the report was created."""
    status: str
    model: str
    confidence_score: float | None
    confidence: dict[str, Any]
    """How the score was computed; empty until the report is finished."""
    usage: dict[str, Any]
    """See `llm_calls.get_usage`."""
    created_at: datetime
    completed_at: datetime | None
    sections: list[ReportSection]
    sources: list[ReportSource]
    problems: list[str]
    """Which sources could not be read, and why."""


@dataclass(frozen=True, slots=True)
class ReportOverview:
    """A report without its parts."""

    id: UUID
    status: str
    model: str
    confidence_score: float | None
    dropped_claims: int
    created_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class FreshReport:
    """A finished report that is recent enough to be used instead of a new one."""

    id: UUID
    job_id: UUID
    completed_at: datetime
    job_exists: bool
    """False if the job was deleted since."""


async def insert(
    conn: Connection,
    *,
    job_id: UUID,
    company_id: UUID,
    company: Mapping[str, Any],
    model: str,
    gathered: Mapping[str, Any],
    sources: Sequence[Source],
    problems: Sequence[str] = (),
) -> UUID:
    """Insert a job's report with its sources, in place of one that the job inserted before; return its id.

    `problems` say which sources could not be read, and why.
    """
    await conn.execute("DELETE FROM research_reports WHERE job_id = $1", job_id)
    report_id: UUID = uuid7()
    await conn.execute(
        """INSERT INTO research_reports (id, company_id, job_id, created_by, model, company, gathered, problems)
           SELECT $1, $2, $3, created_by, $4, $5, $6, $7 FROM jobs WHERE id = $3""",
        report_id,
        company_id,
        job_id,
        model,
        to_json_text(company),
        to_json_text(gathered),
        list(problems),
    )
    await report_parts.insert_sources(conn, report_id, sources)
    return report_id


async def finish(
    conn: Connection,
    report_id: UUID,
    *,
    status: ReportStatus,
    model: str,
    confidence: Mapping[str, Any],
    dropped: int,
    usage: Mapping[str, Any],
    problems: Sequence[str] = (),
) -> None:
    """Complete a report; `confidence` holds its score under `score`."""
    await conn.execute(
        """UPDATE research_reports SET status = $2, confidence_score = $3, confidence = $4, dropped_claims = $5,
               usage = $6, model = $7, problems = $8, completed_at = now() WHERE id = $1""",
        report_id,
        status,
        confidence["score"],
        to_json_text(confidence),
        dropped,
        to_json_text(usage),
        model,
        list(problems),
    )


async def get_problems(conn: Connection, report_id: UUID) -> list[str]:
    """Return which sources of a report could not be read, and why."""
    problems: list[str] = await conn.fetchval("SELECT problems FROM research_reports WHERE id = $1", report_id)
    return problems


async def find_fresh(conn: Connection, company_id: UUID, max_age: timedelta, model: str) -> FreshReport | None:
    """Return the company's newest finished report that is younger than `max_age`.

    `model` is the model that a new report would be written with: a report that was written without a model is fresh
    only if the new one would be written without a model, too. A report whose sources could not be read is never fresh.
    """
    row = await conn.fetchrow(
        f"""SELECT r.id, r.job_id, r.completed_at, j.id IS NOT NULL AS job_exists
           FROM research_reports AS r LEFT JOIN {ALL_JOBS} AS j ON j.id = r.job_id
           WHERE r.company_id = $1 AND r.completed_at > now() - $2::interval AND (r.model <> $4 OR $3 = $4)
             AND r.problems = '{{}}'
           ORDER BY r.completed_at DESC LIMIT 1""",
        company_id,
        max_age,
        model,
        EXTRACTIVE_MODEL,
    )
    return FreshReport(**row) if row else None


async def list_reports(
    conn: Connection, company_id: UUID, *, before: UUID | None = None, limit: int, offset: int = 0
) -> Page[ReportOverview]:
    """Return a page of a company's reports, newest first; `before` (a cursor) limits it to those older than that."""
    where = Conditions()
    where.add("company_id = {}", company_id)
    total = await count_or_estimate(conn, f"SELECT FROM research_reports WHERE {where}", where.args)
    where.add_if_given("id < {}", before)
    rows = await conn.fetch(
        f"""SELECT id, status, model, confidence_score, dropped_claims, created_at, completed_at
            FROM research_reports WHERE {where}
            ORDER BY id DESC LIMIT {where.arg(limit + 1)} OFFSET {where.arg(offset)}""",
        *where.args,
    )
    return Page.of([ReportOverview(**row) for row in rows], limit, total)


async def get(conn: Connection, report_id: UUID) -> Report | None:
    """Return a report as far as it is written."""
    row = await conn.fetchrow(
        """SELECT id, job_id, company, status, model, confidence_score, confidence, usage, created_at, completed_at,
                  problems
           FROM research_reports WHERE id = $1""",
        report_id,
    )
    if row is None:
        return None
    return Report(
        id=row["id"],
        company=load_stored_object(row["company"]),
        status=row["status"],
        model=row["model"],
        confidence_score=row["confidence_score"],
        confidence=orjson.loads(row["confidence"] or "{}"),
        usage=orjson.loads(row["usage"]) if row["usage"] else await get_usage(conn, row["job_id"]),
        created_at=row["created_at"],
        completed_at=row["completed_at"],
        sections=await report_parts.list_sections(conn, report_id),
        sources=await report_parts.list_sources(conn, report_id),
        problems=row["problems"],
    )


async def get_job_id(conn: Connection, report_id: UUID) -> UUID | None:
    """Return the job that wrote a report, None if there is no such report."""
    job_id: UUID | None = await conn.fetchval("SELECT job_id FROM research_reports WHERE id = $1", report_id)
    return job_id


async def get_result(conn: Connection, report_id: UUID) -> ReportResult:
    """Return the result of the job that finished this report; the report must exist."""
    row = await conn.fetchrow(
        """SELECT r.id AS report_id, r.status, r.confidence_score, r.dropped_claims, r.model, r.problems,
                  (SELECT count(*) FROM research_sections AS s WHERE s.report_id = r.id) AS sections_complete,
                  (SELECT count(*) FROM research_sections AS s
                   WHERE s.report_id = r.id AND s.claims <> '[]') AS sections_found,
                  (SELECT count(*) FROM research_sources AS s WHERE s.report_id = r.id) AS total_sources
           FROM research_reports AS r WHERE r.id = $1""",
        report_id,
    )
    assert row is not None  # reports are deleted with their company only
    return ReportResult(**row)
