"""A task that is cancelled while it writes to Redis ends, whatever the moment."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from app.queue.redis_overrides import open_connections


@pytest.mark.parametrize("url", ["redis://localhost", "rediss://localhost", "unix:///tmp/redis"])
@pytest.mark.parametrize("ticks", range(6))
async def test_a_cancellation_that_meets_the_end_of_a_write_is_not_lost(url: str, ticks: int) -> None:
    pool = open_connections(url, retries=0)
    connection: Any = pool.connection_class(**pool.connection_kwargs)
    written = asyncio.get_running_loop().create_future()

    async def write(command: list[bytes]) -> None:
        await written

    connection._send_packed_command = write
    connection._reader = connection._writer = object()
    sending = asyncio.create_task(connection.send_packed_command(b"PING", check_health=False))
    for _ in range(3):
        await asyncio.sleep(0)
    written.set_result(None)
    for _ in range(ticks):
        await asyncio.sleep(0)
    connection._reader = connection._writer = None  # nothing to disconnect
    cancelled = sending.cancel()
    await asyncio.wait([sending])
    assert sending.cancelled() == cancelled
