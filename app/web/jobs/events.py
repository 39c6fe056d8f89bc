"""`GET /api/v1/jobs/{id}/events`: follow a job by server-sent events (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.db.accounts.users import User
from app.db.jobs.job import Job
from app.web.accounts import auth
from app.web.http.request_parsing import path_id
from app.web.http.responses import encode
from app.web.jobs.access import get_job
from app.web.jobs.presenters import present_job
from app.web.jobs.read import job_version
from app.web.platform import Platform, get_platform

KEEP_ALIVE_SECONDS = 15.0
RECONNECT_MS = 2_000


async def events(request: Request) -> Response:
    """Send the job as it is now and after every change, as `event: job`; the stream ends when the job has finished.

    200 text/event-stream. The id of an event is the job's version: a client that reconnects with Last-Event-ID gets
    only newer versions.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    job_id = path_id(request)
    await get_job(platform, job_id, user)
    stream = _event_stream(platform, job_id, user, request.headers.get("last-event-id"))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _event_stream(platform: Platform, job_id: UUID, user: User, last_version: str | None) -> AsyncIterator[bytes]:
    yield b"retry: %d\n\n" % RECONNECT_MS
    async with platform.changes.watch(job_id) as changed:
        while True:
            changed.clear()
            job = await get_job(platform, job_id, user)
            if (version := job_version(job)) != last_version:
                last_version = version
                yield _event(job, version)
            if job.completed_at is not None:
                return
            try:
                async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                    await changed.wait()
            except TimeoutError:
                yield b": still here\n\n"


def _event(job: Job, version: str) -> bytes:
    return b"event: job\nid: %s\ndata: %s\n\n" % (version.encode(), encode(present_job(job)))
