"""What people may do to a job: cancel it, send it in again, delete it. Guarded by its state."""

from __future__ import annotations

from uuid import UUID

from app.db.changes import announce
from app.db.pool import Connection


async def cancel(conn: Connection, job_id: UUID) -> bool:
    """Cancel a pending job at once, ask a running one to stop; False where it has ended already (or is not there)."""
    moved = await conn.fetchval(
        """WITH moved AS (
               UPDATE jobs SET status = 'cancelled', completed_at = clock_timestamp(), run_at = NULL,
                   lease_until = NULL, dispatch_id = NULL, attempt_open = false, updated_at = clock_timestamp()
               WHERE id = $1 AND status = 'pending' RETURNING id, attempt, fence
           ), asked AS (
               UPDATE jobs SET cancel_requested_at = coalesce(cancel_requested_at, now()),
                   updated_at = clock_timestamp()
               WHERE id = $1 AND status = 'processing' RETURNING id, attempt, fence
           ), event AS (
               INSERT INTO job_events (job_id, event, attempt, fence)
               SELECT id, 'cancelled', attempt, fence FROM moved
               UNION ALL SELECT id, 'cancel_requested', attempt, fence FROM asked
           )
           SELECT id FROM moved UNION ALL SELECT id FROM asked""",
        job_id,
    )
    if moved is not None:
        await announce(conn, [job_id])
    return moved is not None


async def retry(conn: Connection, job_id: UUID, *, from_start: bool = False) -> bool:
    """Send a failed or cancelled job in again, with fresh attempts, from its checkpoint; False in any other state.

    `from_start` forgets the checkpoint, the counters and the item errors. Raises asyncpg.UniqueViolationError where
    another active job holds its dedupe key by now.
    """
    moved = await conn.fetchval(
        """WITH moved AS (
               UPDATE jobs SET status = 'pending', completed_at = NULL, started_at = NULL, error = NULL, result = NULL,
                   attempt = 0, attempt_open = false, deadline = NULL, crashes = 0, run_at = NULL,
                   checkpoint = CASE WHEN $2 THEN NULL ELSE checkpoint END,
                   processed_items = CASE WHEN $2 THEN 0 ELSE processed_items END,
                   failed_items = CASE WHEN $2 THEN 0 ELSE failed_items END, updated_at = clock_timestamp()
               WHERE id = $1 AND status IN ('failed', 'cancelled') RETURNING id, fence
           ), event AS (
               INSERT INTO job_events (job_id, event, attempt, fence, detail)
               SELECT id, 'sent_in_again', 0, fence, CASE WHEN $2 THEN 'from the start' END FROM moved
           )
           SELECT id FROM moved""",
        job_id,
        from_start,
    )
    if moved is None:
        return False
    if from_start:
        await conn.execute("DELETE FROM job_errors WHERE job_id = $1", job_id)
    await announce(conn, [job_id])
    return True
