"""A limit on the time that a request spends on the database before its response begins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from time import monotonic
from typing import TypeVar

T = TypeVar("T")


class OutOfTime(TimeoutError):
    """The request has spent its time on the database: with waiting, with connecting or with statements."""


class TimeLimit:
    """The seconds that a request has left. They only run while it uses, or waits for, the database."""

    def __init__(self, seconds: float) -> None:
        self._left_seconds: float | None = seconds
        self._running: set[asyncio.Timeout] = set()

    @property
    def left_seconds(self) -> float | None:
        """None once the limit is lifted."""
        return self._left_seconds

    def lift(self) -> None:
        """End the limit: the response has begun, and may be a download or a feed."""
        self._left_seconds = None
        for timeout in self._running:
            if not timeout.expired():
                timeout.reschedule(None)

    def count(self, seconds: float) -> None:
        """Take the seconds from those that are left."""
        if self._left_seconds is not None:
            self._left_seconds = max(0.0, self._left_seconds - seconds)

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Let the time run within the block. Raises OutOfTime when none is left."""
        began = monotonic()
        try:
            async with asyncio.timeout(self._left_seconds) as timeout:
                self._running.add(timeout)
                yield
        except TimeoutError as error:
            if timeout.expired():
                raise OutOfTime("the time of the request is used up") from error
            raise
        finally:
            self._running.discard(timeout)
            self.count(monotonic() - began)


LIMIT: ContextVar[TimeLimit | None] = ContextVar("time_limit", default=None)
"""The limit of the current request; None for everything else."""


async def wait_in_time(result: asyncio.Future[T]) -> T:
    """Wait for a result that needs the database, within the limit of the current request. Raises OutOfTime."""
    limit = LIMIT.get()
    if limit is None or limit.left_seconds is None:
        return await result
    began = monotonic()
    timer = asyncio.get_running_loop().call_later(limit.left_seconds, _expire, result)
    try:
        return await result
    finally:
        timer.cancel()
        limit.count(monotonic() - began)


def _expire(result: asyncio.Future[T]) -> None:
    if not result.done():
        result.set_exception(OutOfTime("the time of the request is used up"))
