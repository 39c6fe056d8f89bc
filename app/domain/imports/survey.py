"""Examine a whole file while it streams in: its format, about how many rows it has, and whether it can be read.

Files that cannot be read at all are refused here, before there is a job; so none of them is imported in part.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import orjson

from app.domain.text.csv_reader import MAX_LINE_BYTES
from app.domain.text.decoding import check_is_text
from app.domain.text.errors import Unreadable

HEAD_BYTES = 1 << 20
"""Bytes from the beginning that are kept to recognise the file."""


class FileFormat(StrEnum):
    DELIMITED = "delimited"
    GEOJSON = "geojson"
    LINES = "geojson-lines"
    """One GeoJSON feature per line."""


@dataclass
class Survey:
    """Call `feed` with every block of the file, in order."""

    size: int = 0
    """Bytes."""
    head: bytes = b""
    newlines: int = 0
    returns: int = 0
    longest: int = 0
    """Bytes of the longest line; lines end with LF, or with CR until the first LF."""
    _run: int = 0
    _last: bytes = field(default=b"", repr=False)

    def feed(self, block: bytes) -> None:
        if not block:
            return
        if len(self.head) < HEAD_BYTES:
            self.head += block[: HEAD_BYTES - len(self.head)]
        newlines = block.count(b"\n")
        self.newlines += newlines
        self.returns += block.count(b"\r")
        self._measure(block, b"\n" if self.newlines else b"\r")
        self.size += len(block)
        self._last = block[-1:]

    def _measure(self, block: bytes, end: bytes) -> None:
        """Lines that are too long are longer than a block; so only the first and last line end of a block matter."""
        first = block.find(end)
        if first < 0:
            self._run += len(block)
        else:
            self.longest = max(self.longest, self._run + first)
            self._run = len(block) - block.rfind(end) - 1
        self.longest = max(self.longest, self._run)

    @property
    def carriage_returns(self) -> bool:
        return not self.newlines and self.returns > 0

    @property
    def lines(self) -> int:
        """Physical lines, including a last one without a line end."""
        ends = self.newlines or self.returns
        return ends + (self._last not in (b"\n", b"\r", b""))

    def format(self) -> FileFormat:
        """Return the format. Raises Unreadable for an empty file, binary data, or a table with too long a line."""
        check_is_text(self.head)
        text = self.head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x1e")  # a record separator: RFC 8142
        if text[:1] in (b"{", b"["):
            return self._json(text)
        if self.longest > MAX_LINE_BYTES:
            raise Unreadable(
                f"A line has {self.longest:,} bytes (at most {MAX_LINE_BYTES:,}): the file is not a table of rows and"
                " columns."
            )
        return FileFormat.DELIMITED

    def _json(self, text: bytes) -> FileFormat:
        try:
            first = orjson.loads(text.partition(b"\n")[0])
        except orjson.JSONDecodeError:
            return FileFormat.GEOJSON
        lines = isinstance(first, dict) and first.get("type") == "Feature" and self.longest <= MAX_LINE_BYTES
        return FileFormat.LINES if lines else FileFormat.GEOJSON
