"""Storage of uploaded files: a folder, or anything that fsspec reaches (`s3://bucket/folder` with the extra `s3`).

Every worker must reach the same place. All methods block: use them in a thread.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import BinaryIO, Protocol, TypeVar, cast
from uuid import UUID

READ_AHEAD_BYTES = 1 << 20
ORIGINAL = ".original"
"""Ends the name of a file that was converted, and is kept as it was sent."""
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Closable(Protocol):
    def close(self) -> None: ...


class Sink(Closable, Protocol):
    """A file being written."""

    def write(self, block: bytes, /) -> int: ...


File = TypeVar("File", bound=Closable)


@asynccontextmanager
async def opened(open_file: Callable[[UUID], File], upload_id: UUID) -> AsyncIterator[File]:
    """Open a file in a thread, and close it at the end.

    A thread goes on when the task that waits for it is cancelled; so a file that is being opened then, or has yet to be
    closed, is closed all the same.
    """
    opening = asyncio.create_task(asyncio.to_thread(open_file, upload_id))
    try:
        file = await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_close)
        raise
    try:
        yield file
    finally:
        await asyncio.shield(asyncio.to_thread(file.close))


def _close(opening: asyncio.Task[File]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


class Uploads:
    """Files by upload id, below one URL."""

    def __init__(self, url: str) -> None:
        from fsspec.core import url_to_fs  # ten milliseconds that a worker without imports need not spend

        self._files, self._root = url_to_fs(url)

    def _path(self, upload_id: UUID) -> str:
        return f"{self._root.rstrip('/')}/{upload_id}"

    def _original_path(self, upload_id: UUID) -> str:
        return f"{self._path(upload_id)}{ORIGINAL}"

    def create(self, upload_id: UUID) -> Sink:
        """Open a new file for writing. A file that is never closed may or may not exist afterwards.

        On a disk, only the user of this process can read the file and its folder, whatever the umask: uploads hold
        personal data.
        """
        return self._create(self._path(upload_id))

    def create_original(self, upload_id: UUID) -> Sink:
        """Open the file as it was sent, beside the one that it is converted to, for writing."""
        return self._create(self._original_path(upload_id))

    def _create(self, path: str) -> Sink:
        if not self._is_local:
            self._files.makedirs(self._root, exist_ok=True)
            return cast(Sink, self._files.open(path, "wb"))
        os.makedirs(self._root, mode=0o700, exist_ok=True)
        with suppress(PermissionError):  # the folder may belong to another user, who decides
            os.chmod(self._root, 0o700)
        return open(path, "wb", opener=lambda path, flags: os.open(path, flags, 0o600))

    @property
    def _is_local(self) -> bool:
        return "file" in self._files.protocol

    def open(self, upload_id: UUID) -> BinaryIO:
        """Open the file for reading and seeking. Raises FileNotFoundError."""
        file = self._files.open(self._path(upload_id), "rb", block_size=READ_AHEAD_BYTES)
        return io.BufferedReader(file, READ_AHEAD_BYTES)  # a bucket's file reads no lines of a bounded length

    def open_original(self, upload_id: UUID) -> BinaryIO:
        """Open the file as it was sent. Raises FileNotFoundError."""
        file = self._files.open(self._original_path(upload_id), "rb", block_size=READ_AHEAD_BYTES)
        return io.BufferedReader(file, READ_AHEAD_BYTES)

    def share(self, upload_id: UUID, other_id: UUID) -> None:
        """Make a file also that of another upload: on a disk without a copy. Raises FileNotFoundError."""
        path, other = self._path(upload_id), self._path(other_id)
        if not self._is_local:
            self._files.cp_file(path, other)
            return
        try:
            os.link(path, other)
        except FileNotFoundError:
            raise
        except OSError:  # the disk has no links
            with open(path, "rb") as source, self.create(other_id) as copy:  # type: ignore[attr-defined]
                shutil.copyfileobj(source, copy, READ_AHEAD_BYTES)

    def replace(self, new_id: UUID, upload_id: UUID) -> None:
        """Let the file of `new_id` take the place of that of `upload_id`. Files that share the old one keep it."""
        if self._is_local:
            os.replace(self._path(new_id), self._path(upload_id))
        else:
            self._files.cp_file(self._path(new_id), self._path(upload_id))
            self._files.rm_file(self._path(new_id))

    def ids(self) -> list[UUID]:
        """Return the ids of all stored files; files with other names are ignored."""
        try:
            names = [path.rpartition("/")[2] for path in self._files.ls(self._root, detail=False)]
        except FileNotFoundError:
            return []
        stems = {name.removesuffix(ORIGINAL) for name in names}
        return [UUID(name) for name in sorted(stems) if ID.fullmatch(name)]

    def remove(self, upload_id: UUID) -> None:
        """Remove the file if it exists, and the original with it."""
        for path in (self._path(upload_id), self._original_path(upload_id)):
            with suppress(FileNotFoundError):
                self._files.rm_file(path)
