"""Where tests write: in memory where there is plenty of it.

Most of their time goes into databases that they make and drop.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")
NEEDED_BYTES = 4 << 30


def choose_folder() -> None:
    """Make pytest keep its temporary folders in memory, unless the caller chose a place or memory is short."""
    if in_memory() and "PYTEST_DEBUG_TEMPROOT" not in os.environ:
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(MEMORY)


def in_memory() -> bool:
    """Whether the file system in memory can be written and has room."""
    return (
        os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= NEEDED_BYTES and _free_memory() >= NEEDED_BYTES
    )


def _free_memory() -> int:
    """Return the bytes that programs can still use."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) << 10
    return 0


def copy_strategy(data: Path) -> str:
    """Return how Postgres copies databases fastest whose files are in this folder."""
    return "file_copy" if data.is_relative_to(MEMORY) else "wal_log"
