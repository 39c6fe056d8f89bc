"""Jobs as their makers see them: inserting with deduplication, reading, listing. The moves of a job are in `ledger`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from uuid_utils.compat import uuid7

from app.db.core.pool import Connection
from app.db.jobs.filters import Filters
from app.domain.jobs.spec import NewJob


@dataclass(frozen=True)
class Inserted:
    id: UUID
    is_new: bool
    """False where an active job with the same key was there already: `id` is that one."""


INSERT = """
INSERT INTO jobs (id, kind, queue, priority, data, total_items, max_attempts, timeout_seconds, dedupe_key, created_by)
SELECT *, $10::uuid FROM unnest($1::uuid[], $2::text[], $3::text[], $4::smallint[], $5::jsonb[], $6::int[],
                                $7::smallint[], $8::float8[], $9::text[])
ON CONFLICT (kind, dedupe_key) WHERE dedupe_key IS NOT NULL AND status IN ('pending', 'processing') DO NOTHING
RETURNING id
"""


async def insert(conn: Connection, jobs: Sequence[NewJob], user_id: UUID) -> list[Inserted]:
    """Insert jobs in order; answers one entry a job, the active one where its dedupe key is taken."""
    ids: dict[int, UUID] = {i: uuid7() for i in range(len(jobs))}
    answers: dict[int, Inserted] = {}
    while len(answers) < len(jobs):
        missing = [i for i in range(len(jobs)) if i not in answers]
        rows = await conn.fetch(
            INSERT,
            [ids[i] for i in missing],
            [jobs[i].spec.kind for i in missing],
            [jobs[i].spec.queue.name for i in missing],
            [jobs[i].priority for i in missing],
            [jobs[i].data.decode() for i in missing],
            [jobs[i].total_items for i in missing],
            [jobs[i].spec.max_attempts for i in missing],
            [jobs[i].spec.timeout.total_seconds() for i in missing],
            [jobs[i].dedupe_key for i in missing],
            user_id,
        )
        new = {row["id"] for row in rows}
        for i in missing:
            if ids[i] in new:
                answers[i] = Inserted(ids[i], True)
            elif (active := await _active(conn, jobs[i], user_id)) is not None:
                answers[i] = Inserted(active, False)
            # else: the one in the way ended between the two statements, so the next round inserts
    return [answers[i] for i in range(len(jobs))]


async def _active(conn: Connection, job: NewJob, user_id: UUID) -> UUID | None:
    """The active job that holds the key; whoever is handed it may read it."""
    job_id: UUID | None = await conn.fetchval(
        "SELECT id FROM jobs WHERE kind = $1 AND dedupe_key = $2 AND status IN ('pending', 'processing')",
        job.spec.kind,
        job.dedupe_key,
    )
    if job_id is not None:
        await let_read(conn, job_id, user_id)
    return job_id


async def let_read(conn: Connection, job_id: UUID, user_id: UUID) -> None:
    """Who was handed the job may read it, whoever made it."""
    await conn.execute(
        """INSERT INTO job_readers (job_id, user_id)
           SELECT id, $2 FROM jobs WHERE id = $1 AND created_by <> $2 ON CONFLICT DO NOTHING""",
        job_id,
        user_id,
    )


async def get_creator_id(conn: Connection, job_id: UUID) -> UUID:
    """Return the id of the user who created an existing job."""
    user_id: UUID = await conn.fetchval("SELECT created_by FROM jobs WHERE id = $1", job_id)
    return user_id


async def status(conn: Connection, job_id: UUID) -> str:
    """Of a job that is there."""
    found: str = await conn.fetchval("SELECT status FROM jobs WHERE id = $1", job_id)
    return found


COLUMNS = """
j.id, j.kind, j.queue, j.status, j.priority, j.data, j.result, j.error, j.total_items, j.processed_items,
j.failed_items, j.attempt, j.max_attempts, j.run_at, j.cancel_requested_at, j.created_at, j.started_at,
j.completed_at, j.updated_at, extract(epoch FROM now() - j.created_at)::float8 AS age_seconds,
extract(epoch FROM now() - j.started_at)::float8 AS running_seconds,
j.created_by, u.email AS creator_email, u.name AS creator_name
"""

MAY_READ = """($2::uuid IS NULL OR j.created_by = $2
    OR EXISTS (SELECT FROM job_readers AS r WHERE r.job_id = j.id AND r.user_id = $2))"""

ERRORS_SHOWN = 100

GET = f"""
SELECT {COLUMNS},
       CASE WHEN j.failed_items > 0 THEN (
           SELECT json_agg(json_build_object('itemId', e.item_id, 'address', e.address, 'error', e.error, 'at', e.at,
                                           'detail', e.detail)
                           ORDER BY e.id DESC)
           FROM (SELECT * FROM job_errors WHERE job_id = j.id ORDER BY id DESC LIMIT {ERRORS_SHOWN}) AS e
       ) END AS error_log
