"""Actions on a single job: cancel, retry, delete, run now.

404 if the user may not see the job, 403 if they may only read it, and 409 with `jobStatus` if its status forbids the
action.
"""

from __future__ import annotations

from uuid import UUID

import asyncpg
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.core.pool import Connection
from app.db.jobs import actions, archive
from app.db.jobs import records as jobs
from app.db.jobs.bulk import ALLOWED_STATUSES, Action
from app.db.jobs.creator import Creator
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.jobs.status import TERMINAL, Status
from app.errors import Conflict, LimitReached
from app.web.accounts import auth
from app.web.http.models import RequestModel
from app.web.http.operation import LOCATION, RETRY_AFTER, Access, Reply, operation
from app.web.http.request_parsing import parse_query, path_id
from app.web.http.responses import JSON
from app.web.jobs.access import lock_for_action
from app.web.jobs.presenters import JobModel, present_job
from app.web.platform import get_platform


class RetryQuery(RequestModel):
    from_start: bool = False
    """Discard the checkpoint, the counters and the item errors."""


@operation(
    "cancelJob",
    tag="Jobs",
    returns={
        200: JobModel,
        202: Reply(JobModel, headers=[LOCATION, RETRY_AFTER], description="Its worker stops it within seconds."),
    },
    errors=[Conflict],
)
async def cancel(request: Request) -> Response:
    """Cancel a job.

    A running job is stopped by its worker within seconds, and keeps what it has committed.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    job_id = path_id(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        status = await lock_for_action(conn, job_id, user)
        require_status(Action.CANCEL, job_id, status)
        await actions.cancel(conn, job_id)
        await audit.record(conn, "JOB_CANCELLED", {"was": status}, user_id=user.id, job_id=job_id)
        response = await _job_response(conn, job_id, 200 if status is Status.PENDING else 202)
    platform.dispatcher.schedule_pass()
    return response


@operation(
    "retryJob",
    tag="Jobs",
    query=RetryQuery,
    returns={202: Reply(JobModel, headers=[LOCATION, RETRY_AFTER])},
    errors=[Conflict, LimitReached],
)
async def retry(request: Request) -> Response:
    """Run a failed or cancelled job again, from its checkpoint and with new attempts."""
    user = await auth.require(request)
    platform = get_platform(request)
    job_id = path_id(request)
    from_start = parse_query(request, RetryQuery).from_start
    async with (
        platform.pending_limit.creator(user) as creator,
        platform.pool.acquire() as conn,
        conn.transaction(),
    ):
        status = await lock_for_action(conn, job_id, user)
        require_status(Action.RETRY, job_id, status)
        if await archive.is_archived(conn, job_id):
            raise Conflict(f"Cannot retry job {job_id}: it is archived. Create a new job.", jobStatus=status)
        if not await requeue(conn, job_id, creator, from_start):
            active_id = await actions.find_dedupe_holder(conn, job_id)
            active = "another active job" if active_id is None else f"job {active_id}"
            raise Conflict(
                f"Cannot retry job {job_id}: {active} is doing the same work (it has the same dedupe key).",
                jobStatus=status,
                activeJobId=active_id,
            )
        details = {"was": status, "fromStart": from_start}
        await audit.record(conn, "JOB_RETRIED", details, user_id=user.id, job_id=job_id)
        response = await _job_response(conn, job_id, 202)
    platform.dispatcher.schedule_pass()
    return response


async def requeue(conn: Connection, job_id: UUID, creator: Creator, from_start: bool) -> bool:
    """Make the job pending again. Returns False if another active job holds its dedupe key."""
    try:
        async with conn.transaction():
            return await actions.retry(conn, job_id, creator, from_start=from_start)
    except asyncpg.UniqueViolationError:  # the other job took the key after our statement had begun
        return False


@operation("deleteJob", tag="Jobs", returns={204: Reply()}, errors=[Conflict])
async def delete(request: Request) -> Response:
    """Delete a finished job with its item errors and its timeline."""
    user = await auth.require(request)
    platform = get_platform(request)
    job_id = path_id(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        status = await lock_for_action(conn, job_id, user)
        require_status(Action.DELETE, job_id, status)
        await actions.delete_all(conn, [job_id])
        await audit.record(conn, "JOB_DELETED", {"was": status}, user_id=user.id, job_id=job_id)
    return Response(status_code=204)


@operation(
    "runJob",
    tag="Jobs",
    access=Access.ADMIN,
    returns={202: Reply(JobModel, headers=[LOCATION, RETRY_AFTER])},
    errors=[Conflict],
)
async def run(request: Request) -> Response:
    """Run a pending job now, even if its queue is paused or the job is deferred."""
    admin = await auth.require(request, admin=True)
    platform = get_platform(request)
    job_id = path_id(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        status = await lock_for_action(conn, job_id, admin)
        if not await actions.pin(conn, job_id):
            raise _not_possible("run", job_id, status)
        await audit.record(conn, "JOB_RUN", {}, user_id=admin.id, job_id=job_id)
        response = await _job_response(conn, job_id, 202)
    platform.dispatcher.schedule_pass()
    return response


def require_status(action: Action, job_id: UUID, status: Status) -> None:
    """Raise Conflict unless jobs of this status may take the action."""
    if status not in ALLOWED_STATUSES[action]:
        raise _not_possible(action, job_id, status)


def _not_possible(action: str, job_id: UUID, status: Status) -> Conflict:
    reason = f"it is already {status}" if status in TERMINAL else f"it is {status}"
    advice = " Cancel it first." if action == "delete" else ""
    return Conflict(f"Cannot {action} job {job_id}: {reason}.{advice}", jobStatus=status)


async def _job_response(conn: Connection, job_id: UUID, status_code: int) -> Response:
    job = await jobs.get(conn, job_id, None)
    assert job is not None  # it is locked by this transaction
    headers = {"Location": f"/api/v1/jobs/{job_id}", "Retry-After": retry_after(FIRST_MS)} if status_code == 202 else {}
    return JSON(present_job(job), status_code, headers)
