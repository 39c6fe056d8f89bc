"""Count all jobs in the ledger by queue and status."""

from __future__ import annotations

from dataclasses import dataclass

from app.db.core.pool import Connection
from app.db.jobs.workers import LIVE


@dataclass(frozen=True, slots=True)
class QueueDepth:
    name: str
    priority: int
    waiting: int
    """Pending jobs."""
    active: int
    """Jobs that are processed now."""
    completed: int
    failed: int
    total: int
    """Jobs of any status."""
    workers: int
    """Live workers that serve the queue."""


async def list_depths(conn: Connection) -> list[QueueDepth]:
    """Return the depth of each queue, the highest priority first. Counts the whole ledger: not for frequent calls."""
    rows = await conn.fetch(
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
    return [QueueDepth(**row) for row in rows]
