"""Transfers in progress: uploads and downloads are cut off when the access behind them ends."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import Unauthorized
from app.web.http.request_context import CALLER, AccessEnded
from app.web.platform import Access, Platform

EVENT_STREAM = b"text/event-stream"
UNWATCHED_SECONDS = 1.0
"""Bodies that take no longer are not watched: the key was valid when they began."""
ROLE_CHANGED = "The role of the key's user has changed. Send the request again."


class OpenTransfers:
    """ASGI middleware: ends what takes long when the caller has lost their access or role.

    Raises Unauthorized in the route that reads the body, and AccessEnded in a streamed response. Event streams are left
    to their routes, which send a last event.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        transfer = _Transfer(scope, receive, send)
        try:
            await self._app(scope, transfer.receive, transfer.send)
        finally:
            await transfer.close()


class _Transfer:
    """A request and its response."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._send = send
        self._watching: AbstractAsyncContextManager[Access] | None = None
        self._access: Access | None = None
        self._wait: asyncio.Timeout | None = None
        """The wait for the next part of the body."""
        self._watched_from: float | None = None
        self._is_received = False
        self._headers: Iterable[tuple[bytes, bytes]] = ()

    async def receive(self) -> Message:
        if self._is_received or CALLER not in self._scope:
            return await self._receive()
        message = await (self._receive_watched() if self._access else self._receive_first())
        self._is_received = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def _receive_first(self) -> Message:
        if self._watched_from is None:
            self._watched_from = asyncio.get_running_loop().time() + UNWATCHED_SECONDS
        try:
            async with asyncio.timeout_at(self._watched_from):
                return await self._receive()
        except TimeoutError:
            return await self._receive_watched()

    async def _receive_watched(self) -> Message:
        access = await self._watch()
        while True:
            try:
                async with asyncio.timeout(None) as self._wait:
                    message = await self._receive()
            except TimeoutError:  # `_wake` ended the wait
                message = None
            finally:
                self._wait = None
            if access.is_changed:
                raise _ended(access)
            if message is not None:
                return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._headers = message["headers"]
        elif message.get("more_body", False) and CALLER in self._scope and not _is_feed(self._headers):
            access = await self._watch()
            if access.is_changed:
                raise AccessEnded
        await self._send(message)

    async def _watch(self) -> Access:
        if self._access is None:
            platform: Platform = self._scope["app"].state.platform
            self._watching = platform.access.watch(self._scope[CALLER], self._wake)
            self._access = await self._watching.__aenter__()
        return self._access

    async def close(self) -> None:
        if self._watching is not None:
            await self._watching.__aexit__(None, None, None)

    def _wake(self) -> None:
        if self._wait is not None:
            self._wait.reschedule(asyncio.get_running_loop().time())


def _is_feed(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name == b"content-type" and EVENT_STREAM in value for name, value in headers)


def _ended(access: Access) -> Unauthorized:
    """Return why the body is read no further. Closes the connection, on which the rest of it may be under way."""
    error = Unauthorized(ROLE_CHANGED)
    try:
        access.require_user()
    except Unauthorized as ended:
        error = ended
    error.headers["Connection"] = "close"
    return error
