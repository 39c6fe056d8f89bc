"""A stand-in for a platform in a thread with its own event loop: returns prepared responses and records requests."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

JOB = {
    "id": "j1",
    "type": "geocode_households",
    "status": "completed",
    "totalItems": 4,
    "processedItems": 4,
    "failedItems": 0,
    "progress": 100,
    "data": {},
    "result": {"geocoded": 4},
    "errorLog": None,
    "createdAt": "2026-01-01T00:00:00Z",
    "startedAt": "2026-01-01T00:00:00Z",
    "completedAt": "2026-01-01T00:00:02Z",
    "etaSeconds": None,
    "poll_interval_ms": 1,
}


@dataclass
class StandIn:
    """The responses to a request such as `GET /readyz` are returned in turn, and then always the last one."""

    answers: dict[str, list[tuple[int, Any, dict[str, str]]]] = field(default_factory=lambda: defaultdict(list))
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    """Method and path, headers, body."""
    queries: list[dict[str, str]] = field(default_factory=list)
    """The query parameters of each."""
    url: str = ""

    def on(self, request: str, *bodies: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        self.answers[request] += [(status, body, headers or {}) for body in bodies]

    async def handle(self, request: web.Request) -> web.Response:
        name = f"{request.method} {request.path}"
        body = await (request.json() if request.content_type == "application/json" else request.text())
        self.asked.append((name, dict(request.headers), body))
        self.queries.append(dict(request.query))
        known = self.answers.get(name)
        if not known:
            return web.json_response({"title": "Not Found", "detail": f"nothing at {request.path}"}, status=404)
        status, answer, headers = known.pop(0) if len(known) > 1 else known[0]
        if status == 204:
            return web.Response(status=status)
        return web.json_response(answer, status=status, headers=headers)


@contextmanager
def running() -> Iterator[StandIn]:
    stand_in = StandIn()
    loop = asyncio.new_event_loop()
    started = threading.Event()

    async def serve() -> web.AppRunner:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", stand_in.handle)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        stand_in.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    def live() -> None:
        runner = loop.run_until_complete(serve())
        started.set()
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=live)
    thread.start()
    started.wait(10)
    yield stand_in
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
