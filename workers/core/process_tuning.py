"""Process-wide settings of a worker and of the API; docs/decisions/0014-process-wide-tuning.md has their benefit."""

from __future__ import annotations

import ctypes
import gc
import platform
import sys
from functools import cache

SWITCH_INTERVAL_SECONDS = 0.0002
"""How long the event loop waits for a handler's thread to release the interpreter; Python's default is 0.005."""
GC_THRESHOLDS = (2_000, 10, 10)
"""Allocations before a collection of each generation; Python's default is (700, 10, 10)."""
API_GC_THRESHOLDS = (10_000, 10, 10)
"""The same for the API, whose requests leave hardly any cycles."""
MAX_MALLOC_ARENAS = 2
"""Heaps that glibc spreads over the threads; its default is eight per core."""

M_ARENA_MAX = -8
"""From <malloc.h>."""

_libc = ctypes.CDLL(None) if platform.libc_ver()[0] == "glibc" else None


def tune_process() -> None:
    """Apply the settings of a worker to this process. Those of malloc have no effect without glibc."""
    sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)
    gc.set_threshold(*GC_THRESHOLDS)
    if _libc is not None:
        _libc.mallopt(M_ARENA_MAX, MAX_MALLOC_ARENAS)


@cache
def tune_api_process() -> None:
    """Apply the settings of the API to this process, once. Call it when all modules are loaded.

    The modules' objects are left out of further collections: each full one would look at all of them, for some 100 ms
    in which no request is served.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*API_GC_THRESHOLDS)


def return_free_memory() -> None:
    """Return freed memory to the system. Takes some milliseconds, during which the interpreter lock is released."""
    if _libc is not None:
        _libc.malloc_trim(0)
