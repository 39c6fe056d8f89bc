"""How the worker's memory is held: large blocks go back to the system as soon as they are freed.

glibc raises the size from which a block is a mapping of its own with every large block that is freed, and has a heap
for each thread: pages of two megabytes, read in threads, then leave holes that add up to a hundred of them.
"""

from __future__ import annotations

import ctypes
import platform

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""Of <malloc.h>."""
LARGE_BYTES, ARENAS = 256 * 1024, 2


_libc = ctypes.CDLL(None) if platform.libc_ver()[0] == "glibc" else None


def give_back_large_blocks() -> None:
    """For this process, from now on; without effect where the C library is not glibc."""
    if _libc is not None:
        _libc.mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
        _libc.mallopt(M_ARENA_MAX, ARENAS)


def give_back_freed() -> None:
    """What is free by now, small blocks too; takes some milliseconds, the interpreter let go meanwhile."""
    if _libc is not None:
        _libc.malloc_trim(0)
