"""The jobs that visit the websites of businesses: created together with the businesses, counted, and listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db.core.pool import Connection
from app.db.jobs import records as jobs
from app.db.websites.business_upserts import BusinessUpsert, upsert_businesses
from app.domain.jobs.spec import JobSpec
from app.domain.websites.businesses import NewBusiness
from app.domain.websites.kinds import BusinessArgs


@dataclass(frozen=True, slots=True)
class BusinessJob:
    """A job for a business: a new one, or the active one of the same kind."""

    id: UUID
    kind: str
    business_id: UUID
    is_new: bool


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A failed job and its business, which may be deleted by now."""

    id: UUID
    kind: str
    error: str | None
    attempt: int
    max_attempts: int
    completed_at: datetime
    business_id: UUID | None
    business_name: str | None


async def upsert_with_jobs(
    conn: Connection,
    businesses: Iterable[NewBusiness],
    specs: Sequence[JobSpec],
    *,
    source: str,
    country: str,
    user_id: UUID,
    priority: int,
) -> tuple[dict[str, BusinessUpsert], list[BusinessJob]]:
    """Insert or update businesses and create jobs for those that are new or changed, in one transaction.

    Businesses that are excluded or have no website get no jobs; of businesses with the same key the last one counts.
    Returns the results by key, and the jobs.
    """
    unique = {business.key: business for business in businesses}
    results = await upsert_businesses(conn, list(unique.values()), source=source, country=country, user_id=user_id)
    ids = [
        result.id
        for result in results.values()
        if (result.is_new or result.is_changed) and result.website is not None and not result.is_excluded
    ]
    return results, await insert_jobs(conn, ids, specs, user_id=user_id, priority=priority)


async def insert_jobs(
    conn: Connection, business_ids: Iterable[UUID], specs: Sequence[JobSpec], *, user_id: UUID, priority: int
) -> list[BusinessJob]:
    """Create one job per business and kind, or return the active one if there is one already."""
    wanted = [(business_id, spec) for business_id in business_ids for spec in specs]
    new = [spec.new_job(BusinessArgs(business_id=business_id), priority=priority) for business_id, spec in wanted]
    inserted = await jobs.insert(conn, new, user_id)
    return [
        BusinessJob(job.id, spec.kind, business_id, job.is_new)
        for (business_id, spec), job in zip(wanted, inserted, strict=True)
    ]


async def count_by_kind_and_status(
    conn: Connection, kinds: Sequence[str], owner: UUID | None
) -> Mapping[tuple[str, str], int]:
    """Count the jobs of these kinds, of one user or of all users if `owner` is None."""
    rows = await conn.fetch(
        """SELECT kind, status, count(*) AS n FROM jobs
           WHERE kind = ANY($1) AND ($2::uuid IS NULL OR created_by = $2) GROUP BY kind, status""",
        kinds,
        owner,
    )
    return {(row["kind"], row["status"]): row["n"] for row in rows}


async def list_failed(conn: Connection, kinds: Sequence[str], owner: UUID | None, limit: int) -> list[FailedJob]:
    """Return the latest failed jobs of these kinds, of one user or of all users if `owner` is None."""
    rows = await conn.fetch(
        """SELECT j.id, j.kind, j.error, j.attempt, j.max_attempts, j.completed_at, b.id AS business_id,
                  b.name AS business_name
           FROM jobs AS j LEFT JOIN businesses AS b ON b.id = (j.data ->> 'businessId')::uuid
           WHERE j.kind = ANY($1) AND j.status = 'failed' AND ($2::uuid IS NULL OR j.created_by = $2)
           ORDER BY j.id DESC LIMIT $3""",
        kinds,
        owner,
        limit,
    )
    return [FailedJob(**row) for row in rows]
