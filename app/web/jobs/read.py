"""`GET /api/v1/jobs/{id}`: one job, with a conditional response and long polling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.db.jobs.job import Job
from app.domain.jobs.polling import retry_after
from app.web.accounts import auth
from app.web.http.conditional import matches_etag
from app.web.http.request_parsing import path_id
from app.web.http.responses import JSON
from app.web.jobs.access import get_job
from app.web.jobs.presenters import present_job
from app.web.jobs.waiting import preferred_wait_seconds, wait_until_finished
from app.web.platform import get_platform


async def read(request: Request) -> Response:
    """Return the job; with `Prefer: wait=N` once it has finished or after N seconds, whichever comes first.

    200 `{"id", "type", "status", "progress", …}` as `present_job`, or 304 if the client's ETag is still current.
    """
    return await job_response(request, lambda job: (present_job(job), 200))


async def job_response(request: Request, present: Callable[[Job], tuple[dict[str, Any], int]]) -> Response:
    """Respond as `read` does, with the body and the status code that `present` makes of the job's job."""
    user = await auth.require(request)
    platform = get_platform(request)
    job_id = path_id(request)
    job = await get_job(platform, job_id, user)
    headers: dict[str, str] = {}
    wait_seconds = preferred_wait_seconds(request)
    if wait_seconds is not None:
        job = await wait_until_finished(platform, job_id, user, wait_seconds)
        headers["Preference-Applied"] = f"wait={wait_seconds:g}"
    body, status = present(job)
    headers |= {"ETag": f'W/"{job_version(job)}"', "Cache-Control": "private, no-cache"}
    if "poll_interval_ms" in body:
        headers["Retry-After"] = retry_after(body["poll_interval_ms"])
    if matches_etag(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return JSON(body, status, headers)


def job_version(job: Job) -> str:
    """Return a text that differs after every change of the job."""
    return f"{int(job.updated_at.timestamp() * 1_000_000):x}"
