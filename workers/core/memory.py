"""How the worker's memory is held: what long pages leave behind goes back to the system.

glibc keeps a heap for each thread, and what is freed in it: pages of two megabytes, read in threads, leave holes that
add up to a hundred. (A lower size for mappings would do too, and make every computation of a heat map a third slower.)
"""

from __future__ import annotations

import ctypes
import platform

M_ARENA_MAX = -8
"""Of <malloc.h>."""
ARENAS = 2

_libc = ctypes.CDLL(None) if platform.libc_ver()[0] == "glibc" else None


def share_heaps() -> None:
    """For this process, from now on; without effect where the C library is not glibc."""
    if _libc is not None:
        _libc.mallopt(M_ARENA_MAX, ARENAS)


def give_back_freed() -> None:
    """What is free by now; takes some milliseconds, the interpreter let go meanwhile."""
    if _libc is not None:
        _libc.malloc_trim(0)
