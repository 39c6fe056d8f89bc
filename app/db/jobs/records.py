"""Jobs as their creators see them: insert and get. Lists are in `search`, the transitions of a job are in `ledger`."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from app.db.core.pool import Connection, Pool
from app.db.core.slices import slices
from app.db.jobs import item_errors, references
from app.db.jobs.archive import ALL_JOBS, ARCHIVED_JOBS
from app.db.jobs.creator import Creator
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
    status: Status = Status.PENDING
    is_readable: bool = True
    """False if that job is another user's: its id and status must not be shown."""

    @property
    def shown_id(self) -> UUID | None:
        """The id, unless the user may not know it."""
        return self.id if self.is_readable else None


# The order of ids is the order of jobs in lists, admission, quotas and bulk actions. Therefore the milliseconds in them
# are those of the server, whatever the clock of the host: the host's are only used for the differences within a batch.
INSERT = """
INSERT INTO jobs (id, kind, queue, priority, data, total_items, max_attempts, timeout_seconds, dedupe_key, title,
                  request_id, created_by, run_at)
SELECT (lpad(to_hex(floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint - age_ms), 12, '0') || tail)::uuid,
       kind, queue, priority, data, total_items, max_attempts, timeout_seconds, dedupe_key, title, request_id, user_id,
       CASE WHEN run_at > now() THEN run_at END
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::jsonb[], $7::int[], $8::smallint[],
            $9::float8[], $10::text[], $11::text[], $12::text[], $13::uuid[], $14::timestamptz[])
    AS new (age_ms, tail, kind, queue, priority, data, total_items, max_attempts, timeout_seconds, dedupe_key, title,
            request_id, user_id, run_at)
ON CONFLICT (kind, dedupe_key) WHERE dedupe_key IS NOT NULL AND status IN ('pending', 'processing') DO NOTHING
RETURNING id
"""


async def insert(conn: Connection, jobs: Sequence[NewJob], creator: Creator) -> list[Inserted]:
    """Insert jobs of one user, as `insert_for_users` does. Raises LimitReached if the creator may not have so many."""
    await creator.reserve(conn, len(jobs))
    inserted = await insert_for_users(conn, [(job, creator.id) for job in jobs])
    creator.give_back(sum(not job.is_new for job in inserted))
    return inserted


async def insert_for_users(conn: Connection, jobs: Sequence[tuple[NewJob, UUID]]) -> list[Inserted]:
    """Insert jobs, each with its creator, and return one entry per job, in order. The caller has reserved them.

    Where an active job of the kind already holds the dedupe key, nothing is inserted: the entry is that job. If
    it is another user's, the entry is not readable, unless the user is an admin.
    """
    ids = [uuid7() for _ in jobs]
    entries: dict[int, Inserted] = {}
    # in the order of the keys, so that two transactions with the same keys do not wait for each other
    order = sorted(range(len(jobs)), key=lambda i: (jobs[i][0].dedupe_key is not None, jobs[i][0].dedupe_key or ""))
    while len(entries) < len(jobs):
        for missing in slices([i for i in order if i not in entries]):
            new = await _insert_new(conn, [(ids[i], *jobs[i]) for i in missing])
            for i in missing:
                if (job_id := new.get(ids[i].hex[12:])) is not None:
                    entries[i] = Inserted(job_id, True)
                elif (active := await _find_active(conn, *jobs[i])) is not None:
                    entries[i] = active
                # else: that job ended between the two statements, so the next round inserts
    return [entries[i] for i in range(len(jobs))]


async def _insert_new(conn: Connection, jobs: Sequence[tuple[UUID, NewJob, UUID]]) -> dict[str, UUID]:
    """Insert jobs with their proposed ids and creators; return the ids of those inserted, by what follows the time."""
    now_ms = time.time_ns() // 1_000_000
    new_jobs = [job for _, job, _ in jobs]
    titles = await references.full_titles(conn, new_jobs)
    rows = await conn.fetch(
        INSERT,
        [now_ms - (job_id.int >> 80) for job_id, _, _ in jobs],
        [job_id.hex[12:] for job_id, _, _ in jobs],
        [job.spec.kind for job in new_jobs],
        [job.spec.queue.name for job in new_jobs],
        [job.priority for job in new_jobs],
        [job.data.decode() for job in new_jobs],
        [job.total_items for job in new_jobs],
        [job.spec.max_attempts for job in new_jobs],
        [job.spec.timeout.total_seconds() for job in new_jobs],
        [job.dedupe_key for job in new_jobs],
        titles,
        [job.request_id for job in new_jobs],
        [creator for _, _, creator in jobs],
        [job.run_at for job in new_jobs],
    )
    return {row["id"].hex[12:]: row["id"] for row in rows}


