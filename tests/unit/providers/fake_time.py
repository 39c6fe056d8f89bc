"""A clock that stops until all tasks sleep, and then advances to the next wake-up."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

#: Turns of the event loop after which whoever can run has run; what is tested here does no I/O.
TURNS = 25


class FakeTime:
    """`time` and `sleep` for code that takes them as arguments; `run` drives it."""

    def __init__(self, start: float) -> None:
        self._now = start
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self.oversleep: Callable[[], float] = lambda: 0.0

    def time(self) -> float:
        """Seconds since the epoch."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Sleep, and what `oversleep` says longer, as on a busy machine."""
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds + self.oversleep(), next(self._order), future))
        await future

    async def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Await `coroutine`, letting time pass whenever everyone sleeps."""
        task = asyncio.ensure_future(coroutine)
        while True:
            for _ in range(TURNS):
                await asyncio.sleep(0)
            if task.done():
                return task.result()
            moment, _, future = heapq.heappop(self._sleepers)
            self._now = max(self._now, moment)
            if not future.done():
                future.set_result(None)
