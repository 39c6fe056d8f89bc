"""Claiming due jobs without a worker, for requests that run jobs themselves.

The limits and pauses of queues apply as in `admission`, under its lock; the slots of workers do not matter. The claimer
is not a registered worker, since admission would otherwise send dispatches for its slots.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.db.core import locks
from app.db.core.locks import Lock
from app.db.core.pool import Connection
from app.db.jobs import ledger, waiting
from app.db.jobs.ledger import Claimed
from app.db.jobs.workers import LIVE_BY_ROUTE
from app.domain.jobs.processing import JobRun
from app.domain.jobs.status import Status

CONDITION = "kind = ANY(${:d}) AND (${:d}::uuid IS NULL OR created_by = ${:d})"
STATEMENTS = waiting.Statements(
    waiting.select_oldest(
        f"""SELECT q.name, '' AS route, q.dispatch_size, coalesce(live.workers, 0) AS workers,
                   coalesce(q.priority_override, q.priority) AS rank, q.served, q.served_at, busy.jobs AS held,
                   $3::int AS free,
                   coalesce(q.concurrency_override, q.concurrency)
                       * CASE WHEN q.per_worker THEN greatest(1, coalesce(live.workers, 0)) ELSE 1 END AS concurrency,
                   NULL::timestamptz AS paused_at
            FROM queues AS q LEFT JOIN ({LIVE_BY_ROUTE}) AS live USING (route)
            CROSS JOIN LATERAL (
                SELECT count(*)::int AS jobs FROM jobs WHERE queue = q.name AND lease_until IS NOT NULL
            ) AS busy
            WHERE q.paused_at IS NULL OR q.paused_until <= now()""",
        CONDITION.format(1, 2, 2),
    ),
    waiting.select_turns(CONDITION.format(6, 7, 7)),
)


async def claim_due(
    conn: Connection, kinds: Sequence[str], owner: UUID | None, at_most: int, holder: UUID, lease: float
) -> list[Claimed]:
    """Claim up to `at_most` due jobs for `lease` seconds, as their queues have room, in the order of `admission`.

    Run it in a transaction.
    """
    await locks.acquire(conn, Lock.ADMISSION)
    turns = await waiting.list_next(conn, STATEMENTS, (kinds, owner, at_most), (kinds, owner))
    places = {job.id: place for place, (_, job) in enumerate(turns)}
    if not places:
        return []
    claimed = await ledger.claim_ready(conn, list(places), holder, lease)
    return sorted(claimed, key=lambda job: places[job.id])


async def list_runs(conn: Connection, job_ids: Sequence[UUID]) -> list[JobRun]:
    """Return these jobs as they are now, in the given order."""
    rows = await conn.fetch(
        """SELECT j.id, j.kind, j.status, j.error
           FROM unnest($1::uuid[]) WITH ORDINALITY AS i (id, place) JOIN jobs AS j USING (id) ORDER BY i.place""",
        job_ids,
    )
    return [JobRun(row["id"], row["kind"], Status(row["status"]), row["error"]) for row in rows]


async def count_due(conn: Connection, kinds: Sequence[str], owner: UUID | None) -> int:
    """Return the number of jobs that are due and wait."""
    count: int = await conn.fetchval(
        """SELECT count(*)::int FROM jobs
           WHERE status = 'pending' AND lease_until IS NULL AND (run_at IS NULL OR run_at <= now())
           AND kind = ANY($1) AND ($2::uuid IS NULL OR created_by = $2)""",
        kinds,
        owner,
    )
    return count