async def _find_active(conn: Connection, job: NewJob, user_id: UUID) -> Inserted | None:
    """Return the active job that holds the dedupe key."""
    row = await conn.fetchrow(
        """SELECT id, status, created_by = $3 OR EXISTS (SELECT FROM users WHERE id = $3 AND role = 'admin') AS readable
           FROM jobs WHERE kind = $1 AND dedupe_key = $2 AND status IN ('pending', 'processing')""",
        job.spec.kind,
        job.dedupe_key,
        user_id,
    )
    return None if row is None else Inserted(row["id"], False, Status(row["status"]), row["readable"])


async def list_readable(conn: Connection, job_ids: Iterable[UUID | None], reader: UUID | None) -> set[UUID]:
    """Return those of these jobs whose ids `reader` (None: an admin) may know."""
    rows = await conn.fetch(
        f"SELECT id FROM {ALL_JOBS} AS j WHERE id = ANY($1) AND ($2::uuid IS NULL OR created_by = $2)",
        [job_id for job_id in job_ids if job_id is not None],
        reader,
    )
    return {row["id"] for row in rows}


async def get_creator_id(conn: Connection, job_id: UUID) -> UUID:
    """Return the id of the user who created an existing job."""
    user_id: UUID = await conn.fetchval("SELECT created_by FROM jobs WHERE id = $1", job_id)
    return user_id


async def get_completed_at(conn: Connection, job_id: UUID) -> datetime | None:
    """Return when a job ended; None if it has not, or does not exist."""
    completed_at: datetime | None = await conn.fetchval(
        f"SELECT completed_at FROM {ALL_JOBS} AS j WHERE id = $1", job_id
    )
    return completed_at


async def get(conn: Connection, job_id: UUID, reader: UUID | None) -> Job | None:
    """Return a job with its newest errors, or None if there is none that `reader` (None: an admin) may read."""
    (job,) = await list_for_readers(conn, [(job_id, reader)])
    return job


async def list_for_readers(conn: Connection, asked: Sequence[tuple[UUID, UUID | None]]) -> list[Job | None]:
    """Return what `get` returns for each pair of a job id and a reader, in order, with a statement for all.

    Only if some are not there, another one looks in the archive.
    """
    jobs: list[Job | None] = [None] * len(asked)
    await _read_into(conn, READ_JOBS, asked, jobs)
    if missing := [place for place, job in enumerate(jobs) if job is None]:
        archived: list[Job | None] = [None] * len(missing)
        await _read_into(conn, READ_ARCHIVED, [asked[place] for place in missing], archived)
        for place, job in zip(missing, archived, strict=True):
            jobs[place] = job and replace(job, is_archived=True)
    return jobs


READ_JOBS, READ_ARCHIVED = (
    f"""SELECT asked.place, {COLUMNS}
        FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS asked (job_id, reader, place)
        JOIN {table} AS j ON j.id = asked.job_id JOIN users AS u ON u.id = j.created_by
        WHERE {MAY_READ.replace("$2", "asked.reader")}"""
    for table in ("jobs", ARCHIVED_JOBS)
)


async def _read_into(
    conn: Connection, query: str, asked: Sequence[tuple[UUID, UUID | None]], jobs: list[Job | None]
) -> None:
    rows = await conn.fetch(query, [job_id for job_id, _ in asked], [reader for _, reader in asked])
    for row in rows:
        columns = dict(row)
        place = columns.pop("place") - 1
        job = to_job(columns)
        if job.failed_items:
            job = replace(job, error_log=await item_errors.list_newest(conn, job.id, limit=MAX_ERROR_LOG))
        jobs[place] = job


async def is_readable(conn: Connection, job_id: UUID, reader: UUID | None) -> bool:
    """Return whether there is a job that `reader` (None: an admin) may read."""
    return bool(
        await conn.fetchval(
            f"SELECT EXISTS (SELECT FROM {ALL_JOBS} AS j WHERE j.id = $1 AND {MAY_READ})", job_id, reader
        )
    )


COUNT_UNFINISHED = """
SELECT count(*) FROM (SELECT FROM jobs WHERE completed_at IS NULL AND created_by = $1 LIMIT $2) AS unfinished
"""


async def count_unfinished(source: Pool | Connection, user_id: UUID, maximum: int) -> int:
    """Return how many unfinished jobs a user has, at most `maximum`."""
    count: int = await source.fetchval(COUNT_UNFINISHED, user_id, maximum)
    return count
