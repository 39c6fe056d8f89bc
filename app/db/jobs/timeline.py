"""The timeline of a job: what happened to it, from its creation on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db.core.pages import Page, Total
from app.db.core.pool import Connection
from app.db.jobs.archive import ALL_JOBS


@dataclass(frozen=True, slots=True)
class JobEvent:
    id: int
    """Ascends in the order of the events; 0 for the creation of the job."""
    at: datetime
    event: str
    """Such as `created`, `claimed` or `retried`."""
    attempt: int
    fence: int
    """Fence of the claim that it belongs to."""
    worker_id: UUID | None
    hostname: str | None
    """The worker's, for as long as it is registered."""
    detail: str | None


TIMELINE = f"""
SELECT e.id, e.at, e.event, e.attempt, e.fence, e.worker_id, w.hostname, e.detail
FROM (
    SELECT 0 AS id, created_at AS at, 'created' AS event, 0 AS attempt, 0 AS fence, NULL::uuid AS worker_id,
           NULL AS detail
    FROM {ALL_JOBS} AS j WHERE id = $1
    UNION ALL
    SELECT id, at, event, attempt, fence, worker_id, detail FROM job_events WHERE job_id = $1
) AS e LEFT JOIN workers AS w ON w.id = e.worker_id
WHERE e.id > $2 ORDER BY e.id LIMIT $3 OFFSET $4
"""


async def list_events(
    conn: Connection, job_id: UUID, *, after: int | None = None, limit: int, offset: int = 0
) -> Page[JobEvent]:
    """Return a page of an existing job's events, the oldest first. The first is its creation.

    `after` is the id of the last event of the page before.
    """
    rows = await conn.fetch(TIMELINE, job_id, -1 if after is None else after, limit + 1, offset)
    total: int = await conn.fetchval("SELECT count(*) + 1 FROM job_events WHERE job_id = $1", job_id)
    return Page.of([JobEvent(**row) for row in rows], limit, Total(total, is_estimate=False))
