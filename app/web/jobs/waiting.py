"""`Prefer: wait=N` (RFC 7240): hold the response back until the job has finished or N seconds have passed."""

from __future__ import annotations

import asyncio
from uuid import UUID

from starlette.requests import Request

from app.db.accounts.sessions import Caller
from app.db.jobs.job import Job
from app.web.http.list_headers import list_header
from app.web.jobs.access import get_job
from app.web.platform import Platform

MAX_WAIT_SECONDS = 30.0


def preferred_wait_seconds(request: Request) -> float | None:
    """Return the N of `Prefer: wait=N`, at most MAX_WAIT_SECONDS.

    None without such a preference; a value that is not a whole number is ignored, as the RFC demands.
    """
    for preference in list_header(request, "prefer").split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == "wait" and (seconds := value.strip().strip('"')).isdecimal():
            return min(float(seconds), MAX_WAIT_SECONDS)
    return None


async def wait_until_finished(platform: Platform, job_id: UUID, caller: Caller, timeout_seconds: float) -> Job:
    """Return the job once it has finished, or as it is after `timeout_seconds`.

    Raises NotFound as `get_job`, and Unauthorized when the caller's access ends.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_seconds
    async with platform.changes.watch(job_id) as changed, platform.access.watch(caller, changed.set) as access:
        job = await get_job(platform, job_id, caller.user)
        while job.completed_at is None and (left := deadline - loop.time()) > 0:
            try:
                async with asyncio.timeout(left):
                    await changed.wait()
            except TimeoutError:
                break
            changed.clear()
            job = await get_job(platform, job_id, access.require_user())
    return job
