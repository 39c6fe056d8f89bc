"""Files as request bodies."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from app.client.model import Model

File = str | os.PathLike[str] | bytes | BinaryIO
"""What to upload: a path, the bytes themselves, or a file that is open for reading bytes."""
Progress = Callable[[int, int | None], object]
"""Called with the bytes so far and in total; None if the total is unknown."""
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".gz": "application/gzip",
    ".zip": "application/zip",
    ".geojson": "application/geo+json",
    ".ndjson": "application/x-ndjson",
    ".geojsonl": "application/x-ndjson",
}
"""By the ending of a file's name."""
BLOCK_BYTES = 256 * 1024


class Upload:
    """A file that is streamed as a request body, from where it stands now; an open file stays open."""

    def __init__(
        self, file: File, media_type: str | None, default_type: str, on_progress: Progress | None = None
    ) -> None:
        self._file = file
        self._on_progress = on_progress
        name = file if isinstance(file, str | os.PathLike) else getattr(file, "name", None)
        self.name = Path(name).name if isinstance(name, str | os.PathLike) else None
        self.media_type = media_type or MEDIA_TYPES.get(Path(self.name or "").suffix.lower(), default_type)
        self._start = file.tell() if not isinstance(file, str | os.PathLike | bytes) and file.seekable() else None
        self.is_repeatable = isinstance(file, str | os.PathLike | bytes) or self._start is not None
        """Whether it can be sent again after a lost connection."""

    def headers(self) -> dict[str, str]:
        """Raises OSError if there is no such file."""
        headers = {"Content-Type": self.media_type}
        if self.name is not None:
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(self.name)}"
        if (size := self._size()) is not None:
            headers["Content-Length"] = str(size)
        return headers

    async def blocks(self) -> AsyncIterator[bytes]:
        size, sent = self._size(), 0
        source = self._open()
        try:
            while block := await asyncio.to_thread(source.read, BLOCK_BYTES):
                yield block
                sent += len(block)
                if self._on_progress is not None:
                    self._on_progress(sent, size)
        finally:
            if source is not self._file:
                source.close()

    def _open(self) -> BinaryIO:
        match self._file:
            case bytes():
                return io.BytesIO(self._file)
            case str() | os.PathLike():
                return Path(self._file).open("rb")
            case _:
                if self._start is not None:
                    self._file.seek(self._start)
                return self._file

    def _size(self) -> int | None:
        match self._file:
            case bytes():
                return len(self._file)
            case str() | os.PathLike():
                return Path(self._file).stat().st_size
            case _ if self._start is not None:
                end = self._file.seek(0, os.SEEK_END)
                self._file.seek(self._start)
                return end - self._start
            case _:
                return None


def json_or_upload(body: Any, media_type: str | None, default_type: str, on_progress: Progress | None) -> Any:
    """Return a model or JSON as it is, and anything else as an upload."""
    is_json = isinstance(body, Model | Mapping | list | tuple)
    return body if is_json else Upload(body, media_type, default_type, on_progress)
