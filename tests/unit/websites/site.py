"""A small site for the tests of the fetcher."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from aiohttp import web


class Site:
    """A small site with configurable responses, which logs every request with its time."""

    def __init__(self) -> None:
        self.robots: Any = web.Response(status=404)
        self.pages: dict[str, Any] = {}
        self.log: list[tuple[float, str, web.BaseRequest]] = []
        self.running = self.most_running = 0
        self.latency = 0.0

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.log.append((time.monotonic(), request.path, request))
        self.running += 1
        self.most_running = max(self.running, self.most_running)
        await asyncio.sleep(self.latency)
        self.running -= 1
        given = self.robots if request.path == "/robots.txt" else self.pages.get(request.path, "<p>hello")
        if callable(given):
            given = given(request)
        if isinstance(given, str):
            return web.Response(text=given, content_type="text/html")
        return web.Response(status=given.status, headers=given.headers, body=given.body)

    @property
    def paths(self) -> list[str]:
        return [path for _, path, _ in self.log]
