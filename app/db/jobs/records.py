"""Jobs as their creators see them: insert, get and list. The transitions of a job are in `ledger`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.core.pool import Connection
from app.db.jobs import item_errors
from app.db.jobs.filters import Filters
from app.db.jobs.job import COLUMNS, MAY_READ, Job, to_job
from app.domain.jobs.spec import NewJob
from app.domain.jobs.status import Status

MAX_ERROR_LOG = 100
"""Errors that come with a job."""


@dataclass(frozen=True, slots=True)
class Inserted:
    id: UUID
    is_new: bool
    """False if an active job already holds the dedupe key; `id` is then the id of that job."""


INSERT = """
INSERT INTO jobs (id, kind, queue, priority, data, total_items, max_attempts, timeout_seconds, dedupe_key, created_by)
SELECT *, $10::uuid FROM unnest($1::uuid[], $2::text[], $3::text[], $4::smallint[], $5::jsonb[], $6::int[],
                                $7::smallint[], $8::float8[], $9::text[])
ON CONFLICT (kind, dedupe_key) WHERE dedupe_key IS NOT NULL AND status IN ('pending', 'processing') DO NOTHING
RETURNING id
"""


async def insert(conn: Connection, jobs: Sequence[NewJob], user_id: UUID) -> list[Inserted]:
    """Insert jobs and return one entry per job, in order.

    Where an active job of the kind already holds the dedupe key, nothing is inserted: the entry is that job, and the
    user may read it from now on.
    """
    ids: dict[int, UUID] = {i: uuid7() for i in range(len(jobs))}
    entries: dict[int, Inserted] = {}
    while len(entries) < len(jobs):
        missing = [i for i in range(len(jobs)) if i not in entries]
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
                entries[i] = Inserted(ids[i], True)
            elif (active := await _active(conn, jobs[i], user_id)) is not None:
                entries[i] = Inserted(active, False)
            # else: that job ended between the two statements, so the next round inserts
    return [entries[i] for i in range(len(jobs))]


async def _active(conn: Connection, job: NewJob, user_id: UUID) -> UUID | None:
    """Return the active job that holds the dedupe key, and let the user read it."""
    job_id: UUID | None = await conn.fetchval(
        "SELECT id FROM jobs WHERE kind = $1 AND dedupe_key = $2 AND status IN ('pending', 'processing')",
        job.spec.kind,
        job.dedupe_key,
    )
    if job_id is not None:
        await grant_read(conn, job_id, user_id)
    return job_id


async def grant_read(conn: Connection, job_id: UUID, user_id: UUID) -> None:
    """Let a user read somebody else's job."""
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


async def get_status(conn: Connection, job_id: UUID) -> Status:
    """Return the status of an existing job."""
    return Status(await conn.fetchval("SELECT status FROM jobs WHERE id = $1", job_id))


async def get(conn: Connection, job_id: UUID, reader: UUID | None) -> Job | None:
    """Return a job with its newest errors, or None if there is none that `reader` (None: an admin) may read."""
    row = await conn.fetchrow(
        f"""SELECT {COLUMNS} FROM jobs AS j JOIN users AS u ON u.id = j.created_by
            WHERE j.id = $1 AND {MAY_READ}""",
        job_id,
        reader,
    )
    if row is None:
        return None
    job = to_job(row)
    if job.failed_items == 0:
        return job
    return replace(job, error_log=await item_errors.list_newest(conn, job_id, limit=MAX_ERROR_LOG))


async def list_jobs(
    conn: Connection, filters: Filters, reader: UUID | None, *, before: UUID | None, limit: int, offset: int
) -> tuple[list[Job], int]:
    """Return a page of jobs, the newest first, and the number of all that match.

    `reader` limits them to the jobs of one user, `before` (a cursor) to jobs older than that one.
    """
    where = filters.conditions(reader)
    total: int = await conn.fetchval(f"SELECT count(*) FROM jobs AS j WHERE {where}", *where.args)
    where.add_if_given("j.id < {}", before)
    rows = await conn.fetch(
        f"""SELECT {COLUMNS} FROM jobs AS j JOIN users AS u ON u.id = j.created_by
            WHERE {where} ORDER BY j.id DESC LIMIT {where.arg(limit)} OFFSET {where.arg(offset)}""",
        *where.args,
    )
    return [to_job(row) for row in rows], total


async def is_readable(conn: Connection, job_id: UUID, reader: UUID | None) -> bool:
    """Return whether there is a job that `reader` (None: an admin) may read."""
    return bool(
        await conn.fetchval(f"SELECT EXISTS (SELECT FROM jobs AS j WHERE j.id = $1 AND {MAY_READ})", job_id, reader)
    )
