"""The history of validations of a business's website, and what a job needs to visit it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from app.db.core.pages import Page, Total
from app.db.core.pool import NO_WAIT, Connection


@dataclass(frozen=True, slots=True)
class Validation:
    """One validation of a website."""

    id: int
    """Ascends in the order of the validations."""
    at: datetime
    job_id: UUID
    status: str
    evidence: str
    """JSON text."""


@dataclass(frozen=True, slots=True)
class VisitTarget:
    """A business whose website a job visits."""

    name: str
    website: str | None
    domain: str | None
    country: str
    """ISO 3166-1 alpha-2, in lower case."""
    job_created_at: datetime
    """Pages fetched since then need not be fetched again: the jobs of a business share them."""


async def get_visit_target(conn: Connection, business_id: UUID, job_id: UUID) -> VisitTarget | None:
    """Return what a job needs to visit a business, None if the business or the job does not exist."""
    row = await conn.fetchrow(
        """SELECT b.name, b.website, b.domain, b.country, j.created_at AS job_created_at
           FROM businesses AS b CROSS JOIN jobs AS j WHERE b.id = $1 AND j.id = $2""",
        business_id,
        job_id,
    )
    return VisitTarget(**row) if row else None


async def list_validations(
    conn: Connection, business_id: UUID, *, before: int | None = None, limit: int, offset: int = 0
) -> Page[Validation]:
    """Return a page of the validations of a business, newest first.

    `before` is the id of the last validation of the page before.
    """
    rows = await conn.fetch(
        """SELECT id, at, job_id, status, evidence FROM website_checks
           WHERE business_id = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3 OFFSET $4""",
        business_id,
        before,
        limit + 1,
        offset,
    )
    total: int = await conn.fetchval("SELECT count(*) FROM website_checks WHERE business_id = $1", business_id)
    return Page.of([Validation(**row) for row in rows], limit, Total(total, is_estimate=False))


async def insert_validation(
    conn: Connection, business_id: UUID, job_id: UUID, *, website: str, status: str, evidence: Mapping[str, Any]
) -> None:
    """Add a validation to the history and set it on the business, unless that has another website by now.

    The commit does not wait for the disk: the outcome of the job, which follows, does so for both.
    """
    await conn.execute(
        f"""WITH inserted AS (
               INSERT INTO website_checks (business_id, job_id, status, evidence) VALUES ($1, $2, $4, $5)
           )
           UPDATE businesses SET website_status = $4, website_checked_at = now(), website_evidence = $5
           FROM {NO_WAIT} WHERE id = $1 AND website = $3""",
        business_id,
        job_id,
        website,
        status,
        orjson.dumps(evidence, option=orjson.OPT_UTC_Z).decode(),
    )
