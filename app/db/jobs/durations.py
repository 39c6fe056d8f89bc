"""How long jobs of a kind take, as measured."""

from __future__ import annotations

from dataclasses import dataclass

from app.db.core.pool import Connection
from app.db.jobs.workers import LIVE

SAMPLE = 50


@dataclass(frozen=True)
class Pace:
    seconds: float | None
    """Median from start to end of the latest completed jobs; None where none was completed lately."""
    ahead: int
    """Jobs of the queue that wait or run."""
    at_once: int
    """Jobs of the queue that run at once, with the workers there are."""

    def estimate(self, default: float) -> float:
        """Seconds to the end of a job that is created now."""
        each = self.seconds if self.seconds is not None else default
        return each * (1 + self.ahead // max(1, self.at_once))


async def pace(conn: Connection, kind: str, queue: str) -> Pace:
    row = await conn.fetchrow(
        f"""SELECT (
                SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM completed_at - started_at))
                FROM (SELECT completed_at, started_at FROM jobs
                      WHERE queue = $2 AND kind = $1 AND status = 'completed'
                        AND completed_at > now() - interval '7 days'
                      ORDER BY completed_at DESC LIMIT {SAMPLE}) AS latest
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
    return Pace(row["seconds"], row["ahead"], row["at_once"] or 1)
