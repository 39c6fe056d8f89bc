"""Which jobs a user may see and act on: their own, and for admins all."""

from __future__ import annotations

from uuid import UUID

from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.jobs import actions, waits
from app.db.jobs import records as jobs
from app.db.jobs.job import Job
from app.domain.jobs.status import Status
from app.domain.jobs.waits import Wait, explain
from app.errors import NotFound
from app.web.platform import Platform


def reader_id(user: User) -> UUID | None:
    """Return the user id by which `app.db` restricts what is read; None for an admin, who may read everything."""
    return None if user.is_admin else user.id


async def get_job(platform: Platform, job_id: UUID, user: User) -> Job:
    """Return the job as it is now. Raises NotFound if it does not exist or the user may not see it."""
    job = await platform.single_jobs.get(job_id, reader_id(user))
    if job is None:
        raise job_not_found(job_id)
    return job


async def explain_wait(platform: Platform, job: Job, user: User) -> Wait | None:
    """Return what the job waits for; None if it is not pending."""
    if job.status is not Status.PENDING:
        return None
    async with platform.pool.acquire() as conn:
        situation = await waits.get_situation(conn, job.id, reader_id(user))
    return explain(situation) if situation else None


async def require_readable(conn: Connection, job_id: UUID, user: User) -> None:
    """Raises NotFound if the job does not exist or the user may not see it."""
    if not await jobs.is_readable(conn, job_id, reader_id(user)):
        raise job_not_found(job_id)


async def lock_for_action(conn: Connection, job_id: UUID, user: User) -> Status:
    """Lock the job until the transaction ends and return its status. Raises NotFound if the user may not see it."""
    status = await actions.lock(conn, job_id, reader_id(user))
    if status is None:
        raise job_not_found(job_id)
    return status


def job_not_found(job_id: UUID) -> NotFound:
    return NotFound(f"Job {job_id} not found.")
