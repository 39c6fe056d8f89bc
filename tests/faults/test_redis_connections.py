"""A connection that Redis closed is retried, whatever exception the event loop raises for it."""

from __future__ import annotations

import uvloop

from app.embedded import EmbeddedValkey
from app.queue.worker_pool import WorkerPool


def test_a_transport_closed_under_a_command_is_a_lost_connection(valkey: EmbeddedValkey) -> None:
    async def command_on_a_closed_transport() -> bool:
        pool = WorkerPool(valkey.url, "queue")
        connection = await pool.connection_pool.get_connection()
        connection._writer.transport.abort()
        await pool.connection_pool.release(connection)
        pool.connection = connection  # past the pool's own look at it
        try:
            return bool(await pool.ping())
        finally:
            pool.connection = None
            await pool.close(close_connection_pool=True)

    assert uvloop.run(command_on_a_closed_transport())
