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
from app.db.jobs import waiting
from app.db.jobs.workers import LIVE_BY_ROUTE

# The jobs that hold a slot are counted per queue, each in its part of a small partial index: for all queues at once the
# planner would read the whole table as long as it is small.
SELECT = waiting.select_oldest(
    f"""SELECT q.name, q.route, q.dispatch_size, live.workers, coalesce(q.priority_override, q.priority) AS rank,
               q.served, q.served_at, busy.jobs AS held,
               live.slots - sum(busy.jobs) OVER (PARTITION BY q.route) AS free,
               coalesce(q.concurrency_override, q.concurrency)
                   * CASE WHEN q.per_worker THEN live.workers ELSE 1 END AS concurrency,
               CASE WHEN q.paused_until IS NULL OR q.paused_until > now() THEN q.paused_at END AS paused_at
        FROM queues AS q JOIN ({LIVE_BY_ROUTE}) AS live USING (route)
        CROSS JOIN LATERAL (
            SELECT count(*)::int AS jobs FROM jobs WHERE queue = q.name AND lease_until IS NOT NULL
        ) AS busy"""
)
SELECT_TURNS = waiting.select_turns()
STATEMENTS = waiting.Statements(SELECT, SELECT_TURNS)

MAX_TRAVEL_SECONDS = 5.0
"""From admission to claim; a dispatch that takes longer counts as lost."""


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
    turns = await waiting.list_next(conn, STATEMENTS)
    return [
        Candidate(job.id, queue.name, queue.route, queue.dispatch_size, queue.workers, queue.concurrency)
        for queue, job in turns
    ]


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
