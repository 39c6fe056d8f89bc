"""Limits and the environment of processes that handle files with native libraries."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import app

MAX_DATA_BYTES = 2 << 30
MAX_ADDRESS_SPACE_BYTES = 8 << 30
MAX_CPU_SECONDS = 600


def limit_resources(max_file_bytes: int) -> None:
    """Limit what this process may take. Systems without such limits run it without."""
    try:
        import resource
    except ImportError:
        return
    for name, limit in (
        (resource.RLIMIT_DATA, MAX_DATA_BYTES),
        (resource.RLIMIT_AS, MAX_ADDRESS_SPACE_BYTES),
        (resource.RLIMIT_CPU, MAX_CPU_SECONDS),
        (resource.RLIMIT_FSIZE, max_file_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(name, (limit, limit))
    with suppress(OSError):
        os.nice(5)


def isolated_environment(folder: str) -> dict[str, str]:
    """Return the environment of such a process: it sees none of the platform's settings, and writes to `folder`."""
    return {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ} | {
        "PYTHONPATH": str(Path(app.__file__).parents[1]),
        "HOME": folder,
        "TMPDIR": folder,
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "PROJ_NETWORK": "OFF",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
