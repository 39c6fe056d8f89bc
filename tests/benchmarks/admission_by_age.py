"""Admission as it was before users took turns: the oldest jobs of the best priority. The baseline of `fairness`."""

from __future__ import annotations

from app.db.core.pool import Connection
from app.db.jobs.admission import Candidate
from app.db.jobs.waiting import READY
from app.db.jobs.workers import LIVE_BY_ROUTE

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


async def list_candidates(conn: Connection) -> list[Candidate]:
    """Return the jobs that may run now. The caller holds the admission lock."""
    rows = await conn.fetch(SELECT)
    return [Candidate(r["id"], r["name"], r["route"], r["dispatch_size"], r["workers"], r["concurrency"]) for r in rows]
