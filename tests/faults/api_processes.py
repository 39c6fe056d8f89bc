"""Several API processes that share a port, as `trigpoint api --processes 2` starts them, and clients of each."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from tests.harness import eventually
from tests.processes import Platform, Process

UVICORN = (sys.executable, "-m", "uvicorn", "--factory", "app.main:create", "--workers", "2")
TRIGPOINT = (sys.executable, "-c", "from app.cli import main; main()", "api", "--processes", "2")


@dataclass
class Side:
    """A client with a single connection, and the process that serves it."""

    http: aiohttp.ClientSession
    process: psutil.Process


class Group:
    """A supervisor and its API processes."""

    def __init__(self, process: Process, port: int) -> None:
        self.process = process
        self.port = port
        self.url = f"http://127.0.0.1:{port}"

    def serving(self, client_port: int) -> psutil.Process:
        """Return the process that has accepted the connection from a port of this machine."""
        for child in psutil.Process(self.process.pid).children(recursive=True):
            for connection in child.net_connections("tcp"):
                if connection.raddr and connection.raddr.port == client_port and connection.laddr.port == self.port:
                    return child
        raise LookupError(client_port)

    async def is_up(self) -> bool:
        return self.process.log.read_text().count("startup complete") >= 2

    @asynccontextmanager
    async def side(self, headers: Mapping[str, str]) -> AsyncIterator[Side]:
        """Connect to whichever process accepts first."""
        opened: list[socket.socket] = []

        def connect(address: Any) -> socket.socket:
            opened.append(socket.socket(address[0], address[1], address[2]))
            return opened[-1]

        connector = aiohttp.TCPConnector(limit=1, keepalive_timeout=60, socket_factory=connect)
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(self.url, connector=connector, headers=headers, cookie_jar=jar) as http:
            async with http.get("/healthz") as response:
                assert response.status == 200
                await response.read()  # otherwise the connection may be closed
            process = await asyncio.to_thread(self.serving, opened[-1].getsockname()[1])
            yield Side(http, process)

    @asynccontextmanager
    async def sides(self, headers: Mapping[str, str]) -> AsyncIterator[tuple[Side, Side]]:
        """Yield a client of each of two processes."""
        async with AsyncExitStack() as stack:
            one = await stack.enter_async_context(self.side(headers))
            one.process.suspend()  # so that the other one accepts the next connection
            try:
                other = await stack.enter_async_context(self.side(headers))
            finally:
                one.process.resume()
            yield one, other


@asynccontextmanager
async def api_processes(
    argv: tuple[str, ...], folder: Path, *, database_url: str, redis_url: str, **env: str
) -> AsyncIterator[Group]:
    """Start a supervisor of two API processes, and stop it in the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, **env}
    argv = (*argv, "--port", str(port))
    process = await Process("api", [*argv], Platform(folder).env | settings, folder / "api.log").start()
    group = Group(process, port)
    try:
        await eventually(group.is_up)
        yield group
    finally:
        await process.end()
