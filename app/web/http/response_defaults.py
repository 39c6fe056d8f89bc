"""Defaults of every response: it is stored nowhere unless its route says so, and HEAD gets no body."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

DEFAULTS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
"""Responses are private unless a route says otherwise: caches between us and the client must not keep them."""


class ResponseDefaults:
    """ASGI middleware: adds the headers that the route did not set, and ends a response to HEAD after its headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_defaults(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message["headers"])
                names = {name for name, _ in headers}
                message["headers"] = headers + [header for header in DEFAULTS if header[0] not in names]
            await send(message)

        answer = self._answer_head if scope["method"] == "HEAD" else self._app
        await answer(scope, receive, send_with_defaults)

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    async def _answer_head(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stop the route at the first part of a streamed body: a feed would go on for as long as it lasts."""
        ended = asyncio.Event()

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body" and message.get("more_body", False):
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                ended.set()
                await asyncio.Future()  # the task is cancelled here
            await send(message)

        route = asyncio.create_task(self._run(scope, receive, send_head))
        waiting = asyncio.create_task(ended.wait())
        try:
            await asyncio.wait({route, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if not ended.is_set():
                await route
        finally:
            waiting.cancel()
            route.cancel()
            await asyncio.gather(route, waiting, return_exceptions=True)
