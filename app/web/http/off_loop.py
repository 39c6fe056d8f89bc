"""Run long computations of requests in threads, so that the event loop goes on serving the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

MAX_BYTES_ON_LOOP = 65_536
"""Smaller inputs take a few milliseconds, less than a change of threads is worth."""
MAX_ENTRIES_ON_LOOP = 200
"""Building and encoding the response for fewer entries takes a few milliseconds."""
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="request")
"""Few, because they compete with the event loop for the interpreter's lock."""


async def off_loop(size: int, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Return `work(…)`, computed in a thread if its input has more than MAX_BYTES_ON_LOOP bytes (`size`)."""
    if size <= MAX_BYTES_ON_LOOP:
        return work(*args, **kwargs)
    return await in_thread(work, *args, **kwargs)


async def off_loop_for(entries: int, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Return `work(…)`, computed in a thread if it handles more than MAX_ENTRIES_ON_LOOP entries."""
    if entries <= MAX_ENTRIES_ON_LOOP:
        return work(*args, **kwargs)
    return await in_thread(work, *args, **kwargs)


async def in_thread(work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Return `work(…)`, computed in a thread."""
    context = copy_context()
    return await asyncio.get_running_loop().run_in_executor(_threads, lambda: context.run(work, *args, **kwargs))
