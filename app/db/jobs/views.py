"""What people look at beyond a single job or queue: changed jobs, a job in full, the course of the last hours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg

from app.db.core.pool import Connection
from app.db.jobs.filters import Filters
from app.db.jobs.records import COLUMNS, MAY_READ

COUNTED = 10_000
"""Most jobs that a list counts."""
SEARCHED = 200_000
"""How many of the newest jobs are searched for a text, which no index helps to find."""
NEVER = UUID(int=(1 << 128) - 1)


async def page(
    conn: Connection, filters: Filters, reader: UUID | None, *, before: UUID | None, limit: int
) -> tuple[list[asyncpg.Record], int]:
    """A page of jobs, newest first, and how many there are in all, counted up to COUNTED."""
    where = filters.conditions(reader)
    if filters.text is not None:
        where.add(f"j.id >= coalesce((SELECT id FROM jobs ORDER BY id DESC OFFSET {SEARCHED} LIMIT 1), j.id)")
    count: int = await conn.fetchval(
        f"SELECT count(*) FROM (SELECT FROM jobs AS j WHERE {where} LIMIT {COUNTED}) AS found", *where.args
    )
    where.add_if_given("j.id < {}", before)
    rows = await conn.fetch(
        f"""SELECT {COLUMNS}, NULL AS error_log FROM jobs AS j JOIN users AS u ON u.id = j.created_by
            WHERE {where} ORDER BY j.id DESC LIMIT {where.arg(limit)}""",
        *where.args,
    )
    return rows, count


async def changed(conn: Connection, ids: Sequence[UUID], newer_than: UUID | None, limit: int) -> list[asyncpg.Record]:
    """These jobs, and the newest of those with higher ids, newest first."""
    return await conn.fetch(
        f"""SELECT {COLUMNS}, NULL AS error_log FROM jobs AS j JOIN users AS u ON u.id = j.created_by
            WHERE j.id = ANY($1) OR j.id IN (SELECT id FROM jobs WHERE id > $2 ORDER BY id DESC LIMIT $3)
            ORDER BY j.id DESC""",
        ids,
        newer_than or NEVER,
        limit,
    )


async def job(conn: Connection, job_id: UUID, reader: UUID | None) -> asyncpg.Record | None:
    """A job with what only people look at: checkpoint, worker, deadline, dedupe key."""
    return await conn.fetchrow(
        f"""SELECT {COLUMNS}, NULL AS error_log, j.checkpoint, j.worker_id, j.deadline, j.crashes, j.fence,
                   j.dedupe_key, j.lease_until, j.timeout_seconds, w.hostname, w.pid,
                   (SELECT count(*) FROM job_errors WHERE job_id = j.id) AS errors
            FROM jobs AS j JOIN users AS u ON u.id = j.created_by LEFT JOIN workers AS w ON w.id = j.worker_id
            WHERE j.id = $1 AND {MAY_READ}""",
        job_id,
        reader,
    )


# Along jobs_finished_idx; the wait of a job ends with its first claim.
SERIES = """
SELECT queue, floor(extract(epoch FROM completed_at) / $2)::bigint * $2::bigint AS at,
       count(*) FILTER (WHERE status = 'completed')::int AS completed,
       count(*) FILTER (WHERE status = 'failed')::int AS failed,
       percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (
           ORDER BY extract(epoch FROM started_at - created_at)::float8) AS waited,
       percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (
           ORDER BY extract(epoch FROM completed_at - started_at)::float8) AS ran
FROM jobs
WHERE queue = ANY(SELECT name FROM queues) AND completed_at > now() - $1::interval
GROUP BY 1, 2 ORDER BY 1, 2
"""


async def series(conn: Connection, span: timedelta, bucket: int) -> list[asyncpg.Record]:
    """Of each queue and each `bucket` seconds (`at`, Unix time): jobs that ended, medians and 95 % of their times."""
    return await conn.fetch(SERIES, span, float(bucket), timeout=20)


async def running(conn: Connection) -> list[asyncpg.Record]:
    """The jobs that workers run now, the longest first."""
    return await conn.fetch(
        """SELECT worker_id, id, kind, processed_items, total_items, started_at FROM jobs
           WHERE lease_until IS NOT NULL AND status = 'processing' ORDER BY started_at LIMIT 1000"""
    )


async def errors_after(conn: Connection, job_id: UUID, after: int, limit: int) -> list[asyncpg.Record]:
    """The next errors of a job's items, in their order."""
    return await conn.fetch(
        "SELECT id, item_id, address, error, at FROM job_errors WHERE job_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        job_id,
        after,
        limit,
    )
