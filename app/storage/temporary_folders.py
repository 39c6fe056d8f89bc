"""Folders for files that are unpacked, converted or written; those of killed processes are removed later."""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

UPLOAD_PREFIX, DOWNLOAD_PREFIX = "trigpoint-upload-", "trigpoint-download-"
"""The beginnings of the folders' names."""
ABANDONED_SECONDS = 24 * 3600
"""Age of a folder that no request can still need."""


def make_folder(prefix: str) -> tempfile.TemporaryDirectory[str]:
    """Return a new folder that only the user of this process can read; it is removed by its `cleanup`. Blocks."""
    remove_abandoned()
    return tempfile.TemporaryDirectory(prefix=prefix)


def remove_abandoned() -> None:
    """Remove the folders of processes that were killed: they hold what people have sent."""
    for prefix in (UPLOAD_PREFIX, DOWNLOAD_PREFIX):
        for folder in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
            with suppress(OSError):  # another process was faster, or it belongs to another user
                if time.time() - folder.stat().st_mtime > ABANDONED_SECONDS:
                    shutil.rmtree(folder)
