"""Where uploaded files are kept: a folder, or whatever else fsspec reaches (`s3://bucket/folder` with the extra `s3`).

Every worker must reach the same place. All calls block: use them in a thread.
"""

from __future__ import annotations

import io
import re
from contextlib import suppress
from typing import BinaryIO, Protocol, cast
from uuid import UUID

READ_AHEAD = 1 << 20
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Sink(Protocol):
    """A file being written."""

    def write(self, block: bytes, /) -> int: ...

    def close(self) -> None: ...


class Uploads:
    """Files by their ids."""

    def __init__(self, url: str) -> None:
        from fsspec.core import url_to_fs  # ten milliseconds that a worker without imports need not spend

        self._files, self._root = url_to_fs(url)

    def _path(self, upload_id: UUID) -> str:
        return f"{self._root.rstrip('/')}/{upload_id}"

    def create(self, upload_id: UUID) -> Sink:
        """A new file to write; one that is not closed may or may not be there afterwards."""
        self._files.makedirs(self._root, exist_ok=True)
        return cast(Sink, self._files.open(self._path(upload_id), "wb"))

    def open(self, upload_id: UUID) -> BinaryIO:
        """The file, to read and seek in. Raises FileNotFoundError."""
        file = self._files.open(self._path(upload_id), "rb", block_size=READ_AHEAD)
        return io.BufferedReader(file, READ_AHEAD)  # a bucket's file reads no lines of a bounded length

    def ids(self) -> list[UUID]:
        """Of all files that are here; what else lies there is none of ours."""
        try:
            names = [path.rpartition("/")[2] for path in self._files.ls(self._root, detail=False)]
        except FileNotFoundError:
            return []
        return [UUID(name) for name in names if ID.fullmatch(name)]

    def remove(self, upload_id: UUID) -> None:
        """Remove the file, if it is there."""
        with suppress(FileNotFoundError):
            self._files.rm_file(self._path(upload_id))
