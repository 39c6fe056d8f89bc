"""`GET /api/v1/jobs/{id}/events`: follow a job by server-sent events (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.sessions import Caller
from app.db.jobs.job import Job
from app.errors import NotFound, Unauthorized
from app.web.accounts import auth
from app.web.http.open_requests import EventStream
from app.web.http.operation import Header, Media, operation
from app.web.http.request_parsing import path_id
from app.web.http.responses import encode
from app.web.jobs.access import get_job
from app.web.jobs.presenters import present_job
from app.web.jobs.read import job_version
from app.web.platform import Platform, get_platform

KEEP_ALIVE_SECONDS = 15.0
RECONNECT_MS = 2_000
LAST_EVENT_ID = Header("Last-Event-ID", "The id of the last event that the client has received.")


@operation(
    "followJob",
    tag="Jobs",
    headers=[LAST_EVENT_ID],
    returns={200: Media(("text/event-stream",), example="event: job\nid: 63d0\ndata: {…}\n\n")},
)
async def events(request: Request) -> Response:
    """Follow a job by server-sent events.

    Sends the job as it is now and after every change, as `event: job`. The stream ends when the job has finished. If
    the access or the job ends before, the last event is `event: end` with `{"reason", "detail"}`. The id of an event is
    the job's version: a client that reconnects with Last-Event-ID gets only newer versions.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    job_id = path_id(request)
    await get_job(platform, job_id, user)
    stream = _event_stream(platform, job_id, auth.get_caller(request), request.headers.get("last-event-id"))
    return EventStream(stream, platform.open_requests, user.id)


async def _event_stream(
    platform: Platform, job_id: UUID, caller: Caller, last_version: str | None
) -> AsyncIterator[bytes]:
    yield b"retry: %d\n\n" % RECONNECT_MS
    async with platform.changes.watch(job_id) as changed, platform.access.watch(caller, changed.set) as access:
        while True:
            changed.clear()
            try:
                job = await get_job(platform, job_id, access.require_user())
            except (Unauthorized, NotFound) as error:
                yield b"event: end\ndata: %s\n\n" % encode({"reason": error.slug, "detail": error.detail})
                return
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
