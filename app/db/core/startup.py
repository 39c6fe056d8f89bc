"""Waiting for Postgres when a process starts, and refusing to start on a database that does not fit."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_exponential

from app.db.core.connect import connect
from app.db.core.faults import describe_fault
from app.db.core.pool import TRY_AGAIN, Connection, Pool
from app.db.core.schema import SchemaMismatch, check_schema
from app.domain.text.server_urls import mask_url

T = TypeVar("T")

log = structlog.get_logger(__name__)

MAX_PAUSE_SECONDS = 1.0
LOG_SECONDS = 10.0
"""Between two lines about a server that is still away."""


class StartRefused(Exception):
    """The process cannot start. The message is one line with the variable and what to do."""


async def retry_until_available(pool: Pool, server: str, work: Callable[[Connection], Awaitable[T]]) -> T:
    """Check the schema and run `work` in a transaction as soon as Postgres is available, and return its result.

    `server` is the address in messages. Logs why it waits, at once and every LOG_SECONDS. Raises StartRefused if
    waiting is useless: the schema does not fit, or Postgres refuses the user, the password or the database.
    """

    async def run() -> T:
        async with pool.acquire() as conn, conn.transaction():
            await check_schema(conn)
            return await work(conn)

    retrying = AsyncRetrying(
        retry=retry_if_exception(_may_pass), wait=wait_exponential(multiplier=0.1, max=MAX_PAUSE_SECONDS),
        before_sleep=_Waiting(server).log_failed_try, reraise=True,
    )  # fmt: skip
    try:
        return await retrying(run)
    except SchemaMismatch as mismatch:
        raise StartRefused(f"DATABASE_URL ({server}): {mismatch}") from None
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        fault = describe_fault(error)
        if not fault.is_permanent:
            raise
        raise StartRefused(f"DATABASE_URL ({server}): {fault.reason} ({error})") from None


async def refuse_misfit(dsn: str) -> None:
    """Raise StartRefused if waiting for this database is useless. Says nothing of one that is away."""
    server = mask_url(dsn)
    try:
        conn = await connect(dsn, name="trigpoint check")
        try:
            await check_schema(conn)
        finally:
            await conn.close()
    except SchemaMismatch as mismatch:
        raise StartRefused(f"DATABASE_URL ({server}): {mismatch}") from None
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
        fault = describe_fault(error)
        if fault.is_permanent:
            raise StartRefused(f"DATABASE_URL ({server}): {fault.reason} ({error})") from None


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, TRY_AGAIN) and not describe_fault(error).is_permanent


class _Waiting:
    """Logs the tries of one process."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._due_at = 0.0

    def log_failed_try(self, state: RetryCallState) -> None:
        if time.monotonic() < self._due_at:
            return
        self._due_at = time.monotonic() + LOG_SECONDS
        error = state.outcome.exception() if state.outcome else None
        log.warning(
            "waiting_for_postgres",
            variable="DATABASE_URL",
            server=self._server,
            reason=describe_fault(error).reason if error else None,
            tries=state.attempt_number,
            error=repr(error),
        )
