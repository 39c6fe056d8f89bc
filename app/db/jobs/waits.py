"""Find the reason why a pending job waits."""

from __future__ import annotations

from uuid import UUID

from app.db.core.pool import Connection
from app.db.jobs.job import MAY_READ
from app.db.jobs.waiting import READY
from app.db.jobs.workers import LIVE_BY_ROUTE
from app.domain.jobs.waits import MAX_AHEAD, QueueSituation

SAMPLE_SIZE = 50

# The jobs before this one are a part of jobs_ready_idx, which the order makes the planner use, and the last completed
# ones the end of jobs_finished_idx.
SELECT = f"""
SELECT j.queue, q.route, j.run_at, j.lease_until IS NOT NULL AS admitted,
       q.paused_at IS NOT NULL AND (q.paused_until IS NULL OR q.paused_until > now())
           AND coalesce(j.pinned_at < q.paused_at, true) AS paused,
       q.paused_until, coalesce(live.workers, 0) AS workers,
       coalesce(q.concurrency_override, q.concurrency)
           * CASE WHEN q.per_worker THEN coalesce(live.workers, 0) ELSE 1 END AS at_once,
       ahead.jobs AS ahead, lately.seconds AS typical_seconds
FROM jobs AS j JOIN queues AS q ON q.name = j.queue LEFT JOIN ({LIVE_BY_ROUTE}) AS live USING (route)
CROSS JOIN LATERAL (
    SELECT count(*)::int AS jobs FROM (
        SELECT FROM jobs AS other
        WHERE other.queue = j.queue AND (other.priority, other.id) < (j.priority, j.id) AND {READY}
        ORDER BY other.priority, other.id LIMIT {MAX_AHEAD}
    ) AS before
) AS ahead
CROSS JOIN LATERAL (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS seconds FROM (
        SELECT extract(epoch FROM completed_at - started_at)::float8 AS seconds FROM jobs AS done
        WHERE done.queue = j.queue AND completed_at > now() - interval '1 day'
        ORDER BY completed_at DESC LIMIT {SAMPLE_SIZE}
    ) AS latest
) AS lately
WHERE j.id = $1 AND {MAY_READ} AND j.status = 'pending'
"""


async def get_situation(conn: Connection, job_id: UUID, reader: UUID | None) -> QueueSituation | None:
    """Return where a job stands; None if it is not pending, or not one that `reader` (None: an admin) may read."""
    row = await conn.fetchrow(SELECT, job_id, reader)
    return QueueSituation(**row) if row else None
