"""Durations of recent jobs by kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from app.db.core.pool import Connection
from app.db.jobs.workers import LIVE

SAMPLE_SIZE = 50


@dataclass(frozen=True)
class JobPace:
    seconds: float | None
    """Median from start to end of recently completed jobs; None if there are none."""
    active: Mapping[UUID, int]
    """By user, the jobs of the queue that are waiting or running."""
    at_once: int
    """Jobs of the queue that may run at once on the live workers."""

    def estimate(self, user_id: UUID, default: float) -> float:
        """Return the expected seconds until a job that this user creates now finishes.

        Users take turns, so of each other user at most as many jobs go first as this one has, and one more. `default`
        is used without a median.
        """
        each = self.seconds if self.seconds is not None else default
        own = self.active.get(user_id, 0)
        ahead = own + sum(min(jobs, own + 1) for user, jobs in self.active.items() if user != user_id)
        return each * (1 + ahead // max(1, self.at_once))


async def get_rate(conn: Connection, kind: str) -> float | None:
    """Return the items per second of the kind, from the last SAMPLE_SIZE jobs completed within 7 days."""
    rate: float | None = await conn.fetchval(
        f"""SELECT (sum(processed_items) / nullif(sum(extract(epoch FROM completed_at - started_at)), 0))::float8
            FROM (SELECT processed_items, completed_at, started_at FROM jobs
                  WHERE kind = $1 AND status = 'completed' AND processed_items > 0
                    AND completed_at > now() - interval '7 days'
                  ORDER BY completed_at DESC LIMIT {SAMPLE_SIZE}) AS latest""",
        kind,
    )
    return rate


async def get_pace(conn: Connection, kind: str, queue: str) -> JobPace:
    """Return the pace of a kind in its queue, from the last SAMPLE_SIZE jobs completed within 7 days."""
    row = await conn.fetchrow(
        f"""SELECT (
                SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM completed_at - started_at))
                FROM (SELECT completed_at, started_at FROM jobs
                      WHERE queue = $2 AND kind = $1 AND status = 'completed'
                        AND completed_at > now() - interval '7 days'
                      ORDER BY completed_at DESC LIMIT {SAMPLE_SIZE}) AS latest
            )::float8 AS seconds,
            (SELECT array_agg((created_by, jobs)) FROM (
                 SELECT created_by, count(*)::int AS jobs FROM jobs
                 WHERE queue = $2 AND status IN ('pending', 'processing') GROUP BY created_by) AS active) AS active,
            (SELECT coalesce(q.concurrency_override, q.concurrency) * CASE WHEN q.per_worker THEN (
                 SELECT count(*) FROM workers AS w
                 WHERE w.route = q.route AND {LIVE}) ELSE 1 END
             FROM queues AS q WHERE q.name = $2)::int AS at_once""",
        kind,
        queue,
    )
    assert row is not None
    return JobPace(row["seconds"], dict(row["active"] or ()), row["at_once"] or 1)