FROM jobs AS j JOIN users AS u ON u.id = j.created_by WHERE j.id = $1 AND {MAY_READ}
"""


async def get(conn: Connection, job_id: UUID, reader: UUID | None) -> asyncpg.Record | None:
    """One job with its newest errors; None where `reader` (null: an admin) may not see it."""
    return await conn.fetchrow(GET, job_id, reader)


async def select(
    conn: Connection, filters: Filters, reader: UUID | None, *, before: UUID | None, limit: int, offset: int
) -> tuple[list[asyncpg.Record], int]:
    """A page of jobs, newest first, and how many there are in all. `before` is the cursor: only older ones."""
    where = filters.conditions(reader)
    total: int = await conn.fetchval(f"SELECT count(*) FROM jobs AS j WHERE {where}", *where.args)
    where.add_if_given("j.id < {}", before)
    rows = await conn.fetch(
        f"""SELECT {COLUMNS}, NULL AS error_log FROM jobs AS j JOIN users AS u ON u.id = j.created_by
            WHERE {where} ORDER BY j.id DESC LIMIT {where.arg(limit)} OFFSET {where.arg(offset)}""",
        *where.args,
    )
    return rows, total


async def readable(conn: Connection, job_id: UUID, reader: UUID | None) -> bool:
    return bool(
        await conn.fetchval(f"SELECT EXISTS (SELECT FROM jobs AS j WHERE j.id = $1 AND {MAY_READ})", job_id, reader)
    )


async def errors(
    conn: Connection, job_id: UUID, reader: UUID | None, *, limit: int, offset: int
) -> tuple[list[asyncpg.Record], int] | None:
    """A page of a job's item errors, oldest first, and their number; None where the reader may not see the job."""
    if not await readable(conn, job_id, reader):
        return None
    rows = await conn.fetch(
        "SELECT item_id, address, error, at, detail FROM job_errors WHERE job_id = $1 ORDER BY id LIMIT $2 OFFSET $3",
        job_id,
        limit,
        offset,
    )
    total: int = await conn.fetchval("SELECT count(*) FROM job_errors WHERE job_id = $1", job_id)
    return rows, total


TIMELINE = """
SELECT e.at, e.event, e.attempt, e.fence, e.worker_id, w.hostname, e.detail
FROM (
    SELECT 0 AS id, created_at AS at, 'created' AS event, 0 AS attempt, 0 AS fence, NULL::uuid AS worker_id,
           NULL AS detail
    FROM jobs WHERE id = $1
    UNION ALL
    SELECT id, at, event, attempt, fence, worker_id, detail FROM job_events WHERE job_id = $1
) AS e LEFT JOIN workers AS w ON w.id = e.worker_id
ORDER BY e.id LIMIT $2 OFFSET $3
"""


async def timeline(
    conn: Connection, job_id: UUID, reader: UUID | None, *, limit: int, offset: int
) -> tuple[list[asyncpg.Record], int] | None:
    """A page of what happened to a job, oldest first, its creation included, and how many events there are.

    None where the reader may not see the job. The hostname of a worker is known for as long as it is registered.
    """
    if not await readable(conn, job_id, reader):
        return None
    rows = await conn.fetch(TIMELINE, job_id, limit, offset)
    total: int = await conn.fetchval("SELECT count(*) + 1 FROM job_events WHERE job_id = $1", job_id)
    return rows, total
