"""A job as it is read from the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from app.db.jobs.item_errors import RecordedError
from app.domain.jobs.status import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    id: UUID
    kind: str
    title: str
    """What the job does, in words; empty for jobs from before titles were stored."""
    queue: str
    status: Status
    priority: int
    data: str
    """The arguments as JSON text."""
    result: str | None
    """A JSON object as text, once the job is completed."""
    error: str | None
    """The error of the last failed attempt, also while another one is due."""
    total_items: int | None
    processed_items: int
    failed_items: int
    attempt: int
    max_attempts: int
    run_at: datetime | None
    """When a deferred job is due."""
    cancel_requested_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    """Start of the first attempt."""
    completed_at: datetime | None
    """When the job reached a terminal status."""
    updated_at: datetime
    age_seconds: float
    """Since the job was created."""
    running_seconds: float | None
    """Since the job was first started."""
    created_by: UUID
    creator_email: str
    creator_name: str
    request_id: str | None
    """The id of the request that created the job."""
    is_cut: bool = False
    """Whether data or result were left out of a list because they are long."""
    is_archived: bool = False
    error_log: Sequence[RecordedError] | None = None
    """The newest MAX_ERROR_LOG item errors, newest first; None if no item failed, and in lists."""


COLUMNS = """
j.id, j.kind, j.title, j.queue, j.status, j.priority, j.data, j.result, j.error, j.total_items, j.processed_items,
j.failed_items, j.attempt, j.max_attempts, j.run_at, j.cancel_requested_at, j.created_at, j.started_at,
j.completed_at, j.updated_at, extract(epoch FROM now() - j.created_at)::float8 AS age_seconds,
extract(epoch FROM now() - j.started_at)::float8 AS running_seconds,
j.created_by, u.email AS creator_email, u.name AS creator_name, j.request_id
"""
"""The columns of `Job`, from `jobs AS j JOIN users AS u ON u.id = j.created_by`."""
MAX_LISTED_BYTES = 20_000


def _is_long(column: str) -> str:
    """Return the condition that JSON is long. Stored values are compressed, a thousand times if they repeat a text."""
    return f"""CASE WHEN pg_column_size({column}) > {MAX_LISTED_BYTES} THEN true
        ELSE octet_length({column}::text) > {MAX_LISTED_BYTES} END"""


LIST_COLUMNS = COLUMNS.replace(
    "j.data, j.result,",
    f"""CASE WHEN {_is_long("j.data")} THEN 'null' ELSE j.data END AS data,
CASE WHEN {_is_long("j.result")} THEN NULL ELSE j.result END AS result,
{_is_long("j.data")} OR coalesce({_is_long("j.result")}, false) AS is_cut,""",
)
"""The columns of `Job` for lists, without data and results of more than MAX_LISTED_BYTES as text."""

MAY_READ = "($2::uuid IS NULL OR j.created_by = $2)"
"""The condition on `jobs AS j` that the user $2 may read the job; null stands for an admin."""


def to_job(row: asyncpg.Record | Mapping[str, Any]) -> Job:
    """Return the job in a row of COLUMNS."""
    return Job(**{**row, "status": Status(row["status"])})
