"""All overrides of asyncpg's internals. docs/decisions/0015-overrides-of-client-internals.md justifies each of them.

asyncpg is pinned to its minor version because of them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
from asyncpg.pool import PoolAcquireContext
from asyncpg.transaction import Transaction

from app import metrics
from app.db.core.pool import CONNECTION_LOST, Connection, Pool, ServerUnreachable, Session
from app.db.core.time_limit import LIMIT, TimeLimit
from app.db.core.turns import NoTurn, Turns

SPOILING_ERRORS = (TimeoutError, asyncio.CancelledError, OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""After these a connection may be in the middle of an operation, for ever if the server is frozen."""

UNREACHABLE = (OSError, asyncpg.CannotConnectNowError)
"""Errors of connecting that everybody else would get as well."""

MAX_ROLLBACK_SECONDS = 0.5
"""Limit of a ROLLBACK after one of them. It is worth a try, since asyncpg has made the server cancel the statement
before; but a caller that has already waited for that statement in vain must not wait as long again."""

MAX_FIXED_OID = 9_999
"""Types up to this number are the same in every database."""

_known_types: dict[frozenset[int], Any] = {}


class BoundedTransaction(Transaction):
    """Rolls back within MAX_ROLLBACK_SECONDS after a spoiling error, or else ends the connection."""

    _connection: Session

    async def __aexit__(self, *exc: Any) -> None:
        if not isinstance(exc[1], SPOILING_ERRORS):
            await super().__aexit__(*exc)
            return
        try:
            async with asyncio.timeout(MAX_ROLLBACK_SECONDS):
                await super().__aexit__(*exc)
        except CONNECTION_LOST:  # a TimeoutError too; the caller gets the first error
            self._connection.terminate()


class _NoStatement:
    """Stands for the prepared statement of a type query that was not sent."""

    name = "known"


class PooledConnection(Session):
    """A connection with bounded rollbacks, which asks the server for each type once per process."""

    def transaction(self, *, isolation: Any = None, readonly: bool = False, deferrable: bool = False) -> Transaction:
        """Return a transaction whose rollback is bounded in time."""
        return BoundedTransaction(self, isolation, readonly, deferrable)

    async def _introspect_types(self, typeoids: Any, timeout: Any) -> Any:
        """Return asyncpg's description of array types, from the process's memory if it has been asked for before."""
        types = frozenset(typeoids)
        if types in _known_types:
            return _known_types[types], _NoStatement
        answer, statement = await super()._introspect_types(typeoids, timeout)  # type: ignore[misc]
        if max(types) <= MAX_FIXED_OID:
            _known_types[types] = answer
        return answer, statement


class AcquireContext(PoolAcquireContext):
    """Ends a connection after a spoiling error: back in the pool, it would fail its next user."""

    async def __aexit__(self, *exc: object) -> None:
        if isinstance(exc[1], SPOILING_ERRORS) and self.connection is not None:
            with suppress(asyncpg.InterfaceError):  # it has already ended and gone back
                self.connection.terminate()
        await super().__aexit__(*exc)


class UseWithBlock(TypeError):
    """A connection of the pool was awaited."""

    permanent = True


class TurnContext(AcquireContext):
    """Waits for its turn before it takes a connection."""

    pool: BoundedPool

    def __await__(self) -> Any:
        """Refuse: nothing would return the connection to the pool if its user forgets it, or is cancelled."""
        raise UseWithBlock("use `async with pool.acquire()`")

    async def __aenter__(self) -> Any:
        turns = self.pool.turns
        if not turns.take_free():
            await self._wait_for_turn(turns)
        try:
            return await super().__aenter__()
        except TimeoutError as error:
            lost = ServerUnreachable(f"Postgres accepted no connection within {self.timeout:g} s")
            turns.fail_waiting(lost)
            turns.give_back()
            raise lost from error
        except BaseException as error:
            if isinstance(error, UNREACHABLE):
                turns.fail_waiting(error)
            turns.give_back()
            raise

    async def _wait_for_turn(self, turns: Turns) -> None:
        began = time.monotonic()
        try:
            await turns.take(self.pool.turn_seconds)
        except NoTurn:
            metrics.POOL_TIMEOUTS.labels(self.pool.name).inc()
            raise
        finally:
            metrics.POOL_WAIT.labels(self.pool.name).observe(time.monotonic() - began)

    async def __aexit__(self, *exc: object) -> None:
        try:
            await super().__aexit__(*exc)
        finally:
            self.pool.turns.give_back()


class BoundedPool(Pool):
    """A pool whose connections are given in fair turns.

    `async with pool.acquire()` raises NoTurn after `turn_seconds`, and ServerUnreachable if Postgres accepts no
    connection within `acquire_seconds`. If it `is_for_requests`, the block raises OutOfTime when the TimeLimit of the
    current request is used up.
    """

    name: str
    """The last word of what pg_stat_activity shows: `api`, `requests`, `worker`."""
    is_for_requests: bool
    acquire_seconds: float
    turn_seconds: float
    turns: Turns

    def acquire(self, *, timeout: float | None = None) -> Any:
        """Return a context manager for a connection; `timeout` defaults to `acquire_seconds`."""
        context = TurnContext(self, self.acquire_seconds if timeout is None else timeout)
        limit = LIMIT.get() if self.is_for_requests else None
        return context if limit is None else _in_time(context, limit)


@asynccontextmanager
async def _in_time(context: TurnContext, limit: TimeLimit) -> AsyncIterator[Any]:
    async with limit.run(), context as conn:
        yield conn


def acquire_ahead(pool: Pool) -> Any:
    """Return a context manager for a connection that waits for no turn: `open_pool` must have `reserved` some."""
    return AcquireContext(pool, pool.acquire_seconds)  # type: ignore[attr-defined]


async def skip_reset(conn: Connection) -> None:
    """Replace asyncpg's RESET ALL, a round trip per release: settings of our connections are meant to stay.

    Before it calls this, asyncpg rolls back what a cancelled task left open.
    """
