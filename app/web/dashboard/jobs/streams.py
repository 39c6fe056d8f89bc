"""The stream that an open page listens to: `event: jobs` and `event: board`, numbered for Last-Event-ID."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.db.accounts.users import User
from app.db.jobs import records as jobs
from app.web.accounts import session
from app.web.dashboard.core.live_updates import Feed, Viewer, ids, now_ms
from app.web.dashboard.jobs.listing import asked
from app.web.http.request_parsing import path_id
from app.web.jobs.access import reader_id
from app.web.platform import get_platform

KEEP_ALIVE_SECONDS = 15.0
MOST_IDS = 300


def feed(request: Request) -> Feed:
    found: Feed = request.app.state.feed
    return found


def viewer(request: Request) -> Viewer:
    user: User = request.state.user
    key_id = session.parse_key_id(request.cookies[session.COOKIE_NAME])
    assert key_id is not None  # the guard has read it
    return Viewer(user, key_id)


async def of_list(request: Request) -> Response:
    """Jobs that match the list's filters, and whatever becomes of those that stand on the page (`ids`)."""
    platform = get_platform(request)
    who = viewer(request)
    who.filters = asked(request).to_filters(platform) if request.query_params.get("top") else None
    who.shown = set(ids(request.query_params.get("ids", ""), MOST_IDS))
    return stream(request, who)


async def of_job(request: Request) -> Response:
    platform = get_platform(request)
    who, job_id = viewer(request), path_id(request)
    async with platform.pool.acquire() as conn:
        if await jobs.is_readable(conn, job_id, reader_id(who.user)):
            who.granted = job_id
    who.shown, who.form = {job_id}, "panel"
    return stream(request, who)


async def of_boards(request: Request) -> Response:
    """Administrators' boards by name, separated by commas."""
    who = viewer(request)
    known = feed(request).boards.boards
    who.boards = {name: 0 for name in request.path_params["names"].split(",") if name in known}
    return stream(request, who)


def stream(request: Request, who: Viewer) -> Response:
    number = request.headers.get("last-event-id") or request.query_params.get("since", "")
    since = int(number) if number.isdecimal() and len(number) < 16 else now_ms()
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(told(feed(request), who, since), media_type="text/event-stream", headers=headers)


async def told(source: Feed, who: Viewer, since: int) -> AsyncIterator[bytes]:
    yield b"retry: 2000\n\n"
    async with source.watch(who, since):
        while not who.over:
            try:
                async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                    await who.woken.wait()
            except TimeoutError:
                yield b": still here\n\n"
                continue
            who.woken.clear()
            while who.events:
                yield who.events.popleft()
