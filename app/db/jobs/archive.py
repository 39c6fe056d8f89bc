"""The archive: finished jobs of long ago, out of the way of those that run.

An archived job has the same id, and is read like any other by its id. It cannot run again. Its timeline, item errors,
rejected rows and geocoded rows stay where they are. Jobs of the running month stay in `jobs` whatever their age,
because monthly quotas count them.
"""

from __future__ import annotations

from datetime import datetime

from app.db.core.pool import Connection

COLUMNS = """id, kind, queue, status, priority, title, data, result, error, total_items, processed_items, failed_items,
attempt, max_attempts, timeout_seconds, crashes, fence, dedupe_key, created_by, request_id, created_at, started_at,
completed_at, updated_at"""
_LIVE_ONLY = {
    "run_at": "timestamptz",
    "cancel_requested_at": "timestamptz",
    "lease_until": "timestamptz",
    "deadline": "timestamptz",
    "checkpoint": "jsonb",
    "worker_id": "uuid",
}
"""Columns that only a job which may run has, with their types."""
_NULLS = ", ".join(f"NULL::{sql_type} AS {name}" for name, sql_type in _LIVE_ONLY.items())
ARCHIVED_JOBS = f"(SELECT {COLUMNS}, {_NULLS} FROM archived_jobs)"
"""Archived jobs with the columns of `jobs`."""
ALL_JOBS = f"(SELECT {COLUMNS}, {', '.join(_LIVE_ONLY)} FROM jobs UNION ALL {ARCHIVED_JOBS[1:-1]})"
"""Jobs and archived jobs. For single ids, because a list in order would read both tables."""

MONTH_BEGIN = "date_trunc('month', now() AT TIME ZONE 'utc') AT TIME ZONE 'utc'"
ARCHIVE = f"""
WITH due AS (
    SELECT id FROM jobs WHERE queue = $1 AND completed_at < $2 AND completed_at < {MONTH_BEGIN}
    ORDER BY completed_at LIMIT $3 FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM jobs USING due WHERE jobs.id = due.id RETURNING jobs.*
)
INSERT INTO archived_jobs ({COLUMNS}) SELECT {COLUMNS} FROM gone
"""
COUNT_DUE = f"SELECT count(*) FROM jobs WHERE completed_at < $1 AND completed_at < {MONTH_BEGIN}"


async def archive(conn: Connection, queue: str, before: datetime, limit: int) -> int:
    """Move at most `limit` jobs of a queue that ended before a time into the archive. Returns how many."""
    done: str = await conn.execute(ARCHIVE, queue, before, limit)
    return int(done.rpartition(" ")[2])


async def list_queues(conn: Connection) -> list[str]:
    """Return the names of all queues that have jobs."""
    return [row["name"] for row in await conn.fetch("SELECT name FROM queues ORDER BY name")]


async def is_archived(conn: Connection, job_id: object) -> bool:
    """Whether a job is in the archive."""
    return bool(await conn.fetchval("SELECT EXISTS (SELECT FROM archived_jobs WHERE id = $1)", job_id))
