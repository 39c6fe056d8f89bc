"""`Prefer: wait=N` (RFC 7240): hold the response back until the job has finished or N seconds have passed."""

from __future__ import annotations

import asyncio
from uuid import UUID

from starlette.requests import Request

from app.db.accounts.users import User
from app.db.jobs.job import Job
from app.web.jobs.access import get_job
from app.web.platform import Platform

MAX_WAIT_SECONDS = 30.0


def preferred_wait_seconds(request: Request) -> float | None:
    """Return the N of `Prefer: wait=N`, at most MAX_WAIT_SECONDS.

    None without such a preference; a value that is not a whole number is ignored, as the RFC demands.
    """
    for preference in request.headers.get("prefer", "").split(","):
        name, _, value = preference.strip().partition("=")
        if name.lower() == "wait" and value.strip('"').isdecimal():
            return min(float(value.strip('"')), MAX_WAIT_SECONDS)
    return None


async def wait_until_finished(platform: Platform, job_id: UUID, user: User, timeout_seconds: float) -> Job:
    """Return the job once it has finished, or as it is after `timeout_seconds`. Raises NotFound as `get_job`."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout_seconds
    async with platform.changes.watch(job_id) as changed:
        job = await get_job(platform, job_id, user)
        while job.completed_at is None and (left := deadline - loop.time()) > 0:
            try:
                async with asyncio.timeout(left):
                    await changed.wait()
            except TimeoutError:
                break
            changed.clear()
            job = await get_job(platform, job_id, user)
    return job
