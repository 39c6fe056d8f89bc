"""Opening connections to Postgres: single ones, and the pool of a process."""

from __future__ import annotations

from dataclasses import dataclass
from ssl import create_default_context
from typing import Any

import asyncpg

from app.db.core.asyncpg_overrides import BoundedPool, PooledConnection, skip_reset
from app.db.core.pool import Connection, Pool, Session
from app.db.core.turns import Turns
from app.domain.text.postgres_url import PostgresUrl, parse_postgres_url


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a process waits before it considers the server lost. A frozen server closes no connection."""

    acquire_seconds: float
    """For opening a connection."""
    command_seconds: float
    """For the result of a statement."""
    idle_transaction_seconds: float
    """How long the server lets a silent transaction of ours hold its locks: our process may be frozen."""
    transaction_seconds: float = 30.0
    """How long the server lets a transaction last in all. A process that freezes between preparing a statement and
    running it does not count as idle, so only this ends its transaction. Needs PostgreSQL 17."""
    turn_seconds: float | None = None
    """For a connection while all are in use; as long as `acquire_seconds` by default."""
    is_for_requests: bool = False
    """Whether the TimeLimit of the current request bounds all of this together."""


CONNECT_SECONDS = 10.0


async def connect(dsn: str, *, name: str, seconds: float = CONNECT_SECONDS) -> Session:
    """Open a single connection, which shows as `name` in pg_stat_activity.

    A connect_timeout in the URL takes the place of `seconds`. Raises ValueError for an invalid URL, OSError,
    TimeoutError and PostgresError.
    """
    address = parse_postgres_url(dsn)
    return await asyncpg.connect(
        address.dsn,
        timeout=address.connect_timeout_seconds or seconds,
        statement_cache_size=0,  # a few statements each; and a pooler in transaction mode would mix up their names
        **_options(address, name),
    )


def _options(address: PostgresUrl, name: str, **settings: str) -> dict[str, Any]:
    """Return the arguments that a pool and a single connection have in common."""
    ssl = {"ssl": create_default_context()} if address.uses_system_certificates else {}
    return {"server_settings": {"application_name": name, **address.server_settings, **settings}, **ssl}


async def open_pool(
    dsn: str, *, size: int, name: str, timeouts: Timeouts, reserved: int = 0, has_statement_cache: bool = True
) -> Pool:
    """Open a pool of up to `size` connections, which show as `name` in pg_stat_activity.

    `reserved` of them are for `acquire_ahead`. Without a statement cache, a pooler in transaction mode may be between.

    Connects lazily: a server that is not up yet delays the first query, not the start. jsonb values are returned as
    text, so that what only passes through is never parsed.
    """

    async def limit_transactions(conn: Connection) -> None:
        """Set what PgBouncer would refuse as a parameter of the connection."""
        limits = {"idle_in_transaction_session_timeout": timeouts.idle_transaction_seconds}
        if conn.get_server_version() >= (17,):
            limits["transaction_timeout"] = timeouts.transaction_seconds
        await conn.execute("; ".join(f"SET {name} = {int(seconds * 1000)}" for name, seconds in limits.items()))

    address = parse_postgres_url(dsn)
    pool = BoundedPool(
        address.dsn,
        min_size=0,
        max_size=size,
        max_queries=50_000,
        max_inactive_connection_lifetime=300,
        setup=None,
        init=limit_transactions,
        reset=skip_reset,
        loop=None,
        connection_class=PooledConnection,
        record_class=asyncpg.Record,
        timeout=min(timeouts.acquire_seconds, address.connect_timeout_seconds or timeouts.acquire_seconds),
        command_timeout=timeouts.command_seconds,
        statement_cache_size=100 if has_statement_cache else 0,
        **_options(address, name, timezone="UTC"),
    )
    pool.name = name.rpartition(" ")[2]
    pool.is_for_requests = timeouts.is_for_requests
    pool.acquire_seconds = timeouts.acquire_seconds
    pool.turn_seconds = timeouts.acquire_seconds if timeouts.turn_seconds is None else timeouts.turn_seconds
    pool.turns = Turns(size - reserved)
    return await pool
