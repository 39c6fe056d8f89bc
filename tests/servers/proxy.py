"""A TCP proxy for Redis that cuts off one client: closed, or frozen with its connections open."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self


class Proxy:
    """An async context manager; `target` is a Redis client's connection_kwargs, a Unix socket or host and port."""

    def __init__(self, target: Mapping[str, Any]) -> None:
        self.port = 0
        self.frozen = False
        self._target = target
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Listen, on the same port each time."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuse new connections and end those there are."""
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, client_in: asyncio.StreamReader, client_out: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            redis_in, redis_out = await self._connect()
            async with asyncio.TaskGroup() as both_ways:
                both_ways.create_task(self._pass_on(client_in, redis_out))
                both_ways.create_task(self._pass_on(redis_in, client_out))
        finally:
            self._connections.discard(task)
            client_out.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if "path" in self._target:
            return await asyncio.open_unix_connection(self._target["path"])
        return await asyncio.open_connection(self._target.get("host", "localhost"), self._target.get("port", 6379))

    async def _pass_on(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(1 << 16):
                if not self.frozen:
                    sink.write(data)
                    await sink.drain()
        finally:
            sink.close()
