"""Coalescing: calls that arrive while another call is running share the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Coalescer(Generic[Item, Result]):
    """Turns one call for many items into one call per item. Under load, more items share a call.

    `call` receives up to `max_items` items and returns one result per item, in order. An exception that it raises is
    raised for each of these items. At most `max_calls` calls run at a time, in the context of no caller.
    """

    def __init__(
        self,
        call: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]],
        *,
        max_items: int | None = None,
        max_calls: int = 1,
    ) -> None:
        self._call = call
        self._max_items = max_items
        self._max_calls = max_calls
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._callers: set[asyncio.Task[None]] = set()

    def __call__(self, item: Item) -> asyncio.Future[Result]:
        """Return the future result for `item`. The call is made even if the caller stops waiting."""
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, result))
        if len(self._callers) < self._max_calls:
            caller = asyncio.create_task(self._call_until_empty(), context=Context())
            self._callers.add(caller)
        return result

    async def finish(self) -> None:
        """Wait for the call that is running, if any, and for those that are due after it. Never raises."""
        await asyncio.gather(*self._callers, return_exceptions=True)

    async def _call_until_empty(self) -> None:
        try:
            await self._call_for_all()
        finally:
            self._callers.discard(asyncio.current_task())

    async def _call_for_all(self) -> None:
        while self._waiting:
            count = self._max_items or len(self._waiting)
            batch, self._waiting = self._waiting[:count], self._waiting[count:]
            try:
                results = await self._call([item for item, _ in batch])
            except Exception as error:
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            except BaseException:  # cancelled: nobody else would ever answer those who wait
                for _, future in batch + self._waiting:
                    future.cancel()
                self._waiting = []
                raise
            for (_, future), result in zip(batch, results, strict=True):
                if not future.done():
                    future.set_result(result)
