"""`/api/jobs/{id}`: a job in the words of the document that its kind comes from."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.domain.polling import retry_after
from app.web import auth, dialect_companies, jobs, paces, presenters
from app.web.bodies import path_id
from app.web.platform import Platform
from app.web.responses import JSON


async def show(request: Request) -> Response:
    """As `/api/v1/jobs/{id}`, with its ETag and `Prefer: wait`, but for the words and their status code."""
    user = await auth.require(request)
    platform: Platform = request.app.state.platform
    job_id = path_id(request)
    row = await jobs.find(platform, job_id, user)
    headers: dict[str, str] = {}
    wait = jobs.preferred_wait(request)
    if wait is not None:
        row = await jobs.wait_for_end(platform, job_id, user, row, wait)
        headers["Preference-Applied"] = f"wait={wait:g}"
    headers |= {"ETag": f'W/"{jobs.version(row)}"', "Cache-Control": "private, no-cache"}
    if row["kind"] in dialect_companies.KINDS:
        async with platform.pool.acquire() as conn:
            usual = await paces.running_seconds(request, conn, platform.specs[row["kind"]])
        body, status = dialect_companies.job(row, usual)
    else:
        body, status = presenters.job(row), 200
    if "poll_interval_ms" in body:
        headers["Retry-After"] = retry_after(body["poll_interval_ms"])
    if jobs.matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return JSON(body, status, headers)
