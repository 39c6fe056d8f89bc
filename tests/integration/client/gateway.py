"""A gateway in front of the API that loses or spoils what a test says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

HOP_BY_HOP = {"content-length", "transfer-encoding", "connection", "date", "server", "content-encoding"}


@dataclass
class Gateway:
    """`faults` are used up one per request: what happens after the API has responded.

    `503` hides the response, `lost` closes the connection instead, `cut` does so halfway through the body.
    """

    upstream: str
    url: str = ""
    faults: list[str] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    """The Idempotency-Key of each request."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.keys.append(request.headers.get("Idempotency-Key"))
        body = await request.read()
        headers = {name: value for name, value in request.headers.items() if name.lower() not in {*HOP_BY_HOP, "host"}}
        async with (
            aiohttp.ClientSession(auto_decompress=False) as http,
            http.request(request.method, self.upstream + request.path_qs, data=body, headers=headers) as response,
        ):
            content = await response.read()
            passed = {name: value for name, value in response.headers.items() if name.lower() not in HOP_BY_HOP}
        assert request.transport is not None
        match self.faults.pop(0) if self.faults else None:
            case "503":
                return web.Response(status=503, headers={"Retry-After": "0"})
            case "lost":
                request.transport.close()
                return web.Response()
            case "cut":
                partial = web.StreamResponse(status=response.status, headers=passed)
                partial.content_length = len(content)
                await partial.prepare(request)
                await partial.write(content[: len(content) // 2])
                request.transport.close()
                return partial
        return web.Response(body=content, status=response.status, headers=passed)


@asynccontextmanager
async def gateway(upstream: str) -> AsyncIterator[Gateway]:
    made = Gateway(upstream)
    app = web.Application(client_max_size=64 * 2**20)
    app.router.add_route("*", "/{path:.*}", made.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        await runner.cleanup()
