"""Storage of uploaded files: a folder, or anything that fsspec reaches (`s3://bucket/folder` with the extra `s3`).

Every worker must reach the same place. All calls block: use them in a thread.
"""

from __future__ import annotations

import io
import re
from contextlib import suppress
from typing import BinaryIO, Protocol, cast
from uuid import UUID

READ_AHEAD_BYTES = 1 << 20
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Sink(Protocol):
    """A file being written."""

    def write(self, block: bytes, /) -> int: ...

    def close(self) -> None: ...


class Uploads:
    """Files by upload id, below one URL."""

    def __init__(self, url: str) -> None:
        from fsspec.core import url_to_fs  # ten milliseconds that a worker without imports need not spend

        self._files, self._root = url_to_fs(url)

    def _path(self, upload_id: UUID) -> str:
        return f"{self._root.rstrip('/')}/{upload_id}"

    def create(self, upload_id: UUID) -> Sink:
        """Open a new file for writing. A file that is never closed may or may not exist afterwards."""
        self._files.makedirs(self._root, exist_ok=True)
        return cast(Sink, self._files.open(self._path(upload_id), "wb"))

    def open(self, upload_id: UUID) -> BinaryIO:
        """Open the file for reading and seeking. Raises FileNotFoundError."""
        file = self._files.open(self._path(upload_id), "rb", block_size=READ_AHEAD_BYTES)
        return io.BufferedReader(file, READ_AHEAD_BYTES)  # a bucket's file reads no lines of a bounded length

    def ids(self) -> list[UUID]:
        """Return the ids of all stored files; files with other names are ignored."""
        try:
            names = [path.rpartition("/")[2] for path in self._files.ls(self._root, detail=False)]
        except FileNotFoundError:
            return []
        return [UUID(name) for name in names if ID.fullmatch(name)]

    def remove(self, upload_id: UUID) -> None:
        """Remove the file if it exists."""
        with suppress(FileNotFoundError):
            self._files.rm_file(self._path(upload_id))
