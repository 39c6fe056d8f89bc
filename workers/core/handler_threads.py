"""The threads in which handlers block, by `asyncio.to_thread` or `loop.run_in_executor(None, …)`.

Each job has threads of its own. asyncio's default executor is one for all: a few threads that never return, which a
timeout cannot end, would make every other job of the process wait for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any

MAX_THREADS = 6
"""How many threads a job may use. Further calls wait for a free one."""


class HandlerThreads:
    """The threads of one job. They are started as they are needed, and end after `close` as soon as they are idle."""

    def __init__(self) -> None:
        self._executor: ThreadPoolExecutor | None = None

    def executor(self) -> ThreadPoolExecutor:
        """Return what runs the job's calls, with up to MAX_THREADS threads."""
        if self._executor is None:
            self._executor = ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="handler")
        return self._executor

    def close(self) -> None:
        """Release the threads without waiting. Tasks that outlive their handler get new ones."""
        if self._executor is not None:
            self._executor.shutdown(wait=False)
            self._executor = None


_threads: ContextVar[HandlerThreads | None] = ContextVar("handler_threads", default=None)


def use_own_threads() -> HandlerThreads:
    """Give threads of its own to the current task and to everything that it starts from now on."""
    threads = HandlerThreads()
    _threads.set(threads)
    return threads


def install(loop: Any) -> None:
    """Prepare the loop for `use_own_threads`."""
    run_in_executor = loop.run_in_executor

    def run_in_own_executor(executor: Any, function: Callable[..., Any], *args: Any) -> Any:
        threads = _threads.get() if executor is None else None
        return run_in_executor(executor if threads is None else threads.executor(), function, *args)

    loop.run_in_executor = run_in_own_executor
