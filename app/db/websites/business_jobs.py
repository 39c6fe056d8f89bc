"""The jobs of businesses: made with them, and how they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import asyncpg

from app.db.core.pool import Connection
from app.db.jobs import records as jobs
from app.db.jobs.records import Inserted
from app.db.websites import businesses
from app.db.websites.businesses import Saved
from app.domain.jobs.spec import JobSpec
from app.domain.websites.businesses import NewBusiness
from app.domain.websites.kinds import BusinessArgs

Made = dict[UUID, list[tuple[str, Inserted]]]
"""Kind and job, by business."""


async def ingest(
    conn: Connection,
    new: Iterable[NewBusiness],
    specs: Sequence[JobSpec],
    *,
    source: str,
    country: str,
    user_id: UUID,
    priority: int,
) -> tuple[dict[str, Saved], Made]:
    """Keep businesses and, in the same transaction, make the jobs of those that are new or changed.

    Without jobs are those that are excluded or have no website. Answers by key, and the jobs by business.
    """
    unique = {one.key: one for one in new}
    saved = await businesses.save(conn, list(unique.values()), source, country, user_id)
    fresh = [
        one.id
        for one in saved.values()
        if (one.is_new or one.is_changed) and one.website is not None and not one.is_excluded
    ]
    return saved, await enqueue(conn, fresh, specs, user_id=user_id, priority=priority)


async def enqueue(
    conn: Connection, ids: Iterable[UUID], specs: Sequence[JobSpec], *, user_id: UUID, priority: int
) -> Made:
    """A job of each kind for every business; where one is active already, that one."""
    asked = [(business_id, spec) for business_id in ids for spec in specs]
    wanted = [spec.new_job(BusinessArgs(business_id=business_id), priority=priority) for business_id, spec in asked]
    made: Made = {}
    for (business_id, spec), job in zip(asked, await jobs.insert(conn, wanted, user_id), strict=True):
        made.setdefault(business_id, []).append((spec.kind, job))
    return made


def new(made: Made) -> int:
    """How many jobs of these were not there before."""
    return sum(job.is_new for entries in made.values() for _, job in entries)


async def counts(conn: Connection, kinds: Sequence[str], owner: UUID | None) -> dict[tuple[str, str], int]:
    """Jobs by kind and state, of one user or of all."""
    rows = await conn.fetch(
        """SELECT kind, status, count(*) AS n FROM jobs
           WHERE kind = ANY($1) AND ($2::uuid IS NULL OR created_by = $2) GROUP BY kind, status""",
        kinds,
        owner,
    )
    return {(row["kind"], row["status"]): row["n"] for row in rows}


async def failures(conn: Connection, kinds: Sequence[str], owner: UUID | None, limit: int) -> list[asyncpg.Record]:
    """The latest that failed, with the names of their businesses."""
    return await conn.fetch(
        """SELECT j.id, j.kind, j.error, j.attempt, j.max_attempts, j.completed_at, b.id AS business_id,
                  b.name AS business_name
           FROM jobs AS j LEFT JOIN businesses AS b ON b.id = (j.data ->> 'businessId')::uuid
           WHERE j.kind = ANY($1) AND j.status = 'failed' AND ($2::uuid IS NULL OR j.created_by = $2)
           ORDER BY j.id DESC LIMIT $3""",
        kinds,
        owner,
        limit,
    )
