"""Queues: their settings, the overrides of admins, and the numbers of their jobs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db.core.pool import Connection
from app.db.jobs.waiting import READY
from app.db.jobs.workers import LIVE_BY_ROUTE
from app.domain.jobs.spec import QueueSpec

FINISHED_SECONDS = 3600
"""How far back the counts of finished jobs go: a longer look would be expensive in a ledger of millions."""
RATE_SECONDS = 300
NIL = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Queue:
    name: str
    route: str
    per_worker: bool
    """Whether `concurrency` is per live worker."""
    priority: int
    priority_override: int | None
    concurrency: int
    concurrency_override: int | None
    paused_at: datetime | None
    paused_until: datetime | None
    """When the pause ends by itself; both also remain after it has ended."""
    workers: int
    """Live workers on its route."""
    slots: int
    """Slots of these workers."""
    paused: bool
    ready: int
    """Jobs that are due and wait to be admitted."""
    deferred: int
    """Jobs that are due later."""
    admitted: int
    """Jobs on their way to a worker."""
    processing: int
    completed: int
    """Within the last FINISHED_SECONDS, like `failed` and `cancelled`."""
    failed: int
    cancelled: int
    rate_per_minute: float
    """Jobs completed per minute, over the last RATE_SECONDS."""
    oldest_ready_seconds: float | None
    """Age of the oldest job that is ready."""


async def declare(conn: Connection, queues: Iterable[QueueSpec]) -> None:
    """Insert or update the queues of these specs; overrides of admins stay."""
    specs = sorted(set(queues), key=lambda q: q.name)
    await conn.execute(
        """INSERT INTO queues (name, route, priority, concurrency, per_worker, dispatch_size)
           SELECT * FROM unnest($1::text[], $2::text[], $3::smallint[], $4::int[], $5::bool[], $6::smallint[])
           ON CONFLICT (name) DO UPDATE
           SET (route, priority, concurrency, per_worker, dispatch_size) =
               (excluded.route, excluded.priority, excluded.concurrency, excluded.per_worker, excluded.dispatch_size)
           WHERE (queues.route, queues.priority, queues.concurrency, queues.per_worker, queues.dispatch_size)
               IS DISTINCT FROM
               (excluded.route, excluded.priority, excluded.concurrency, excluded.per_worker, excluded.dispatch_size)
        """,
        [q.name for q in specs],
        [q.route for q in specs],
        [q.priority for q in specs],
        [q.concurrency for q in specs],
        [q.per_worker for q in specs],
        [q.dispatch_size for q in specs],
    )


# Each count reads its part of one partial index. `oldest` looks at the first job of each priority, or of the next one
# that has any: an equality instead would make the planner search for them along the primary key.
SELECT = f"""
WITH live AS ({LIVE_BY_ROUTE}), deferred AS (
    SELECT queue, count(*) AS jobs FROM jobs WHERE run_at IS NOT NULL GROUP BY queue
)
SELECT q.name, q.route, q.per_worker, q.priority, q.priority_override, q.concurrency, q.concurrency_override,
       q.paused_at, q.paused_until, coalesce(live.workers, 0) AS workers, coalesce(live.slots, 0) AS slots,
       q.paused_at IS NOT NULL AND (q.paused_until IS NULL OR q.paused_until > now()) AS paused,
       ready.jobs AS ready, coalesce(deferred.jobs, 0) AS deferred, held.admitted, held.processing,
       finished.completed, finished.failed, finished.cancelled,
       finished.lately * 60.0::float8 / {RATE_SECONDS} AS rate_per_minute, oldest.seconds AS oldest_ready_seconds
FROM queues AS q LEFT JOIN live USING (route) LEFT JOIN deferred ON deferred.queue = q.name
CROSS JOIN LATERAL (SELECT count(*) AS jobs FROM jobs WHERE queue = q.name AND {READY}) AS ready
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE status = 'pending') AS admitted,
           count(*) FILTER (WHERE status = 'processing') AS processing
    FROM jobs WHERE queue = q.name AND lease_until IS NOT NULL
) AS held
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE status = 'completed') AS completed,
           count(*) FILTER (WHERE status = 'failed') AS failed,
           count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
           count(*) FILTER (WHERE status = 'completed' AND completed_at > now() - interval '{RATE_SECONDS} s') AS lately
    FROM jobs WHERE queue = q.name AND completed_at > now() - interval '{FINISHED_SECONDS} s'
) AS finished
CROSS JOIN LATERAL (
    SELECT extract(epoch FROM now() - min(head.created_at))::float8 AS seconds
    FROM generate_series(1, 9) AS p (priority) CROSS JOIN LATERAL (
        SELECT created_at FROM jobs
        WHERE queue = q.name AND (jobs.priority, id) >= (p.priority, '{NIL}'::uuid) AND {READY}
        ORDER BY jobs.priority, id LIMIT 1
    ) AS head
) AS oldest
WHERE $1::text IS NULL OR q.name = $1
ORDER BY coalesce(q.priority_override, q.priority), q.name
"""


async def list_queues(conn: Connection) -> list[Queue]:
    """Return all queues, the highest priority first."""
    return [Queue(**row) for row in await conn.fetch(SELECT, None)]


async def find(conn: Connection, name: str) -> Queue | None:
    """Return the queue, or None if there is none with this name."""
    row = await conn.fetchrow(SELECT, name)
    return Queue(**row) if row else None


async def pause(conn: Connection, name: str, until: datetime | None) -> bool:
    """Admit no more jobs of the queue, until `until` or until it is resumed. Returns False if there is no such queue.

    A pause that is in effect goes on: the jobs that were pinned since it began keep their right to run.
    """
    changed = await conn.fetchval(
        """UPDATE queues SET paused_until = $2,
               paused_at = CASE WHEN paused_until <= now() THEN now() ELSE coalesce(paused_at, now()) END
           WHERE name = $1 RETURNING true""",
        name,
        until,
    )
    return changed is not None


async def resume(conn: Connection, name: str) -> bool:
    """End the pause of the queue. Returns False if there is no such queue."""
    changed = await conn.fetchval(
        "UPDATE queues SET paused_at = NULL, paused_until = NULL WHERE name = $1 RETURNING true", name
    )
    return changed is not None


async def update_overrides(conn: Connection, name: str, values: dict[str, int | None]) -> bool:
    """Set `concurrency` or `priority`; None restores the default. Returns False if there is no such queue."""
    changed = await conn.fetchval(
        """UPDATE queues SET concurrency_override = CASE WHEN $2 THEN $3 ELSE concurrency_override END,
               priority_override = CASE WHEN $4 THEN $5 ELSE priority_override END
           WHERE name = $1 RETURNING true""",
        name,
        "concurrency" in values,
        values.get("concurrency"),
        "priority" in values,
        values.get("priority"),
    )
    return changed is not None
