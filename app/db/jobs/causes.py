"""Errors grouped by cause: those of the items of a job, and those of all failed jobs.

Two errors have the same cause if they differ only in addresses, ids, numbers and quoted values.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.db.core.pages import fetch_within
from app.db.core.pool import Connection
from app.domain.jobs.causes import OMISSION, VARIABLE_PARTS

BUDGET_MS = 1_000
MAX_GROUPS = 50
MAX_ITEMS = 50_000
"""Errors of a job that are grouped; the first ones."""
MAX_JOBS = 5_000
"""Failed jobs that are grouped; the newest ones."""
MAX_ERROR_CHARACTERS = 500
"""The beginning of an error decides."""

CAUSE = f"regexp_replace(left(coalesce(error, ''), {MAX_ERROR_CHARACTERS}), {{pattern}}, '{OMISSION}', 'g')"


@dataclass(frozen=True, slots=True)
class ItemErrorGroup:
    """Failed items of one job."""

    digest: str
    """Identifies the cause within addresses and forms."""
    items: int
    error: str
    """Of the example."""
    example: str | None
    """The address of one item, or its id."""


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Failed jobs of one kind."""

    kind: str
    digest: str
    jobs: int
    newest: datetime
    example_id: UUID
    example_title: str | None
    error: str
    """Of the example."""


async def group_items(conn: Connection, job_id: UUID) -> list[ItemErrorGroup] | None:
    """Return the causes of the failed items of a job, the most frequent first. None if that takes long."""
    rows = await fetch_within(
        conn,
        BUDGET_MS,
        f"""WITH grouped AS (
                SELECT {CAUSE.format(pattern="$2")} AS cause, count(*) AS items, min(id) AS example
                FROM (SELECT id, error FROM job_errors WHERE job_id = $1 ORDER BY id LIMIT {MAX_ITEMS}) AS e
                GROUP BY 1
            )
            SELECT md5(g.cause) AS digest, g.items, e.error, coalesce(e.address, e.item_id) AS example
            FROM grouped AS g JOIN job_errors AS e ON e.job_id = $1 AND e.id = g.example
            ORDER BY g.items DESC, e.id LIMIT {MAX_GROUPS}""",
        [job_id, VARIABLE_PARTS],
    )
    return None if rows is None else [ItemErrorGroup(**row) for row in rows]


async def list_item_ids(conn: Connection, job_id: UUID, digest: str, *, limit: int) -> list[str]:
    """Return the ids of the failed items of a job with this cause."""
    rows = await conn.fetch(
        f"""SELECT DISTINCT item_id FROM job_errors
            WHERE job_id = $1 AND item_id IS NOT NULL AND md5({CAUSE.format(pattern="$3")}) = $2
            ORDER BY item_id LIMIT $4""",
        job_id,
        digest,
        VARIABLE_PARTS,
        limit,
    )
    return [row["item_id"] for row in rows]


_FAILED = f"""
    SELECT id, kind, title, error, completed_at, {CAUSE.format(pattern="$3")} AS cause FROM (
        SELECT id, kind, title, error, completed_at FROM jobs
        WHERE status = 'failed' AND completed_at > $1 AND ($2::uuid IS NULL OR created_by = $2)
        ORDER BY id DESC LIMIT {MAX_JOBS}
    ) AS newest
"""


async def group_failures(conn: Connection, since: datetime, reader: UUID | None) -> list[FailureGroup] | None:
    """Return the causes of the jobs that failed since then and that `reader` (None: an admin) may read.

    The most frequent comes first. None if that takes long.
    """
    rows = await fetch_within(
        conn,
        BUDGET_MS,
        f"""WITH failed AS ({_FAILED}), grouped AS (
                SELECT kind, cause, count(*) AS jobs, max(completed_at) AS newest,
                       max(id::text)::uuid AS example_id
                FROM failed GROUP BY kind, cause
            )
            SELECT g.kind, md5(g.cause) AS digest, g.jobs, g.newest, g.example_id, f.title AS example_title,
                   left(coalesce(f.error, ''), {MAX_ERROR_CHARACTERS}) AS error
            FROM grouped AS g JOIN failed AS f ON f.id = g.example_id
            ORDER BY g.jobs DESC, g.newest DESC LIMIT {MAX_GROUPS}""",
        [since, reader, VARIABLE_PARTS],
    )
    return None if rows is None else [FailureGroup(**row) for row in rows]


async def list_failed_ids(conn: Connection, since: datetime, reader: UUID | None, kind: str, digest: str) -> list[UUID]:
    """Return the ids of the jobs of one group, the newest first."""
    rows = await conn.fetch(
        f"SELECT id FROM ({_FAILED}) AS failed WHERE kind = $4 AND md5(cause) = $5 ORDER BY id DESC",
        since,
        reader,
        VARIABLE_PARTS,
        kind,
        digest,
    )
    return [row["id"] for row in rows]
