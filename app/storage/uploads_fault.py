"""Whether uploads can be stored."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import time
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import unquote, urlsplit

import structlog

log = structlog.get_logger(__name__)

MIN_FREE_BYTES = 16 << 20
CHECK_SECONDS = 5.0
FULL = {errno.ENOSPC, errno.EDQUOT}


def find_uploads_fault(url: str) -> str | None:
    """Return why no upload can be stored, without naming the folder; None if nothing is known against it. Blocks.

    Writes a file that is gone afterwards. A missing folder is left to the first upload. Asks no bucket.
    """
    parts = urlsplit(url)
    if parts.scheme == "s3":
        try:
            import s3fs  # type: ignore[import-not-found]  # noqa: F401
        except ImportError:
            return "buckets need the extra s3: pip install 'trigpoint[s3]'"
    if parts.scheme != "file":
        return None
    folder = Path(unquote(parts.path))
    if not folder.exists():
        parent = next(parent for parent in folder.parents if parent.exists())
        if parent.is_dir() and os.access(parent, os.W_OK | os.X_OK):
            return None
        return "the uploads folder does not exist and cannot be created by this process"
    try:
        with TemporaryFile(dir=folder) as file:
            file.write(b"\0" * 4096)
            file.flush()
    except OSError as error:
        if error.errno in FULL:
            return "the disk of the uploads folder is full: free some space"
        return f"the uploads folder cannot be written by this process ({error.strerror}): change its owner or mode"
    if shutil.disk_usage(folder).free < MIN_FREE_BYTES:
        return "the disk of the uploads folder is almost full: free some space"
    return None


async def report_uploads_fault(url: str) -> None:
    """Log why uploads cannot be stored, if that is so. The process runs nevertheless: other jobs need none."""
    if (reason := await asyncio.to_thread(find_uploads_fault, url)) is not None:
        log.error("uploads_unavailable", variable="TRIGPOINT_UPLOADS_URL", uploads=urlsplit(url).path, reason=reason)


class UploadsCheck:
    """Whether uploads can be stored, asked of the disk at most every CHECK_SECONDS."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._fault: str | None = None
        self._due_at = 0.0
        """On the monotonic clock."""

    async def find_fault(self) -> str | None:
        """Return why no upload can be stored; None if nothing is known against it."""
        if time.monotonic() >= self._due_at:
            self._due_at = time.monotonic() + CHECK_SECONDS
            self._fault = await asyncio.to_thread(find_uploads_fault, self._url)
        return self._fault
