"""Admission: which pending jobs may run now, given concurrency, priorities, pauses and the workers' slots.

An admitted job holds its slot by a short lease while its dispatch travels. If it never arrives, `ledger.rescue` takes
it back and it is admitted again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.core import locks
from app.db.core.locks import Lock
from app.db.core.pool import Connection
from app.db.jobs.workers import LIVE_BY_ROUTE

MAX_TRAVEL_SECONDS = 5.0
"""From admission to claim; a dispatch that takes longer counts as lost."""

READY = "status = 'pending' AND lease_until IS NULL AND run_at IS NULL"

# A paused queue only admits jobs that were pinned since; of the two parts of the UNION one reads no row.
# The jobs that hold a slot are counted per queue, each in its part of a small partial index: for all queues at once the
# planner would read the whole table as long as it is small.
SELECT = f"""
WITH live AS ({LIVE_BY_ROUTE}), busy AS (
    SELECT q.name, q.route, count.jobs
    FROM queues AS q CROSS JOIN LATERAL (
        SELECT count(*)::int AS jobs FROM jobs WHERE queue = q.name AND lease_until IS NOT NULL
    ) AS count
), open AS (
    SELECT q.name, q.route, q.dispatch_size, live.workers, coalesce(q.priority_override, q.priority) AS rank,
           live.slots - sum(busy.jobs) OVER (PARTITION BY q.route) AS free, limits.concurrency,
           limits.concurrency - busy.jobs AS room,
           CASE WHEN q.paused_until IS NULL OR q.paused_until > now() THEN q.paused_at END AS paused_at
    FROM queues AS q JOIN busy USING (name) JOIN live ON live.route = q.route
    CROSS JOIN LATERAL (
        SELECT coalesce(q.concurrency_override, q.concurrency)
               * CASE WHEN q.per_worker THEN live.workers ELSE 1 END AS concurrency
    ) AS limits
), ranked AS (
    SELECT j.id, open.*, row_number() OVER (PARTITION BY route ORDER BY rank, j.priority, j.id) AS place
    FROM open CROSS JOIN LATERAL (
        (SELECT id, priority FROM jobs
         WHERE open.paused_at IS NULL AND queue = open.name AND {READY}
         ORDER BY priority, id LIMIT greatest(0, least(open.room, open.free)))
        UNION ALL
        (SELECT id, priority FROM jobs
         WHERE open.paused_at IS NOT NULL AND pinned_at >= open.paused_at AND queue = open.name AND {READY}
         ORDER BY priority, id LIMIT greatest(0, least(open.room, open.free)))
    ) AS j
)
SELECT id, name, route, dispatch_size, workers, concurrency FROM ranked WHERE place <= free ORDER BY route, place
"""


@dataclass(frozen=True)
class Candidate:
    """A job that may run now."""

    id: UUID
    queue: str
    route: str
    dispatch_size: int
    workers: int
    """Live workers on the route."""
    concurrency: int
    """The concurrency of its queue, on all workers together."""


@dataclass(frozen=True)
class Dispatch:
    """Admitted jobs of one queue that travel in one arq job."""

    id: UUID
    queue: str
    route: str
    job_ids: tuple[UUID, ...]


async def list_candidates(conn: Connection) -> list[Candidate]:
    """Return the jobs that may run now, in their order. Holds the admission lock until the transaction ends.

    The lock is a statement of its own, so that the counts after it see what its previous holder committed.
    """
    await locks.acquire(conn, Lock.ADMISSION)
    rows = await conn.fetch(SELECT)
    return [Candidate(r["id"], r["name"], r["route"], r["dispatch_size"], r["workers"], r["concurrency"]) for r in rows]


def build_dispatches(candidates: Iterable[Candidate]) -> list[Dispatch]:
    """Group candidates, given in their order, into dispatches that are no larger than one worker's share."""
    dispatches = []
    for _, group in groupby(sorted(candidates, key=lambda c: (c.route, c.queue)), key=lambda c: c.queue):
        jobs = list(group)
        first = jobs[0]
        size = max(1, min(first.dispatch_size, -(-len(jobs) // first.workers)))
        dispatches += [
            Dispatch(uuid7(), first.queue, first.route, tuple(c.id for c in jobs[i : i + size]))
            for i in range(0, len(jobs), size)
        ]
    return dispatches


async def mark_dispatched(conn: Connection, dispatches: Sequence[Dispatch]) -> None:
    """Record that these jobs are on their way; each holds a slot from now on."""
    if dispatches:
        await conn.execute(
            """UPDATE jobs SET dispatch_id = d.dispatch_id, lease_until = now() + make_interval(secs => $3)
               FROM unnest($1::uuid[], $2::uuid[]) AS d (id, dispatch_id)
               WHERE jobs.id = d.id AND jobs.id = ANY($1) AND status = 'pending'
               AND coalesce(lease_until, run_at) IS NULL""",
            [job_id for dispatch in dispatches for job_id in dispatch.job_ids],
            [dispatch.id for dispatch in dispatches for _ in dispatch.job_ids],
            MAX_TRAVEL_SECONDS,
        )


async def admit(conn: Connection) -> list[Dispatch]:
    """Admit all jobs that may run now. The caller sends the dispatches after the commit."""
    dispatches = build_dispatches(await list_candidates(conn))
    await mark_dispatched(conn, dispatches)
    return dispatches


async def release_unclaimed(conn: Connection, dispatch_id: UUID) -> int:
    """Make those jobs of a dispatch ready again that its worker had no slot for. Returns their number."""
    rows = await conn.fetch(
        """UPDATE jobs SET dispatch_id = NULL, lease_until = NULL
           WHERE dispatch_id = $1 AND status = 'pending' AND lease_until IS NOT NULL RETURNING id""",
        dispatch_id,
    )
    return len(rows)
