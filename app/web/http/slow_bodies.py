"""Request bodies that stop arriving: the request ends with a 408, so that it holds its connection no longer."""

from __future__ import annotations

import asyncio
from time import monotonic

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import RequestTimeout

WINDOW_SECONDS = 30.0
MIN_WINDOW_BYTES = 1024
"""A body must bring at least this much in each window. The slowest mobile networks do that in a second."""


class SlowBodies:
    """ASGI middleware: raises RequestTimeout in the route that waits for a body which makes no progress.

    Only the time in which the route waits for the client counts, not the time in which it writes what it has received.
    """

    def __init__(
        self, app: ASGIApp, *, window_seconds: float = WINDOW_SECONDS, min_window_bytes: int = MIN_WINDOW_BYTES
    ) -> None:
        self._app = app
        self._window_seconds = window_seconds
        self._min_window_bytes = min_window_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        complete = False
        left_seconds, missing_bytes = self._window_seconds, self._min_window_bytes

        async def receive_in_time() -> Message:
            nonlocal complete, left_seconds, missing_bytes
            if complete:  # waits for the client to disconnect
                return await receive()
            began = monotonic()
            try:
                async with asyncio.timeout(left_seconds):
                    message = await receive()
            except TimeoutError:
                raise RequestTimeout(
                    f"The request's body brought less than {self._min_window_bytes:,} bytes in"
                    f" {self._window_seconds:.0f} seconds. Send the request again."
                ) from None
            complete = message["type"] != "http.request" or not message.get("more_body", False)
            left_seconds -= monotonic() - began
            missing_bytes -= len(message.get("body", b""))
            if missing_bytes <= 0:
                left_seconds, missing_bytes = self._window_seconds, self._min_window_bytes
            return message

        await self._app(scope, receive_in_time, send)
