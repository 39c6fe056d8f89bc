"""A job followed live: server-sent events, pushed by Postgres' notifications (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from asyncpg import Record
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.db.accounts.users import User
from app.web.accounts import auth
from app.web.http.request_parsing import path_id
from app.web.http.responses import encode
from app.web.jobs import presenters
from app.web.jobs import records as jobs
from app.web.platform import Platform, get_platform

KEEP_ALIVE_SECONDS = 15.0
RECONNECT_MS = 2_000


async def events(request: Request) -> Response:
    """The job as it is now and at every change, as `event: job`; the stream ends with the job.

    The id of an event is the job's version: a client that reconnects with Last-Event-ID hears only what came since.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    job_id = path_id(request)
    await jobs.find(platform, job_id, user)
    stream = changes(platform, job_id, user, request.headers.get("last-event-id"))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def changes(platform: Platform, job_id: UUID, user: User, seen: str | None) -> AsyncIterator[bytes]:
    yield b"retry: %d\n\n" % RECONNECT_MS
    async with platform.changes.watch(job_id) as changed:
        while True:
            changed.clear()
            row = await jobs.find(platform, job_id, user)
            if (version := jobs.version(row)) != seen:
                seen = version
                yield event(row, version)
            if row["completed_at"] is not None:
                return
            try:
                async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                    await changed.wait()
            except TimeoutError:
                yield b": still here\n\n"


def event(row: Record, version: str) -> bytes:
    return b"event: job\nid: %s\ndata: %s\n\n" % (version.encode(), encode(presenters.job(row)))
