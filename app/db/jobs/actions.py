"""Actions of people on jobs: cancel, retry, delete, run now.

Each statement names the statuses that it may start from. `app.db.jobs.bulk` applies them to many jobs without blocking
the workers.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.db.core.notifications import announce
from app.db.core.pool import Connection
from app.db.jobs.creator import Creator
from app.db.jobs.job import MAY_READ
from app.db.jobs.ledger import LEFT_BEHIND
from app.domain.jobs.status import Status


async def lock(conn: Connection, job_id: UUID, reader: UUID | None) -> Status | None:
    """Lock a job until the transaction ends. Returns its status, or None if there is none that `reader` may read.

    `reader` is a user, or None for an admin.
    Waits for a step that is running, which takes less than a second.
    """
    status: str | None = await conn.fetchval(
        f"SELECT j.status FROM jobs AS j WHERE j.id = $1 AND {MAY_READ} FOR NO KEY UPDATE OF j",
        job_id,
        reader,
    )
    if status is None:
        status = await conn.fetchval(
            f"SELECT j.status FROM archived_jobs AS j WHERE j.id = $1 AND {MAY_READ} FOR UPDATE OF j", job_id, reader
        )
    return None if status is None else Status(status)


CANCEL = f"""
WITH moved AS (
    UPDATE jobs AS j SET status = 'cancelled', completed_at = clock_timestamp(), run_at = NULL,
        result = coalesce({LEFT_BEHIND}, j.result),
        lease_until = NULL, dispatch_id = NULL, attempt_open = false, updated_at = clock_timestamp()
    WHERE id = ANY($1) AND status = 'pending' RETURNING id, attempt, fence
), asked AS (
    UPDATE jobs SET cancel_requested_at = now(), updated_at = clock_timestamp()
    WHERE id = ANY($1) AND status = 'processing' AND cancel_requested_at IS NULL RETURNING id, attempt, fence
), event AS (
    INSERT INTO job_events (job_id, event, attempt, fence)
    SELECT id, 'cancelled', attempt, fence FROM moved
    UNION ALL SELECT id, 'cancel_requested', attempt, fence FROM asked
)
SELECT id FROM moved UNION ALL SELECT id FROM asked
"""


async def cancel_all(conn: Connection, ids: Sequence[UUID]) -> list[UUID]:
    """Cancel pending jobs, and request running ones to stop.

    Returns the ids of the jobs that this changed.
    """
    return await _moved(conn, CANCEL, ids)


async def cancel(conn: Connection, job_id: UUID) -> bool:
    """Cancel one job. Returns False if it has finished, is already being cancelled, or does not exist."""
    return bool(await cancel_all(conn, [job_id]))


# Of several jobs with the same dedupe key only the newest is retried, and none if another active job holds the key.
RETRY = """
WITH free AS (
    SELECT DISTINCT ON (j.kind, coalesce(j.dedupe_key, j.id::text)) j.id FROM jobs AS j
    WHERE j.id = ANY($1) AND j.status IN ('failed', 'cancelled')
    AND NOT EXISTS (SELECT FROM jobs AS h WHERE h.kind = j.kind AND h.dedupe_key = j.dedupe_key
                    AND h.dedupe_key IS NOT NULL AND h.status IN ('pending', 'processing'))
    ORDER BY j.kind, coalesce(j.dedupe_key, j.id::text), j.id DESC
), moved AS (
    UPDATE jobs AS j
    SET status = 'pending', completed_at = NULL, started_at = NULL, error = NULL, result = NULL,
        attempt = 0, attempt_open = false, deadline = NULL, spent_seconds = 0, crashes = 0,
        run_at = NULL, pinned_at = NULL,
        checkpoint = CASE WHEN $2 THEN NULL ELSE j.checkpoint END,
        processed_items = CASE WHEN $2 THEN 0 ELSE j.processed_items END,
        failed_items = CASE WHEN $2 THEN 0 ELSE j.failed_items END, updated_at = clock_timestamp()
    FROM free WHERE j.id = free.id AND j.status IN ('failed', 'cancelled') RETURNING j.id, j.fence
), event AS (
    INSERT INTO job_events (job_id, event, attempt, fence, detail)
    SELECT id, 'sent_in_again', 0, fence, CASE WHEN $2 THEN 'from the start' END FROM moved
), forgotten AS (
    DELETE FROM job_errors WHERE $2 AND job_id IN (SELECT id FROM moved)
)
SELECT id FROM moved
"""


async def retry_all(conn: Connection, ids: Sequence[UUID], creator: Creator, *, from_start: bool = False) -> list[UUID]:
    """Make failed or cancelled jobs pending again, with new attempts, from their checkpoints.

    `creator` is the user who retries them, and `from_start` deletes the checkpoint, the counters and the item errors.
    Returns the ids of the retried jobs. Raises LimitReached if the user may not have so many unfinished jobs, and
    asyncpg.UniqueViolationError if another transaction takes a dedupe key at the same moment.
    """
    await creator.reserve(conn, len(ids))
    retried: list[UUID] = []
    try:
        retried = await _moved(conn, RETRY, ids, from_start)
    finally:
        creator.give_back(len(ids) - len(retried))
    return retried


async def retry(conn: Connection, job_id: UUID, creator: Creator, *, from_start: bool = False) -> bool:
    """Retry one job. Returns False if it is in another status or another active job holds its dedupe key."""
    return bool(await retry_all(conn, [job_id], creator, from_start=from_start))


async def find_dedupe_holder(conn: Connection, job_id: UUID) -> UUID | None:
    """Return the id of another active job that holds the dedupe key of this one, or None."""
    found: UUID | None = await conn.fetchval(
        """SELECT h.id FROM jobs AS j JOIN jobs AS h ON h.kind = j.kind AND h.dedupe_key = j.dedupe_key
           WHERE j.id = $1 AND h.id <> j.id AND h.status IN ('pending', 'processing')""",
        job_id,
    )
    return found


PARTS = ("job_events", "job_errors", "import_rejects", "geocoded_rows")
"""Tables whose rows belong to a job. Their job may be archived, so that no foreign key deletes them."""
LINKED = ("heat_regions", "import_runs", "reference_sources")
"""Tables whose rows stay when the job that made them is deleted."""
DELETE_PARTS = "".join(
    [f", {table} AS (DELETE FROM {table} WHERE job_id IN (SELECT id FROM gone))" for table in PARTS]
    + [f", {table} AS (UPDATE {table} SET job_id = NULL WHERE job_id IN (SELECT id FROM gone))" for table in LINKED]
)
"""Common table expressions of a statement that has deleted the jobs `gone`."""
DELETE = f"""
WITH live AS (
    DELETE FROM jobs WHERE id = ANY($1) AND completed_at IS NOT NULL RETURNING id
), archived AS (
    DELETE FROM archived_jobs WHERE id = ANY($1) RETURNING id
), gone AS (
    SELECT id FROM live UNION ALL SELECT id FROM archived
){DELETE_PARTS}
SELECT id FROM gone
"""


async def delete_all(conn: Connection, ids: Sequence[UUID]) -> list[UUID]:
    """Delete finished jobs with their errors, events and readers. Returns the ids of the deleted jobs."""
    return await _moved(conn, DELETE, ids)


async def _moved(conn: Connection, statement: str, *args: object) -> list[UUID]:
    ids = [row["id"] for row in await conn.fetch(statement, *args)]
    await announce(conn, ids)
    return ids


async def pin(conn: Connection, job_id: UUID) -> bool:
    """Let a pending job run now, even if its queue is paused or it is deferred. Returns False in another status.

    Applies until the job or the pause ends. The limits of concurrency and slots remain.
    """
    pinned = await conn.fetchval(
        """WITH moved AS (
               UPDATE jobs SET pinned_at = clock_timestamp(), run_at = NULL, updated_at = clock_timestamp()
               WHERE id = $1 AND status = 'pending' RETURNING id, attempt, fence
           ), event AS (
               INSERT INTO job_events (job_id, event, attempt, fence) SELECT id, 'pinned', attempt, fence FROM moved
           )
           SELECT id FROM moved""",
        job_id,
    )
    if pinned is not None:
        await announce(conn, [job_id])
    return pinned is not None
