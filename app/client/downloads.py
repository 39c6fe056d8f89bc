"""Responses that are files."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path

import aiohttp

from app.client.errors import Incomplete
from app.client.files import BLOCK_BYTES, Progress
from app.client.transport import Request, Transport, streaming


class Download:
    """A file to be saved, read or iterated over. Nothing is requested before.

    A download that is cut short raises Incomplete.
    """

    def __init__(self, transport: Transport, request: Request) -> None:
        self._transport = transport
        self._request = request

    async def save(self, path: str | os.PathLike[str], *, on_progress: Progress | None = None) -> Path:
        """Write the file, which appears at its path only when it is complete, and return the path."""
        target = Path(path)
        part = target.with_name(target.name + ".part")
        try:
            with part.open("wb") as file:
                async with aclosing(self.blocks(on_progress=on_progress)) as blocks:
                    async for block in blocks:
                        await asyncio.to_thread(file.write, block)
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
        return target

    async def read(self) -> bytes:
        """Return the whole file."""
        return b"".join([block async for block in self.blocks()])

    async def text(self) -> str:
        """Return the whole file as text, without a byte order mark."""
        return (await self.read()).decode("utf-8-sig")

    async def blocks(self, *, on_progress: Progress | None = None) -> AsyncGenerator[bytes, None]:
        """Yield the file in blocks of some 100 kB."""

        async def open_response() -> tuple[AsyncExitStack, aiohttp.ClientResponse]:
            async with AsyncExitStack() as stack:
                response = await stack.enter_async_context(self._transport.response(self._request, timeout=streaming()))
                return stack.pop_all(), response

        stack, response = await self._transport.retrying(self._request, open_response)
        received = 0
        async with stack:
            try:
                async for block in response.content.iter_chunked(BLOCK_BYTES):
                    received += len(block)
                    if on_progress is not None:
                        on_progress(received, response.content_length)
                    yield block
            except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
                raise Incomplete(f"the download was cut short after {received:,} bytes: {error}") from error
