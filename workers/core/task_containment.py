"""Keeps SystemExit and KeyboardInterrupt of a handler's own tasks from ending the worker.

asyncio lets both out of any task through the event loop. So tasks that a handler starts raise HandlerExit in their
place; those of the platform, and real signals, are left as they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from contextvars import ContextVar
from typing import Any

_inside_handler: ContextVar[bool] = ContextVar("inside_handler", default=False)


class HandlerExit(Exception):
    """A task of a handler raised SystemExit or KeyboardInterrupt."""


def contain_exits() -> None:
    """Mark the current task, and every task that it starts from now on, as a handler's."""
    _inside_handler.set(True)
    loop = asyncio.get_running_loop()
    if loop.get_task_factory() is None:
        loop.set_task_factory(task_factory)


def task_factory(
    loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any] | Generator[Any, None, Any], **options: Any
) -> asyncio.Task[Any]:
    """Create a task; a handler's is contained. For `loop.set_task_factory`."""
    if _inside_handler.get() and isinstance(coroutine, Coroutine):
        coroutine = _Contained(coroutine)
    return asyncio.Task(coroutine, loop=loop, **options)


class _Contained(Coroutine[Any, Any, Any]):
    """A coroutine that raises HandlerExit in place of an exit.

    Not an `async def` around the other: cancelled before its first step, that would never await the other one.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._coroutine = coroutine
        self.__name__ = getattr(coroutine, "__name__", type(coroutine).__name__)
        self.__qualname__ = getattr(coroutine, "__qualname__", self.__name__)

    def send(self, value: Any) -> Any:
        try:
            return self._coroutine.send(value)
        except (SystemExit, KeyboardInterrupt) as error:
            raise HandlerExit(repr(error)) from error

    def throw(self, *error: Any) -> Any:
        try:
            return self._coroutine.throw(*error)
        except (SystemExit, KeyboardInterrupt) as exit_error:
            raise HandlerExit(repr(exit_error)) from exit_error

    def close(self) -> None:
        self._coroutine.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._coroutine.__await__()
