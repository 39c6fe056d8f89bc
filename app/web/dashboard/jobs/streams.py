"""The server-sent events of an open page: `event: jobs` and `event: panel`, numbered for Last-Event-ID."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.jobs import records as jobs
from app.web.accounts import auth
from app.web.dashboard.core.live_updates import LiveUpdates
from app.web.dashboard.core.viewers import Viewer
from app.web.dashboard.jobs.listing import requested_filters
from app.web.http.open_requests import EventStream
from app.web.http.request_parsing import path_id
from app.web.jobs.access import reader_id
from app.web.platform import Access, get_platform

KEEP_ALIVE_SECONDS = 15.0
MAX_IDS = 300


def live_updates(request: Request) -> LiveUpdates:
    found: LiveUpdates = request.app.state.live_updates
    return found


def new_viewer(request: Request) -> Viewer:
    user: User = request.state.user
    return Viewer(user)


async def stream_list(request: Request) -> Response:
    """Stream the jobs that match the list's filters, and every change of the jobs on the page (`ids`)."""
    viewer = new_viewer(request)
    if request.query_params.get("top"):
        viewer.filters = requested_filters(request).to_filters(get_platform(request))
    viewer.shown = set(parse_ids(request.query_params.get("ids", "")))
    return stream(request, viewer)


async def stream_job(request: Request) -> Response:
    """Stream every change of one job."""
    viewer, job_id = new_viewer(request), path_id(request)
    async with get_platform(request).pool.acquire() as conn:
        if await jobs.is_readable(conn, job_id, reader_id(viewer.user)):
            viewer.readable_job = job_id
    viewer.shown, viewer.fragment = {job_id}, "status_card"
    return stream(request, viewer)


async def stream_panels(request: Request) -> Response:
    """Stream panels by name, separated by commas; unknown names are ignored."""
    viewer = new_viewer(request)
    known = live_updates(request).panels.by_name
    viewer.panels = {name: 0 for name in request.path_params["names"].split(",") if name in known}
    return stream(request, viewer)


def parse_ids(text: str) -> Iterator[UUID]:
    """Yield the first MAX_IDS job ids of a list separated by commas; what is not an id is left out."""
    for part in text.split(",")[:MAX_IDS]:
        try:
            yield UUID(part)
        except ValueError:
            continue


def stream(request: Request, viewer: Viewer) -> Response:
    number = request.headers.get("last-event-id") or request.query_params.get("since", "")
    since_ms = int(number) if number.isdecimal() and len(number) < 16 else get_platform(request).changes.now_ms()
    access = get_platform(request).access.watch(auth.get_caller(request), viewer.end)
    events = event_stream(live_updates(request), viewer, since_ms, access)
    open_requests = get_platform(request).open_requests
    return EventStream(events, open_requests, viewer.user.id, {"Cache-Control": "no-store"})


async def event_stream(
    updates: LiveUpdates, viewer: Viewer, since_ms: int, access: AbstractAsyncContextManager[Access]
) -> AsyncIterator[bytes]:
    yield b"retry: 2000\n\n"
    async with access, updates.subscribe(viewer, since_ms):
        while not viewer.closed:
            try:
                async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                    await viewer.woken.wait()
            except TimeoutError:
                yield b": keep-alive\n\n"
                continue
            viewer.woken.clear()
            while viewer.events:
                yield viewer.events.popleft()
