"""Take in one uploaded file: it is decompressed, examined and stored while it streams by, never whole in memory.

All of this blocks: use it in a thread, with a block of about a megabyte per call.
"""

from __future__ import annotations

import struct
import tempfile
import zipfile
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterator
from hashlib import sha256
from typing import IO

from app.domain.imports.geojson import FeatureCount
from app.domain.imports.survey import FileFormat, Survey
from app.domain.text.errors import Unreadable
from app.errors import TooLarge
from app.storage.uploads import Sink

BLOCK_BYTES = 1 << 20
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
BOUNDED_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Methods of which `zipfile` decompresses no more than it is asked for; a megabyte of bzip2 becomes gigabytes."""
ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError,
    IndexError,
)  # fmt: skip
"""Errors that `zipfile` raises for damaged archives."""


class Intake:
    """Takes one file: call `feed` with every block, then `close`. Both may raise TooLarge or Unreadable."""

    def __init__(self, sink: Sink, *, max_bytes: int, max_unpacked_bytes: int) -> None:
        self.survey = Survey()
        self.count: FeatureCount | None = None
        """Counts the features if the file is GeoJSON."""
        self.digest = sha256()
        """SHA-256 of the file as it was sent."""
        self.received = 0
        """Bytes, as they were sent."""
        self._sink = sink
        self._max_bytes, self._max_unpacked_bytes = max_bytes, max_unpacked_bytes
        self._gzip: zlib._Decompress | None = None
        self._zip: IO[bytes] | None = None

    def feed(self, block: bytes) -> None:
        if not self.received and block:
            if block.startswith(GZIP):
                self._gzip = zlib.decompressobj(31)
            elif block.startswith(ZIP):
                self._zip = tempfile.TemporaryFile()  # noqa: SIM115  (close() closes it)
        self.received += len(block)
        if self.received > self._max_bytes:
            raise too_large(self._max_bytes)
        self.digest.update(block)
        if self._zip is not None:
            self._zip.write(block)
        elif self._gzip is not None:
            self._gunzip(block)
        else:
            self._store(block)

    def close(self) -> FileFormat:
        """End the file and return its format."""
        if self._zip is not None:
            with self._zip:
                self._unzip(self._zip)
        elif self._gzip is not None and not self._gzip.eof:
            raise Unreadable("The gzip file is cut off.")
        found = self.survey.format()
        if self.count is not None:
            self.count.close()
        elif found is FileFormat.GEOJSON:
            raise Unreadable("The JSON is neither a GeoJSON FeatureCollection nor one GeoJSON feature per line.")
        return found

    def _gunzip(self, block: bytes) -> None:
        """Decompress at most one block at a time: a small file may unpack to any size."""
        while block:
            assert self._gzip is not None
            try:
                self._store(self._gzip.decompress(block, BLOCK_BYTES))
            except zlib.error as error:
                raise Unreadable(f"The gzip file is damaged: {error}") from None
            block = self._gzip.unconsumed_tail
            if self._gzip.eof:
                block = self._gzip.unused_data.lstrip(b"\0")
                self._gzip = zlib.decompressobj(31) if block else self._gzip

    def _unzip(self, archive: IO[bytes]) -> None:
        for block in _unzipped(archive):
            self._store(block)

    def _store(self, block: bytes) -> None:
        started = self.survey.size > 0
        self.survey.feed(block)
        if self.survey.size > self._max_unpacked_bytes:
            raise TooLarge(
                f"Unpacked, the file may have at most {self._max_unpacked_bytes:,} bytes.",
                limit=self._max_unpacked_bytes,
            )
        if not started and block.lstrip(BOM_UTF8 + b" \t\r\n")[:1] == b"{" and self._is_collection(block):
            self.count = FeatureCount()
        if self.count is not None:
            self.count.feed(block if started else block.removeprefix(BOM_UTF8))
        self._sink.write(block)

    def _is_collection(self, block: bytes) -> bool:
        first = Survey()
        first.feed(block)
        return first.format() is FileFormat.GEOJSON


def _unzipped(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the one file in an archive, one block at a time. Raises Unreadable."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = [info for info in archive.infolist() if not info.is_dir() and not _is_metadata(info.filename)]
            if len(members) != 1:
                names = ", ".join(info.filename[:60] for info in members[:5]) or "none"
                raise Unreadable(f"The zip file must contain exactly one file; it contains {len(members)}: {names}.")
            if members[0].compress_type not in BOUNDED_METHODS:
                raise Unreadable(
                    "The zip file uses an unsupported compression method. Create it with deflate, or use gzip."
                )
            with archive.open(members[0]) as member:
                while block := member.read(BLOCK_BYTES):
                    yield block
    except Unreadable:
        raise
    except ZIP_ERRORS as error:
        raise Unreadable(f"The zip file cannot be unpacked: {error}") from None


def too_large(limit: int) -> TooLarge:
    """Return the error for a file of more than `limit` bytes."""
    return TooLarge(
        f"The file may have at most {limit:,} bytes. Compress it (gzip, zip), or split it and send the parts.",
        limit=limit,
    )


def _is_metadata(name: str) -> bool:
    """Whether the operating system added the file to the archive."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith(".")
