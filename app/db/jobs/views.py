"""Queries of the dashboard beyond a single job or queue: changed jobs, details, the activity of recent hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.db.core.pool import Connection
from app.db.jobs.archive import ALL_JOBS
from app.db.jobs.job import COLUMNS, LIST_COLUMNS, MAY_READ, Job, to_job
from app.domain.jobs.status import Status

MAX_RUNNING = 1000
ACTIVITY_TIMEOUT_SECONDS = 20
MAX_ID = UUID(int=(1 << 128) - 1)


async def list_changed(conn: Connection, ids: Sequence[UUID], newer_than: UUID | None, limit: int) -> list[Job]:
    """Return these jobs, and the newest `limit` jobs with ids above `newer_than` (None: none), the newest first."""
    rows = await conn.fetch(
        f"""SELECT {LIST_COLUMNS} FROM jobs AS j JOIN users AS u ON u.id = j.created_by
            WHERE j.id = ANY($1) OR j.id IN (SELECT id FROM jobs WHERE id > $2 ORDER BY id DESC LIMIT $3)
            ORDER BY j.id DESC""",
        ids,
        newer_than or MAX_ID,
        limit,
    )
    return [to_job(row) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDetail(Job):
    checkpoint: str | None
    """JSON text."""
    worker_id: UUID | None
    hostname: str | None
    """The hostname, like `pid`, of the worker that runs the job."""
    pid: int | None
    deadline: datetime | None
    """When the current run of the attempt times out."""
    timeout_seconds: float
    crashes: int
    """Workers lost since the checkpoint last moved."""
    fence: int
    dedupe_key: str | None
    lease_until: datetime | None
    error_count: int
    """Item errors in all."""


async def get_detail(conn: Connection, job_id: UUID, reader: UUID | None) -> JobDetail | None:
    """Return a job in full, or None if there is none that `reader` (None: an admin) may read."""
    row = await conn.fetchrow(
        f"""SELECT {COLUMNS}, j.checkpoint, j.worker_id, j.deadline, j.crashes, j.fence, j.dedupe_key, j.lease_until,
                   j.timeout_seconds, w.hostname, w.pid,
                   EXISTS (SELECT FROM archived_jobs AS a WHERE a.id = j.id) AS is_archived,
                   (SELECT count(*) FROM job_errors WHERE job_id = j.id) AS error_count
            FROM {ALL_JOBS} AS j JOIN users AS u ON u.id = j.created_by LEFT JOIN workers AS w ON w.id = j.worker_id
            WHERE j.id = $1 AND {MAY_READ}""",
        job_id,
        reader,
    )
    return JobDetail(**{**row, "status": Status(row["status"])}) if row else None


@dataclass(frozen=True, slots=True)
class QueueActivity:
    """The jobs of a queue that ended within one bucket of time."""

    queue: str
    at: int
    """Beginning of the bucket, as Unix time in seconds."""
    completed: int
    failed: int
    waited: list[float] | None
    """Median and 95th percentile of the seconds from creation to the first claim; None if none was claimed."""
    ran: list[float] | None
    """Median and 95th percentile of the seconds from the first claim to the end."""


# Reads jobs_finished_idx.
ACTIVITY = """
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


async def list_activity(conn: Connection, span: timedelta, bucket_seconds: int) -> list[QueueActivity]:
    """Return the activity of each queue within the last `span`, by queue and time. Empty buckets are left out."""
    rows = await conn.fetch(ACTIVITY, span, float(bucket_seconds), timeout=ACTIVITY_TIMEOUT_SECONDS)
    return [QueueActivity(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class RunningJob:
    worker_id: UUID
    id: UUID
    kind: str
    processed_items: int
    total_items: int | None
    started_at: datetime


async def list_running(conn: Connection) -> list[RunningJob]:
    """Return up to MAX_RUNNING jobs that workers are running, the earliest started first."""
    rows = await conn.fetch(
        f"""SELECT worker_id, id, kind, processed_items, total_items, started_at FROM jobs
            WHERE lease_until IS NOT NULL AND status = 'processing' ORDER BY started_at LIMIT {MAX_RUNNING}"""
    )
    return [RunningJob(**row) for row in rows]
