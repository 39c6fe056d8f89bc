"""What people may do to jobs: cancel them, send them in again, delete them, run one of a paused queue.

Each statement names the states it may start from. How many jobs at once are moved without standing in the workers' way
is `app.db.jobs.bulk`'s business.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from app.db.core.notifications import announce
from app.db.core.pool import Connection
from app.db.jobs.job import MAY_READ


async def lock(conn: Connection, job_id: UUID, reader: UUID | None) -> asyncpg.Record | None:
    """Hold a job as it is (status, created_by) until the transaction ends; None where the reader may not see it.

    Waits for a step that is under way, which takes under a second.
    """
    return await conn.fetchrow(
        f"SELECT j.status, j.created_by FROM jobs AS j WHERE j.id = $1 AND {MAY_READ} FOR NO KEY UPDATE OF j",
        job_id,
        reader,
    )


CANCEL = """
WITH moved AS (
    UPDATE jobs SET status = 'cancelled', completed_at = clock_timestamp(), run_at = NULL,
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
    """Cancel pending jobs at once, ask running ones to stop; answers those for which that was news."""
    return await _moved(conn, CANCEL, ids)


async def cancel(conn: Connection, job_id: UUID) -> bool:
    """The same for one; False where it has ended already, is told to stop already, or is not there."""
    return bool(await cancel_all(conn, [job_id]))


# Of jobs with the same dedupe key only the newest goes in again, and none where another active job holds the key.
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


async def retry_all(conn: Connection, ids: Sequence[UUID], *, from_start: bool = False) -> list[UUID]:
    """Send failed or cancelled jobs in again, with fresh attempts, from their checkpoints; answers which went in.

    `from_start` forgets the checkpoint, the counters and the item errors. Raises asyncpg.UniqueViolationError where
    a dedupe key was taken in this very moment.
    """
    return await _moved(conn, RETRY, ids, from_start)


async def retry(conn: Connection, job_id: UUID, *, from_start: bool = False) -> bool:
    """The same for one; False in any other state, or where another active job holds its dedupe key."""
    return bool(await retry_all(conn, [job_id], from_start=from_start))


async def holder(conn: Connection, job_id: UUID) -> UUID | None:
    """The active job that holds this one's dedupe key."""
    found: UUID | None = await conn.fetchval(
        """SELECT h.id FROM jobs AS j JOIN jobs AS h ON h.kind = j.kind AND h.dedupe_key = j.dedupe_key
           WHERE j.id = $1 AND h.id <> j.id AND h.status IN ('pending', 'processing')""",
        job_id,
    )
    return found


DELETE = """
WITH gone AS (
    DELETE FROM jobs WHERE id = ANY($1) AND completed_at IS NOT NULL RETURNING id
), events AS (
    DELETE FROM job_events WHERE job_id IN (SELECT id FROM gone)
)
SELECT id FROM gone
"""


async def delete_all(conn: Connection, ids: Sequence[UUID]) -> list[UUID]:
    """Delete finished jobs with their errors, events and readers; answers which are gone."""
    return await _moved(conn, DELETE, ids)


async def _moved(conn: Connection, statement: str, *args: object) -> list[UUID]:
    ids = [row["id"] for row in await conn.fetch(statement, *args)]
    await announce(conn, ids)
    return ids


async def pin(conn: Connection, job_id: UUID) -> bool:
    """Let a pending job run though its queue is paused, and at once though it is deferred; False in other states.

    Holds to the job's end or the pause's, whichever is first; concurrency and slots count as ever.
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
