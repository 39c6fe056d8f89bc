"""One job at a person's word: cancel it, send it in again, delete it, run it though its queue is paused.

Who may not see the job gets 404, who may only read it 403; where its state forbids the action 409, with `jobStatus`.
"""

from __future__ import annotations

from typing import NoReturn
from uuid import UUID

import asyncpg
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.jobs import actions
from app.db.jobs import records as jobs
from app.db.jobs.bulk import SOURCES, Action
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.jobs.status import Status
from app.errors import Conflict, Forbidden, NotFound
from app.web.accounts import auth
from app.web.http.request_parsing import path_id, query
from app.web.http.responses import JSON
from app.web.jobs import presenters
from app.web.jobs.records import reader
from app.web.platform import get_platform


class RetryQuery(BaseModel):
    fromStart: bool = False


async def cancel(request: Request) -> Response:
    """200 with the job, cancelled, where it was pending; 202 where it runs: its worker stops it within seconds."""
    user = await auth.require(request)
    platform = get_platform(request)
    job_id = path_id(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        status = await hold(conn, job_id, user)
        permit(Action.CANCEL, job_id, status)
        await actions.cancel(conn, job_id)
        await audit.record(conn, "JOB_CANCELLED", {"was": status}, user_id=user.id, job_id=job_id)
        answer = await shown(conn, job_id, 200 if status is Status.PENDING else 202)
    platform.dispatcher.schedule_pass()
    return answer


async def retry(request: Request) -> Response:
    """202 with the job, pending again, with fresh attempts: from its checkpoint, or with `?fromStart=true` anew."""
    user = await auth.require(request)
    platform = get_platform(request)
    job_id = path_id(request)
    from_start = query(request, RetryQuery).fromStart
    async with platform.pool.acquire() as conn, conn.transaction():
        status = await hold(conn, job_id, user)
        permit(Action.RETRY, job_id, status)
        if not await sent_in(conn, job_id, from_start):
            holder = await actions.holder(conn, job_id)
            detail = (
                "Another active job holds its dedupe key." if holder is None else f"Job {holder} does the same now."
            )
            raise Conflict(detail, jobStatus=status, activeJobId=holder)
        details = {"was": status, "fromStart": from_start}
        await audit.record(conn, "JOB_RETRIED", details, user_id=user.id, job_id=job_id)
        answer = await shown(conn, job_id, 202)
    platform.dispatcher.schedule_pass()
    return answer


async def sent_in(conn: Connection, job_id: UUID, from_start: bool) -> bool:
    """False where another active job holds the dedupe key, be it since this moment."""
    try:
        async with conn.transaction():
            return await actions.retry(conn, job_id, from_start=from_start)
    except asyncpg.UniqueViolationError:
        return False


async def delete(request: Request) -> Response:
    """204; a finished job is gone with its errors and its timeline."""
    user = await auth.require(request)
    platform = get_platform(request)
    job_id = path_id(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        status = await hold(conn, job_id, user)
        permit(Action.DELETE, job_id, status)
        await actions.delete_all(conn, [job_id])
        await audit.record(conn, "JOB_DELETED", {"was": status}, user_id=user.id, job_id=job_id)
    return Response(status_code=204)


async def run(request: Request) -> Response:
    """202 with the pending job: it runs though its queue is paused, and now though it is deferred. Admins alone."""
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    job_id = path_id(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        status = await hold(conn, job_id, admin)
        if not await actions.pin(conn, job_id):
            forbid("run", job_id, status)
        await audit.record(conn, "JOB_RUN", {}, user_id=admin.id, job_id=job_id)
        answer = await shown(conn, job_id, 202)
    platform.dispatcher.schedule_pass()
    return answer


async def hold(conn: Connection, job_id: UUID, user: User) -> Status:
    """Lock the job for this transaction; its state. Raises NotFound or Forbidden where it is not the user's to move."""
    row = await actions.lock(conn, job_id, reader(user))
    if row is None:
        raise NotFound(f"There is no job {job_id}.")
    if not user.is_admin and row["created_by"] != user.id:
        raise Forbidden("Only its maker or an admin may do this to the job.")
    return Status(row["status"])


def permit(action: Action, job_id: UUID, status: Status) -> None:
    if status not in SOURCES[action]:
        forbid(action, job_id, status)


def forbid(action: str, job_id: UUID, status: Status) -> NoReturn:
    raise Conflict(f"Job {job_id} is {status}: {action} is not possible now.", jobStatus=status)


async def shown(conn: Connection, job_id: UUID, code: int) -> Response:
    """The job as it is now."""
    row = await jobs.get(conn, job_id, None)
    assert row is not None
    headers = {"Location": f"/api/v1/jobs/{job_id}", "Retry-After": retry_after(FIRST_MS)} if code == 202 else {}
    return JSON(presenters.job(row), code, headers)
