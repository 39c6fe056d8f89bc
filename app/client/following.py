"""Following a job by server-sent events, or by polling where they do not arrive."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import aiohttp

from app.client.errors import AccessDenied, ApiError, NotReachable, Unavailable, api_error
from app.client.transport import CONNECT_SECONDS, MAX_RETRY_AFTER, Request, Transport, path_segment

Json = dict[str, Any]

EVENTS = "/events"
TERMINAL = frozenset({"completed", "failed", "cancelled"})
SILENCE_SECONDS = 45.0
"""Without any event: three times the interval at which the platform sends at least a comment."""
OUTAGE_SECONDS = 120.0
"""How long the platform may be unreachable while a job is followed."""
PAUSE_SECONDS = 1.0
"""Between two tries to reach it."""


class NoEvents(Exception):
    """The job must be polled."""


@dataclass
class Event:
    name: str = "message"
    id: str | None = None
    data: str = ""


async def follow(transport: Transport, job_id: object) -> AsyncGenerator[Json, None]:
    """Yield the job as it is now, and after each change until it has finished.

    Lost connections, and restarts of the platform within OUTAGE_SECONDS, only delay it.
    """
    loop = asyncio.get_running_loop()
    path = f"/api/v1/jobs/{path_segment(job_id)}"
    last_id: str | None = None
    has_events = True
    lost_at: float | None = None
    while True:
        try:
            if has_events:
                async with aclosing(_events(transport, path, last_id)) as events:
                    async for event in events:
                        lost_at, last_id = None, event.id
                        job = json.loads(event.data)
                        yield job
                        if job["status"] in TERMINAL:
                            return
            job = await transport.json(Request("GET", path))
            lost_at = None
            yield job
            if job["status"] in TERMINAL:
                return
            interval = job["poll_interval_ms"] / 1000
            await asyncio.sleep(min(interval, PAUSE_SECONDS) if has_events else interval)
        except NoEvents:
            has_events = False
        except (NotReachable, ApiError) as error:
            if isinstance(error, ApiError) and error.status not in (429, 502, 503, 504):
                raise
            now = loop.time()
            lost_at = now if lost_at is None else lost_at
            if now - lost_at > OUTAGE_SECONDS:
                raise
            asked = error.retry_after if isinstance(error, ApiError) else None
            await asyncio.sleep(max(PAUSE_SECONDS, min(asked or 0.0, MAX_RETRY_AFTER)))


async def _events(transport: Transport, path: str, last_id: str | None) -> AsyncGenerator[Event, None]:
    """Yield the events of a job until the stream ends or the connection is lost.

    Raises NoEvents if the platform sends none, Unauthorized and NotFound as its last event says.
    """
    request = Request("GET", path + EVENTS, headers={"Last-Event-ID": last_id})
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=SILENCE_SECONDS)
    try:
        async with transport.response(request, timeout=timeout) as response:
            if response.content_type != "text/event-stream":
                raise NoEvents
            async for event in parse(response.content.iter_any()):
                if event.name == "end":
                    reason = json.loads(event.data)
                    problem = {"type": reason["reason"], "detail": reason["detail"]}
                    raise api_error(401 if reason["reason"] == "unauthorized" else 404, "", problem)
                if event.name == "job":
                    yield event
    except (AccessDenied, Unavailable):
        raise
    except ApiError as error:
        raise NoEvents from error  # no such job, too many streams, or a proxy without them: the job itself tells
    except NotReachable as error:
        if isinstance(error.__cause__, TimeoutError):
            raise NoEvents from error  # something on the way holds events back


async def parse(blocks: AsyncIterator[bytes]) -> AsyncIterator[Event]:
    """Yield the complete events of a stream (WHATWG HTML, section 9.2.6), whose lines end in LF or CR LF."""
    event, has_data = Event(), False
    async for line in _lines(blocks):
        if not line:
            if has_data:
                yield event
            event, has_data = Event(id=event.id), False
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "event":
                event.name = value
            case "id":
                event.id = value
            case "data":
                event.data, has_data = f"{event.data}\n{value}" if has_data else value, True


async def _lines(blocks: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """Yield the complete lines, which may be of any length: a job with its data and errors is one line."""
    parts: list[bytes] = []
    async for block in blocks:
        *complete, rest = block.split(b"\n")
        for line in complete:
            yield b"".join([*parts, line]).decode().removesuffix("\r")
            parts = []
        if rest:
            parts.append(rest)
