"""Taking in one uploaded file: unpacked, looked at and stored while it streams by, never whole in memory.

All of this blocks: use it in a thread, a block of about a megabyte a call.
"""

from __future__ import annotations

import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from hashlib import sha256
from typing import IO

from app.domain.imports.features import Count
from app.domain.imports.survey import Format, Survey
from app.domain.text.errors import Unreadable
from app.errors import TooLarge
from app.storage.uploads import Sink

BLOCK = 1 << 20
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What `zipfile` unpacks no more of than is asked for; a megabyte of bzip2 becomes gigabytes at once."""
DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError,
    IndexError,
)  # fmt: skip
"""What `zipfile` raises for archives that are none."""


class Intake:
    """`feed` every block, then `close`; raises TooLarge or Unreadable at any time."""

    def __init__(self, sink: Sink, *, most_bytes: int, most_unpacked: int) -> None:
        self.survey = Survey()
        self.count: Count | None = None
        """Of the features, where it is GeoJSON."""
        self.digest = sha256()
        self.received = 0
        self._sink = sink
        self._most_bytes, self._most_unpacked = most_bytes, most_unpacked
        self._gzip: zlib._Decompress | None = None
        self._zip: IO[bytes] | None = None

    def feed(self, block: bytes) -> None:
        if not self.received and block:
            if block.startswith(GZIP):
                self._gzip = zlib.decompressobj(31)
            elif block.startswith(ZIP):
                self._zip = tempfile.TemporaryFile()  # noqa: SIM115  (close() closes it)
        self.received += len(block)
        if self.received > self._most_bytes:
            raise too_large(self._most_bytes)
        self.digest.update(block)
        if self._zip is not None:
            self._zip.write(block)
        elif self._gzip is not None:
            self._gunzip(block)
        else:
            self._keep(block)

    def close(self) -> Format:
        """The end of the file; what it is."""
        if self._zip is not None:
            with self._zip:
                self._unzip(self._zip)
        elif self._gzip is not None and not self._gzip.eof:
            raise Unreadable("The gzip file is cut off.")
        found = self.survey.format()
        if self.count is not None:
            self.count.close()
        elif found is Format.GEOJSON:
            raise Unreadable("The JSON is no GeoJSON FeatureCollection, nor one feature a line.")
        return found

    def _gunzip(self, block: bytes) -> None:
        """Decompress at most a block at a time: a small file may unpack to anything."""
        while block:
            assert self._gzip is not None
            try:
                self._keep(self._gzip.decompress(block, BLOCK))
            except zlib.error as error:
                raise Unreadable(f"The gzip file is damaged: {error}") from None
            block = self._gzip.unconsumed_tail
            if self._gzip.eof:
                block = self._gzip.unused_data.lstrip(b"\0")
                self._gzip = zlib.decompressobj(31) if block else self._gzip

    def _unzip(self, packed: IO[bytes]) -> None:
        for block in _unzipped(packed):
            self._keep(block)

    def _keep(self, block: bytes) -> None:
        started = self.survey.size > 0
        self.survey.feed(block)
        if self.survey.size > self._most_unpacked:
            raise TooLarge(
                f"Unpacked, the file may have at most {self._most_unpacked:,} bytes.", limit=self._most_unpacked
            )
        if not started and block.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and self._is_collection(block):
            self.count = Count()
        if self.count is not None:
            self.count.feed(block.removeprefix(b"\xef\xbb\xbf") if not started else block)
        self._sink.write(block)

    def _is_collection(self, block: bytes) -> bool:
        first = Survey()
        first.feed(block)
        return first.format() is Format.GEOJSON


def _unzipped(packed: IO[bytes]) -> Iterator[bytes]:
    """The one file in an archive, a block at a time. Raises Unreadable."""
    try:
        with zipfile.ZipFile(packed) as archive:
            members = [one for one in archive.infolist() if not one.is_dir() and not _is_litter(one.filename)]
            if len(members) != 1:
                names = ", ".join(one.filename[:60] for one in members[:5]) or "none"
                raise Unreadable(f"The zip file must hold one file; it holds {len(members)}: {names}.")
            if members[0].compress_type not in BOUNDED:
                raise Unreadable("The zip file is not packed in the usual way (deflate); pack it anew, or use gzip.")
            with archive.open(members[0]) as member:
                while block := member.read(BLOCK):
                    yield block
    except Unreadable:
        raise
    except DAMAGED as error:
        raise Unreadable(f"The zip file cannot be unpacked: {error}") from None


def too_large(limit: int) -> TooLarge:
    return TooLarge(f"The file may have at most {limit:,} bytes: send it packed (gzip, zip), or in parts.", limit=limit)


def _is_litter(name: str) -> bool:
    """What operating systems put into archives by themselves."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith(".")
