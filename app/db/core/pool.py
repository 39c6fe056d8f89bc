"""Types of connections and pools, and the errors that mean that the server is lost."""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg
from asyncpg.pool import PoolConnectionProxy

if TYPE_CHECKING:  # the stubs' classes are generic, asyncpg's own are not
    Record = asyncpg.Record
    Connection = asyncpg.Connection[Record] | PoolConnectionProxy[Record]
    Pool = asyncpg.Pool[Record]
    Session = asyncpg.Connection[Record]
else:
    Connection = asyncpg.Connection | PoolConnectionProxy
    Pool = asyncpg.Pool
    Session = asyncpg.Connection

CONNECTION_LOST: tuple[type[Exception], ...] = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,  # the client's side of a closed connection
    asyncpg.InternalClientError,  # the same, if the server's last message came while the connection was idle
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,  # starting up or shutting down
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,  # this process was frozen within a transaction
    asyncpg.TransactionTimeoutError,  # the same
    asyncpg.InvalidAuthorizationSpecificationError,  # a changed password, or another database behind the address
    asyncpg.InvalidCatalogNameError,  # the database is being replaced
)
"""The server is unavailable or about to be: the operation may be tried again."""

TRY_AGAIN: tuple[type[Exception], ...] = (*CONNECTION_LOST, asyncpg.DeadlockDetectedError, asyncpg.SerializationError)

MAY_PASS: tuple[type[Exception], ...] = (*TRY_AGAIN, asyncpg.DiskFullError)
"""For loops that go on whatever happens to the server."""

NO_WAIT = "(SELECT set_config('synchronous_commit', 'off', true)) AS no_wait"
"""In the FROM of a statement: its commit does not wait for the disk. Only for work that is redone if it is lost."""


class ServerUnreachable(ConnectionError):
    """Postgres did not accept a connection in time."""


class ServerLost(Exception):
    """A handler lost Postgres: its job continues from the checkpoint once the server is back."""


@asynccontextmanager
async def connection(pool: Pool) -> AsyncIterator[Connection]:
    """Take a connection from the pool. Raises ServerLost if it is lost, which is not a failure of the handler.

    An OSError or a TimeoutError of the caller itself, which did not come from Postgres, is passed on.
    """
    inside = False
    try:
        async with pool.acquire() as conn:
            inside = True
            yield conn
            inside = False
    except TRY_AGAIN as error:
        if inside and isinstance(error, OSError | TimeoutError) and not _passed_through_asyncpg(error):
            raise
        raise ServerLost(f"{type(error).__name__}: {error}") from error


async def is_writable(pool: Pool) -> bool:
    """Whether Postgres finishes a transaction that may write at the moment. Raises nothing."""
    try:
        async with pool.acquire() as conn, conn.transaction():
            await conn.execute("SELECT pg_current_xact_id()")
    except Exception:
        return False
    return True


def _passed_through_asyncpg(error: BaseException) -> bool:
    modules = (frame.f_globals.get("__name__") or "" for frame, _ in traceback.walk_tb(error.__traceback__))
    return any(module.partition(".")[0] == "asyncpg" for module in modules)
