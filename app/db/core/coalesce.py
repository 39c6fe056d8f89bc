"""Calls of many tasks made as one: what comes while a call is under way shares the next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Together(Generic[Item, Answer]):
    """Turns a call for many items into one for each of them. The more there is to do, the more shares a call.

    `call` answers as many as it is given, in their order. What it raises, each of those who shared it gets.
    """

    def __init__(self, call: Callable[[Sequence[Item]], Awaitable[Sequence[Answer]]]) -> None:
        self._call = call
        self._waiting: list[tuple[Item, asyncio.Future[Answer]]] = []
        self._caller: asyncio.Task[None] | None = None

    def __call__(self, item: Item) -> asyncio.Future[Answer]:
        """The answer for the item. It is called for even if nobody waits for it any more."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if self._caller is None or self._caller.done():
            self._caller = asyncio.create_task(self._call_for_all())
        return answer

    async def _call_for_all(self) -> None:
        while self._waiting:
            shared, self._waiting = self._waiting, []
            try:
                answers = await self._call([item for item, _ in shared])
            except Exception as error:
                for _, future in shared:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), answer in zip(shared, answers, strict=True):
                if not future.done():
                    future.set_result(answer)
