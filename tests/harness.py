"""The platform in the event loop of a test: a real API on a real port, a real arq worker, and real servers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp
import uvicorn
from arq.worker import Worker as ArqWorker

from app.http_connection import HttpConnection
from app.main import create
from app.settings import Settings
from tests.contract import conforming
from workers.core.worker import Worker
from workers.main import arq_settings

T = TypeVar("T")

ADMIN_KEY = "the-admin-key-of-the-tests"


async def eventually(probe: Callable[[], Awaitable[T]], *, within: float = 150.0) -> T:
    """Return the first truthy result of the probe. Fails the test if there is none in time."""
    async with asyncio.timeout(within):
        while not (answer := await probe()):
            await asyncio.sleep(0.02)
        return answer


@asynccontextmanager
async def api(settings: Settings) -> AsyncIterator[str]:
    """The API served by uvicorn; its address."""
    config = uvicorn.Config(create(settings), log_config=None, lifespan="on", http=HttpConnection)
    server = uvicorn.Server(config)
    # asyncio sets TCP_NODELAY only where the protocol is spelt out; without it each response waits 40 ms for an ACK
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    serving = asyncio.create_task(server._serve([listener]))  # serve() would take over pytest's signal handlers
    while not server.started:
        assert not serving.done(), serving.exception()
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def session(url: str, key: str) -> AsyncIterator[aiohttp.ClientSession]:
    headers = {"Authorization": f"Bearer {key}"}
    # shorter than the server's 5 s, so that no request meets the end of an idle connection
    connector = aiohttp.TCPConnector(keepalive_timeout=2)
    async with aiohttp.ClientSession(url, headers=headers, middlewares=[conforming], connector=connector) as client:
        yield client


@asynccontextmanager
async def worker(settings: Settings) -> AsyncIterator[Worker]:
    """A worker as `arq workers.Settings` builds it, stopped as SIGTERM stops it."""
    built = ArqWorker(**arq_settings(settings))
    running = asyncio.create_task(built.async_run())
    while "process" not in built.ctx:
        assert not running.done(), running.exception()
        await asyncio.sleep(0.01)
    try:
        yield built.ctx["worker"]
    finally:
        await built.ctx["process"].stop()
        await built.close()


async def follow(client: aiohttp.ClientSession, job_id: str, *, within: float = 150.0) -> dict[str, Any]:
    """The job at its end."""

    async def ended() -> dict[str, Any] | None:
        async with client.get(f"/api/v1/jobs/{job_id}", headers={"Prefer": "wait=5"}) as response:
            assert response.status == 200, await response.text()
            job: dict[str, Any] = await response.json()
            return job if job["completedAt"] else None

    job = await eventually(ended, within=within)
    assert job is not None
    return job
