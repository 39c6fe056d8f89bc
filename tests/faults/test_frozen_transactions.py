"""A process that freezes within a transaction loses its locks; one whose server freezes does not wait for it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable

import pytest

from app.db.core.connect import Timeouts, open_pool
from app.db.core.pool import CONNECTION_LOST, Connection, Pool
from app.db.jobs import admission

SHORT_TIMEOUTS = Timeouts(acquire_seconds=5, command_seconds=20, idle_transaction_seconds=1, transaction_seconds=1.5)


async def between_statements(conn: Connection) -> None:
    """Nothing more: the server waits for the next statement."""


async def before_a_prepared_statement(conn: Connection) -> None:
    """The server waits within a statement, and does not count that as idle."""
    await conn.prepare("SELECT 1")


@pytest.mark.parametrize("freeze", [between_statements, before_a_prepared_statement])
async def test_the_admission_lock_is_released(
    database_url: str, db_pool: Pool, freeze: Callable[[Connection], Awaitable[None]]
) -> None:
    pool = await open_pool(database_url, size=1, name="frozen", timeouts=SHORT_TIMEOUTS)
    frozen = await pool.acquire().__aenter__()
    await frozen.execute("BEGIN")
    await admission.list_candidates(frozen)
    await freeze(frozen)
    async with asyncio.timeout(10), db_pool.acquire() as conn, conn.transaction():
        assert await admission.list_candidates(conn) == []
    with pytest.raises(CONNECTION_LOST):
        await frozen.execute("SELECT 1")
    pool.terminate()


@pytest.mark.parametrize("own_timeout", [0.3, None], ids=["cancelled", "timed out"])
async def test_no_second_wait_for_a_frozen_server(database_url: str, own_timeout: float | None) -> None:
    """The statement is waited for; the ROLLBACK after it, which may take a minute here, is not."""
    pool = await open_pool(database_url, size=1, name="waiting", timeouts=Timeouts(10, 60, 10))
    async with pool.acquire() as conn:
        frozen = conn.get_server_pid()
    try:
        async with asyncio.timeout(30):
            with pytest.raises(TimeoutError):
                async with pool.acquire() as conn, asyncio.timeout(own_timeout), conn.transaction():
                    os.kill(frozen, signal.SIGSTOP)
                    await conn.execute("SELECT 1", timeout=60 if own_timeout else 0.3)
            async with pool.acquire() as conn:
                assert conn.get_server_pid() != frozen
    finally:
        os.kill(frozen, signal.SIGCONT)
        pool.terminate()
