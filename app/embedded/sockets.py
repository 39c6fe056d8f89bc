"""The private folder in which one embedded server keeps its Unix socket."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path

LONGEST = 80
"""Bytes of a folder's path. A socket's is limited to 104 (macOS) or 108 (Linux), and `/.s.PGSQL.5432.lock` is added."""


def path(data_dir: Path) -> Path:
    """The socket folder of `data_dir` (resolved): short however long that path is, and always the same for it."""
    name = hashlib.sha256(f"{os.getuid()}:{data_dir}".encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir(), f"trigpoint-{name}")
    return folder if len(os.fsencode(folder)) <= LONGEST else Path("/tmp", folder.name)


def make(folder: Path) -> None:
    """Create `folder`, empty and closed to others. Raises PermissionError where somebody else was there first."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise PermissionError(f"{folder} exists and is not a private folder of this user; remove it")
    for leftover in folder.iterdir():
        leftover.unlink()


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
