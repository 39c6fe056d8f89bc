"""The one asyncpg pool of a process, and what losing the server looks like."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg
from asyncpg.pool import PoolConnectionProxy

if TYPE_CHECKING:  # the stubs' classes are generic, asyncpg's own are not
    Record = asyncpg.Record
    Connection = asyncpg.Connection[Record] | PoolConnectionProxy[Record]
    Pool = asyncpg.Pool[Record]
else:
    Connection = asyncpg.Connection | PoolConnectionProxy
    Pool = asyncpg.Pool

CONNECTION_LOST: tuple[type[Exception], ...] = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,  # the client's side of a closed connection
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,  # starting up or shutting down
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)
"""The server is away or going away: whatever was under way may be tried again."""

TRY_AGAIN: tuple[type[Exception], ...] = (*CONNECTION_LOST, asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


class ServerLost(Exception):
    """Postgres went away under a handler: its job goes on from the checkpoint once the server is back."""


@asynccontextmanager
async def connection(pool: Pool) -> AsyncIterator[Connection]:
    """A connection whose loss, while it is taken or used, raises ServerLost: told from other failures of a handler."""
    try:
        async with pool.acquire() as conn:
            yield conn
    except TRY_AGAIN as error:
        raise ServerLost(f"{type(error).__name__}: {error}") from error


async def _nothing_to_reset(conn: Connection) -> None:
    """Instead of asyncpg's RESET ALL, one trip a release: no session state is ever set on these connections.

    What a cancelled task leaves open asyncpg rolls back before it calls this.
    """


async def open_pool(dsn: str, *, size: int, name: str) -> Pool:
    """Connect lazily: a server that is not up yet delays the first query, not the start.

    Values of jsonb columns travel as text: what only passes through is never parsed.
    """
    pool = asyncpg.create_pool(
        dsn,
        min_size=0,
        max_size=size,
        timeout=5,
        command_timeout=60,
        max_inactive_connection_lifetime=300,
        reset=_nothing_to_reset,
        server_settings={"application_name": name, "timezone": "UTC"},
    )
    return await pool
