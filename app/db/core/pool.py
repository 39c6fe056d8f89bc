"""The one asyncpg pool of a process, and what losing the server looks like."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg
from asyncpg.pool import PoolAcquireContext, PoolConnectionProxy
from asyncpg.transaction import Transaction

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
    asyncpg.InternalClientError,  # the same, where the server's last word came while the connection was idle
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,  # starting up or shutting down
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.IdleInTransactionSessionTimeoutError,  # we were frozen in the midst of a transaction
    asyncpg.TransactionTimeoutError,  # the same
)
"""The server is away or going away: whatever was under way may be tried again."""

TRY_AGAIN: tuple[type[Exception], ...] = (*CONNECTION_LOST, asyncpg.DeadlockDetectedError, asyncpg.SerializationError)

NO_WAIT = "(SELECT set_config('synchronous_commit', 'off', true)) AS no_wait"
"""In the FROM of a statement: the commit of its transaction waits for no disk. For what is done again if it is lost."""


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
    """Instead of asyncpg's RESET ALL, one trip a release: what is set on these connections is meant to stay.

    What a cancelled task leaves open asyncpg rolls back before it calls this.
    """


@dataclass(frozen=True)
class Patience:
    """How long a process waits, in seconds, before it takes the server for lost. A frozen one closes no connection."""

    acquire: float
    """For a free connection, a new one included."""
    command: float
    """For a statement's answer."""
    idle_transaction: float
    """How long the server lets a transaction of ours hold its locks without a word: we may be frozen."""
    transaction: float = 30.0
    """How long it lets one last in all. One that freezes between preparing a statement and running it does not count
    as idle, so that this alone ends it; needs PostgreSQL 17."""


SPOILT = (TimeoutError, asyncio.CancelledError, OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""After these a connection may be in the midst of an operation, for ever if the server is frozen."""

ROLLBACK_SECONDS = 0.5
"""How long a ROLLBACK may take after one of them. It is worth a try, since asyncpg has the server cancel the statement
before it; but a caller who has waited for that statement in vain is not to wait as long again."""


class _Transaction(Transaction):
    """After an error that spoils the connection, it is rolled back quickly or ended: the server then rolls back."""

    _connection: Session

    async def __aexit__(self, *exc: Any) -> None:
        if not isinstance(exc[1], SPOILT):
            await super().__aexit__(*exc)
            return
        try:
            async with asyncio.timeout(ROLLBACK_SECONDS):
                await super().__aexit__(*exc)
        except CONNECTION_LOST:  # TimeoutError is one; what the caller hears of is the first error
            self._connection.terminate()


FIXED_OIDS = 10_000
"""Types with lower numbers are the same in every database there is."""

_known_types: dict[frozenset[int], Any] = {}


class _Named:
    """In place of the statement that looked types up: none was prepared."""

    name = "known"


class _Session(Session):
    def transaction(self, *, isolation: Any = None, readonly: bool = False, deferrable: bool = False) -> Transaction:
        return _Transaction(self, isolation, readonly, deferrable)

    async def _introspect_types(self, typeoids: Any, timeout: Any) -> Any:
        """What asyncpg asks for of each array type, once a process instead of once a connection.

        The question takes the server 15 ms, a connection of ours asks it up to five times, and there are tens of them.
        """
        types = frozenset(typeoids)
        if types in _known_types:
            return _known_types[types], _Named
        answer, statement = await super()._introspect_types(typeoids, timeout)  # type: ignore[misc]
        if max(types) < FIXED_OIDS:
            _known_types[types] = answer
        return answer, statement


class _Acquired(PoolAcquireContext):
    """A connection that was spoilt is dropped instead of going back to the pool, where it would fail the next user."""

    async def __aexit__(self, *exc: object) -> None:
        if isinstance(exc[1], SPOILT) and self.connection is not None:
            with suppress(asyncpg.InterfaceError):  # it has ended, and gone back, already
                self.connection.terminate()
        await super().__aexit__(*exc)


class _BoundedPool(Pool):
    """A pool whose acquire() gives up by itself."""

    acquire_seconds: float

    def acquire(self, *, timeout: float | None = None) -> Any:
        return _Acquired(self, self.acquire_seconds if timeout is None else timeout)


async def open_pool(dsn: str, *, size: int, name: str, patience: Patience) -> Pool:
    """A pool that connects lazily: a server that is not up yet delays the first query, not the start.

    Values of jsonb columns travel as text: what only passes through is never parsed.
    """

    async def limit(conn: Connection) -> None:
        if conn.get_server_version() >= (17,):
            await conn.execute(f"SET transaction_timeout = {int(patience.transaction * 1000)}")

    pool = _BoundedPool(
        dsn,
        min_size=0,
        max_size=size,
        max_queries=50_000,
        max_inactive_connection_lifetime=300,
        setup=None,
        init=limit,
        reset=_nothing_to_reset,
        loop=None,
        connection_class=_Session,
        record_class=asyncpg.Record,
        timeout=patience.acquire,
        command_timeout=patience.command,
        server_settings={
            "application_name": name,
            "timezone": "UTC",
            "idle_in_transaction_session_timeout": str(int(patience.idle_transaction * 1000)),
        },
    )
    pool.acquire_seconds = patience.acquire
    return await pool
