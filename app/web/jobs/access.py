"""Which jobs a user may see and act on: their own, those they were given by deduplication, and for admins all."""

from __future__ import annotations

from uuid import UUID

from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.jobs import actions
from app.db.jobs import records as jobs
from app.db.jobs.job import Job
from app.domain.jobs.status import Status
from app.errors import Forbidden, NotFound
from app.web.platform import Platform


def reader_id(user: User) -> UUID | None:
    """Return the user id by which `app.db` restricts what is read; None for an admin, who may read everything."""
    return None if user.is_admin else user.id


async def get_job(platform: Platform, job_id: UUID, user: User) -> Job:
    """Return the job as it is now. Raises NotFound if it does not exist or the user may not see it."""
    async with platform.pool.acquire() as conn:
        job = await jobs.get(conn, job_id, reader_id(user))
    if job is None:
        raise job_not_found(job_id)
    return job


async def require_readable(conn: Connection, job_id: UUID, user: User) -> None:
    """Raises NotFound if the job does not exist or the user may not see it."""
    if not await jobs.is_readable(conn, job_id, reader_id(user)):
        raise job_not_found(job_id)


async def lock_for_action(conn: Connection, job_id: UUID, user: User) -> Status:
    """Lock the job until the transaction ends and return its status.

    Raises NotFound if the user may not see the job, and Forbidden if they may only read it.
    """
    job = await actions.lock(conn, job_id, reader_id(user))
    if job is None:
        raise job_not_found(job_id)
    if not user.is_admin and job.created_by != user.id:
        raise Forbidden("Only the user who created the job or an admin may do this.")
    return job.status


def job_not_found(job_id: UUID) -> NotFound:
    return NotFound(f"Job {job_id} not found.")
