"""A process that freezes in the midst of a transaction gives up its locks, wherever in it that was."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from app.db import admission
from app.db.pool import CONNECTION_LOST, Connection, Patience, Pool, open_pool

IMPATIENT = Patience(acquire=5, command=20, idle_transaction=1, transaction=1.5)


async def between_statements(conn: Connection) -> None:
    """Nothing more: the server waits for the next statement."""


async def before_a_prepared_statement(conn: Connection) -> None:
    """The server waits in the midst of a statement, and does not call that idle."""
    await conn.prepare("SELECT 1")


@pytest.mark.parametrize("freeze", [between_statements, before_a_prepared_statement])
async def test_the_admission_lock_comes_free(
    database_url: str, db_pool: Pool, freeze: Callable[[Connection], Awaitable[None]]
) -> None:
    pool = await open_pool(database_url, size=1, name="frozen", patience=IMPATIENT)
    frozen = await pool.acquire()
    await frozen.execute("BEGIN")
    await admission.select(frozen)
    await freeze(frozen)
    async with asyncio.timeout(10), db_pool.acquire() as conn, conn.transaction():
        assert await admission.select(conn) == []
    with pytest.raises(CONNECTION_LOST):
        await frozen.execute("SELECT 1")
    pool.terminate()
