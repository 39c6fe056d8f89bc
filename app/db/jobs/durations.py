"""How long jobs of a kind take, measured from recent jobs."""

from __future__ import annotations

from dataclasses import dataclass

from app.db.core.pool import Connection
from app.db.jobs.workers import LIVE

SAMPLE_SIZE = 50


@dataclass(frozen=True)
class JobPace:
    seconds: float | None
    """Median from start to end of recently completed jobs; None if there are none."""
    ahead: int
    """Jobs of the queue that are waiting or running."""
    at_once: int
    """Jobs of the queue that may run at once on the live workers."""

    def estimate(self, default: float) -> float:
        """Return the expected seconds until a job that is created now finishes. `default` is used without a median."""
        each = self.seconds if self.seconds is not None else default
        return each * (1 + self.ahead // max(1, self.at_once))


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
            (SELECT count(*) FROM jobs WHERE queue = $2 AND status IN ('pending', 'processing'))::int AS ahead,
            (SELECT coalesce(q.concurrency_override, q.concurrency) * CASE WHEN q.per_worker THEN (
                 SELECT count(*) FROM workers AS w
                 WHERE w.route = q.route AND {LIVE}) ELSE 1 END
             FROM queues AS q WHERE q.name = $2)::int AS at_once""",
        kind,
        queue,
    )
    assert row is not None
    return JobPace(row["seconds"], row["ahead"], row["at_once"] or 1)
