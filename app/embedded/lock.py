"""A lock on a data folder: only one `trigpoint up` may use it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType


class AlreadyHeld(Exception):
    """Another process uses this data folder."""


class DataFolderLock:
    """Locks a data folder while the context is open. Raises AlreadyHeld on entering.

    The kernel releases an flock whenever its holder ends, so a lock is never stale. The pid in the file is only used
    to name the holder in the error message.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        self._file: int | None = None

    def __enter__(self) -> DataFolderLock:
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.data_dir / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(file, 32).decode().strip() or "unknown"
            os.close(file)
            raise AlreadyHeld(f"{self.data_dir} is in use by another trigpoint up (pid {holder})") from None
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()}\n".encode())
        self._file = file
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None
