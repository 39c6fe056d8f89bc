"""What every queue has waiting, running and behind it."""

from __future__ import annotations

import asyncpg

from app.db.core.pool import Connection
from app.db.jobs.workers import LIVE


async def queues(conn: Connection) -> list[asyncpg.Record]:
    """Counts over all jobs there are, and the live workers of each queue, the first in rank first."""
    return await conn.fetch(
        f"""SELECT q.name, coalesce(q.priority_override, q.priority) AS priority,
                   coalesce(count.waiting, 0) AS waiting, coalesce(count.active, 0) AS active,
                   coalesce(count.completed, 0) AS completed, coalesce(count.failed, 0) AS failed,
                   coalesce(count.total, 0) AS total,
                   (SELECT count(*) FROM workers AS w WHERE w.route = q.route AND {LIVE}) AS workers
            FROM queues AS q LEFT JOIN (
                SELECT queue, count(*) AS total, count(*) FILTER (WHERE status = 'pending') AS waiting,
                       count(*) FILTER (WHERE status = 'processing') AS active,
                       count(*) FILTER (WHERE status = 'completed') AS completed,
                       count(*) FILTER (WHERE status = 'failed') AS failed
                FROM jobs GROUP BY queue
            ) AS count ON count.queue = q.name
            ORDER BY 2, 1"""
    )
