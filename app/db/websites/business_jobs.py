"""The jobs that visit the websites of businesses: created together with the businesses, counted, and listed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db.core.pool import Connection
from app.db.core.slices import in_slices
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.db.websites.business_upserts import BusinessUpsert, upsert_businesses
from app.domain.jobs.spec import NewJob
from app.domain.websites.businesses import NewBusiness
from app.domain.websites.kinds import WEBSITE_SPECS, WebsiteKind


@dataclass(frozen=True, slots=True)
class BusinessJob:
    """A job for a business: a new one, or the active one of the same kind."""

    id: UUID | None
    """None if it is another user's."""
    kind: WebsiteKind
    business_id: UUID
    is_new: bool


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A failed job and its business, which may be deleted by now."""

    id: UUID
    kind: WebsiteKind
    error: str | None
    attempt: int
    max_attempts: int
    completed_at: datetime
    business_id: UUID | None
    business_name: str | None


async def upsert_with_jobs(
    conn: Connection,
    businesses: Iterable[NewBusiness],
    kinds: Sequence[WebsiteKind],
    *,
    source: str,
    country: str,
    creator: Creator,
    priority: int,
    run_at: datetime | None = None,
) -> tuple[dict[str, BusinessUpsert], list[BusinessJob]]:
    """Insert or update businesses and create jobs of these kinds for those that are new or changed, in one
    transaction.

    Businesses that are excluded or have no website get no jobs; of businesses with the same key the last one counts.
    Returns the results by key, and the jobs.
    """
    unique = dict(await in_slices(list(businesses), lambda part: ((business.key, business) for business in part)))
    results = await upsert_businesses(conn, list(unique.values()), source=source, country=country, user_id=creator.id)
    ids = [
        result.id
        for result in results.values()
        if (result.is_new or result.is_changed) and result.website is not None and not result.is_excluded
    ]
    return results, await insert_jobs(conn, ids, kinds, creator=creator, priority=priority, run_at=run_at)


async def insert_jobs(
    conn: Connection,
    business_ids: Iterable[UUID],
    kinds: Sequence[WebsiteKind],
    *,
    creator: Creator,
    priority: int,
    run_at: datetime | None = None,
) -> list[BusinessJob]:
    """Create one job per business and kind, or return the active one if there is one already."""
    wanted = [(business_id, kind) for business_id in business_ids for kind in kinds]

    def to_new_jobs(part: Sequence[tuple[UUID, WebsiteKind]]) -> Iterator[NewJob]:
        for business_id, kind in part:
            spec = WEBSITE_SPECS[kind]
            yield spec.new_job(spec.args(business_id=business_id), priority=priority, run_at=run_at)

    new = await in_slices(wanted, to_new_jobs)
    inserted = await jobs.insert(conn, new, creator)
    return [
        BusinessJob(job.shown_id, kind, business_id, job.is_new)
        for (business_id, kind), job in zip(wanted, inserted, strict=True)
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
