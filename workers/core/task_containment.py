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
        coroutine = _contained(coroutine)
    return asyncio.Task(coroutine, loop=loop, **options)


async def _contained(coroutine: Coroutine[Any, Any, Any]) -> Any:
    try:
        return await coroutine
    except (SystemExit, KeyboardInterrupt) as error:
        raise HandlerExit(repr(error)) from error
