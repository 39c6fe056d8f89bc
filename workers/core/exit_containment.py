"""Keeps handlers from ending the process, or the tasks of others.

asyncio lets SystemExit and KeyboardInterrupt out of any task and any callback through the event loop. What a handler
starts is known by its context: its tasks raise HandlerExit in their place, its callbacks nothing, and in both cases the
exit is reported to its job. And a handler can cancel only its own tasks, whatever it finds in `asyncio.all_tasks()`,
and cannot change the loop itself.
The platform's own tasks and callbacks, and real signals, are left as they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context, ContextVar
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import structlog

from app.domain.jobs.outcomes import describe_error
from workers.core import handler_threads

Report = Callable[["HandlerExit"], None]
Callback = Callable[..., Any]

_FUNCTIONS = frozenset({FunctionType, MethodType, BuiltinFunctionType, partial})
_CHANGES = (
    "set_task_factory", "set_exception_handler", "set_default_executor", "shutdown_default_executor",
    "shutdown_asyncgens", "add_signal_handler", "remove_signal_handler", "set_debug", "close",
)  # fmt: skip
"""Methods of a loop that affect everybody who uses it."""
_report: ContextVar[Report | None] = ContextVar("report", default=None)

log = structlog.get_logger(__name__)


class HandlerExit(Exception):
    """A task or a callback of a handler raised SystemExit or KeyboardInterrupt; the text says which."""

    @classmethod
    def of(cls, error: BaseException) -> HandlerExit:
        """Return the HandlerExit that stands for an exit, which is its cause."""
        exited = cls(describe_error(error))
        exited.__cause__ = error
        return exited


def contain_exits(report: Report) -> None:
    """Contain the exits of all tasks and callbacks that the current task starts from now on.

    `report` is called with each exit, even after the handler has ended.
    """
    _report.set(report)
    install(asyncio.get_running_loop())
    task = asyncio.current_task()
    if isinstance(task, _Task):
        task.handler = report


def install(loop: asyncio.AbstractEventLoop) -> None:
    """Prepare the loop for `contain_exits`. Tasks that were created before can be cancelled by any handler."""
    if loop.get_task_factory() is None:
        loop.set_task_factory(_create_task)
        _contain_callbacks(loop)
        handler_threads.install(loop)
        refuse_to_handlers(loop, "loop", *_CHANGES)


class UsedByOthers(RuntimeError):
    """A handler tried to close or to change what other jobs use, too."""

    permanent = True


def refuse_to_handlers(shared: Any, name: str, *methods: str) -> None:
    """Let these methods of `shared` raise UsedByOthers when a handler calls them; `name` is for the message."""
    for method in methods:
        # not by setattr(), which frozen dataclasses refuse
        vars(shared)[method] = _refused(getattr(shared, method), f"{name}.{method}")


def _refused(method: Callable[..., Any], name: str) -> Callable[..., Any]:
    def call(*args: Any, **options: Any) -> Any:
        if _report.get() is not None:
            raise UsedByOthers(f"a handler must not call {name}, because other jobs use it, too")
        return method(*args, **options)

    return call


class _Task(asyncio.Task[Any]):
    """A task that no other handler than its own can cancel."""

    handler: Report | None = None

    def cancel(self, msg: Any | None = None) -> bool:
        caller = _report.get()
        if caller is not None and caller is not self.handler:
            log.error("foreign_cancel_ignored", task=self.get_name())
            return False
        return super().cancel(msg)


def _create_task(
    loop: asyncio.AbstractEventLoop, coroutine: Coroutine[Any, Any, Any] | Generator[Any, None, Any], **options: Any
) -> asyncio.Task[Any]:
    context = options.get("context")
    report = _report.get() if context is None else context.get(_report)
    if report is not None and isinstance(coroutine, Coroutine):
        coroutine = _Contained(coroutine, report)
    task = _Task(coroutine, loop=loop, **options)
    task.handler = report
    return task


def _contain_callbacks(loop: Any) -> None:
    """Replace the methods of this loop that schedule callbacks."""
    call_soon, call_soon_threadsafe = loop.call_soon, loop.call_soon_threadsafe
    call_later, call_at = loop.call_later, loop.call_at

    def contained_call_soon(callback: Callback, *args: Any, context: Context | None = None) -> Any:
        if not args and context is not None and type(callback) not in _FUNCTIONS:
            return call_soon(callback, context=context)  # a step of a task: most calls, so they are the fast ones
        report = _report.get() if context is None else context.get(_report)
        if report is not None and not isinstance(getattr(callback, "__self__", None), asyncio.Task):  # a task's step
            callback = _ContainedCallback(callback, report)
        return call_soon(callback, *args, context=context)

    def contained_call_soon_threadsafe(callback: Callback, *args: Any, context: Context | None = None) -> Any:
        return call_soon_threadsafe(_contained(callback, context), *args, context=context)

    def contained_call_later(delay: float, callback: Callback, *args: Any, context: Context | None = None) -> Any:
        return call_later(delay, _contained(callback, context), *args, context=context)

    def contained_call_at(when: float, callback: Callback, *args: Any, context: Context | None = None) -> Any:
        return call_at(when, _contained(callback, context), *args, context=context)

    loop.call_soon, loop.call_soon_threadsafe = contained_call_soon, contained_call_soon_threadsafe
    loop.call_later, loop.call_at = contained_call_later, contained_call_at
    for name in ("reader", "writer"):
        _contain_watcher(loop, f"add_{name}", getattr(loop, f"remove_{name}"))


def _contain_watcher(loop: Any, name: str, remove: Callable[[Any], Any]) -> None:
    add = getattr(loop, name)

    def contained_add(fd: Any, callback: Callback, *args: Any) -> Any:
        # It would be called again without end.
        return add(fd, _contained(callback, None, on_exit=lambda: remove(fd)), *args)

    setattr(loop, name, contained_add)


def _contained(callback: Callback, context: Context | None, on_exit: Callable[[], object] = lambda: None) -> Callback:
    report = _report.get() if context is None else context.get(_report)
    return callback if report is None else _ContainedCallback(callback, report, on_exit)


class _ContainedCallback:
    """A callback that reports an exit instead of raising it."""

    __slots__ = ("_callback", "_on_exit", "_report")

    def __init__(self, callback: Callback, report: Report, on_exit: Callable[[], object] = lambda: None) -> None:
        self._callback, self._report, self._on_exit = callback, report, on_exit

    def __call__(self, *args: Any) -> None:
        try:
            self._callback(*args)
        except (SystemExit, KeyboardInterrupt) as error:
            self._on_exit()
            self._report(HandlerExit.of(error))


class _Contained(Coroutine[Any, Any, Any]):
    """A coroutine that reports an exit, and raises HandlerExit in its place.

    Not an `async def` around the other: cancelled before its first step, that would never await the other one.
    """

    def __init__(self, coroutine: Coroutine[Any, Any, Any], report: Report) -> None:
        self._coroutine = coroutine
        self._report = report
        self.__name__ = getattr(coroutine, "__name__", type(coroutine).__name__)
        self.__qualname__ = getattr(coroutine, "__qualname__", self.__name__)

    def send(self, value: Any) -> Any:
        try:
            return self._coroutine.send(value)
        except (SystemExit, KeyboardInterrupt) as error:
            raise self._exited(error) from error

    def throw(self, *error: Any) -> Any:
        try:
            return self._coroutine.throw(*error)
        except (SystemExit, KeyboardInterrupt) as exit_error:
            raise self._exited(exit_error) from exit_error

    def _exited(self, error: BaseException) -> HandlerExit:
        exited = HandlerExit.of(error)
        self._report(exited)
        return exited

    def close(self) -> None:
        self._coroutine.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._coroutine.__await__()
