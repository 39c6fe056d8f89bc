"""Waiting for Postgres when a process starts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential

from app.db.core.pool import TRY_AGAIN, Connection, Pool

T = TypeVar("T")

log = structlog.get_logger(__name__)

MAX_PAUSE_SECONDS = 1.0


async def retry_until_available(pool: Pool, work: Callable[[Connection], Awaitable[T]]) -> T:
    """Run `work` in a transaction as soon as Postgres is available, and return its result. Logs every failed try.

    Raises whatever `work` raises, except for the errors that mean that Postgres is unavailable.
    """

    async def run() -> T:
        async with pool.acquire() as conn, conn.transaction():
            return await work(conn)

    retrying = AsyncRetrying(
        retry=retry_if_exception_type(TRY_AGAIN),
        wait=wait_exponential(multiplier=0.1, max=MAX_PAUSE_SECONDS),
        before_sleep=_log_failed_try,
    )
    return await retrying(run)


def _log_failed_try(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    log.warning("waiting_for_postgres", tries=state.attempt_number, error=repr(error))
