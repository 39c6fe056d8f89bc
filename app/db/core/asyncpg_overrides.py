"""All overrides of asyncpg's internals. docs/decisions/0015-overrides-of-client-internals.md justifies each of them.

asyncpg is pinned to its minor version because of them.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import asyncpg
from asyncpg.pool import PoolAcquireContext
from asyncpg.transaction import Transaction

from app.db.core.pool import CONNECTION_LOST, Connection, Pool, Session

SPOILING_ERRORS = (TimeoutError, asyncio.CancelledError, OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""After these a connection may be in the middle of an operation, for ever if the server is frozen."""

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


class BoundedPool(Pool):
    """A pool whose `acquire()` raises TimeoutError after `acquire_seconds`."""

    acquire_seconds: float

    def acquire(self, *, timeout: float | None = None) -> Any:
        """Return a context manager for a connection; `timeout` defaults to `acquire_seconds`."""
        return AcquireContext(self, self.acquire_seconds if timeout is None else timeout)


async def skip_reset(conn: Connection) -> None:
    """Replace asyncpg's RESET ALL, a round trip per release: settings of our connections are meant to stay.

    Before it calls this, asyncpg rolls back what a cancelled task left open.
    """
