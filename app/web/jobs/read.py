"""`GET /api/v1/jobs/{id}`: one job, with a conditional response and long polling."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from app.db.jobs.job import Job
from app.domain.jobs.polling import retry_after
from app.domain.jobs.waits import Wait
from app.web.accounts import auth
from app.web.http.conditional import matches_etag
from app.web.http.list_headers import list_header
from app.web.http.operation import (
    ETAG,
    IF_NONE_MATCH,
    PREFER_WAIT,
    PREFERENCE_APPLIED,
    RETRY_AFTER,
    Reply,
    operation,
)
from app.web.http.request_parsing import path_id
from app.web.http.responses import JSON
from app.web.jobs.access import explain_wait, get_job
from app.web.jobs.presenters import JobModel, present_job
from app.web.jobs.waiting import preferred_wait_seconds, wait_until_finished
from app.web.platform import get_platform


@operation(
    "getJob",
    tag="Jobs",
    headers=[PREFER_WAIT, IF_NONE_MATCH],
    returns={
        200: Reply(JobModel, headers=[ETAG, RETRY_AFTER, PREFERENCE_APPLIED]),
        304: Reply(headers=[ETAG, RETRY_AFTER], description="The ETag that the client has is still current."),
    },
)
async def read(request: Request) -> Response:
    """Return a job.

    With `Prefer: wait=N` the response comes once the job has finished or after N seconds, whichever comes
    first. Beyond the limit of open streams and long polls it is returned at once.
    """
    return await job_response(request, lambda job, wait: (present_job(job, wait), 200))


async def job_response(request: Request, present: Callable[[Job, Wait | None], tuple[BaseModel, int]]) -> Response:
    """Respond as `read` does, with the body and the status code that `present` makes of a job and what it waits for."""
    user = await auth.require(request)
    platform = get_platform(request)
    job_id = path_id(request)
    job = await get_job(platform, job_id, user)
    headers: dict[str, str] = {}
    wait_seconds = preferred_wait_seconds(request)
    if wait_seconds is not None:
        with platform.open_requests.held(user.id) as may_wait:
            if may_wait:
                job = await wait_until_finished(platform, job_id, auth.get_caller(request), wait_seconds)
                headers["Preference-Applied"] = f"wait={wait_seconds:g}"
    wait = await explain_wait(platform, job, user)
    body, status = present(job, wait)
    place = f"-{wait.reason}-{wait.position}" if wait else ""
    headers |= {"ETag": f'W/"{job_version(job)}{place}"'}
    poll_interval_ms = getattr(body, "poll_interval_ms", None)  # that of a finished job may be missing
    if poll_interval_ms is not None:
        headers["Retry-After"] = retry_after(poll_interval_ms)
    if matches_etag(list_header(request, "if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return JSON(body, status, headers)


def job_version(job: Job) -> str:
    """Return a text that differs after every change of the job."""
    return f"{int(job.updated_at.timestamp() * 1_000_000):x}"
