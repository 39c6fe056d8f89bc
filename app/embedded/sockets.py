"""The private folder of an embedded server's Unix socket."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path

LONGEST = 80
"""Maximum path length in bytes. Socket paths are limited to 104 (macOS) or 108 (Linux), with `/.s.PGSQL.5432.lock`."""


def path(data_dir: Path) -> Path:
    """Return the socket folder of `data_dir` (resolved): short, and always the same for a data folder."""
    name = hashlib.sha256(f"{os.getuid()}:{data_dir}".encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir(), f"trigpoint-{name}")
    return folder if len(os.fsencode(folder)) <= LONGEST else Path("/tmp", folder.name)


def make(folder: Path) -> None:
    """Create `folder` empty and private. Raises PermissionError if it belongs to another user."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
        raise PermissionError(f"{folder} exists and is not a private folder of this user; remove it")
    for leftover in folder.iterdir():
        leftover.unlink()


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
