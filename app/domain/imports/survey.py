"""Examine a whole file while it streams in: its format, about how many rows it has, and whether it can be read.

Files that cannot be read at all are refused here, before there is a job; so none of them is imported in part.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from dataclasses import dataclass, field
from enum import StrEnum

import orjson

from app.domain.text.csv_reader import MAX_LINE_BYTES
from app.domain.text.decoding import check_is_text
from app.domain.text.errors import Unreadable
from app.domain.text.json_guard import UnsafeJson, parse_json
from app.domain.text.streamed_json import StreamedJson

HEAD_BYTES = 1 << 20
"""Bytes from the beginning that are kept to recognise the file."""


LONG_LINES = (
    "Send a GeoJSON FeatureCollection, in which a feature may have 32 MB, or simplify the geometry: a file with one"
    f" GeoJSON feature per line may have lines of {MAX_LINE_BYTES:,} bytes."
)


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
    line_ends: int = 0
    """LF, CRLF and CR."""
    longest: int = 0
    """Bytes of the longest line."""
    spreadsheet_columns: list[tuple[list[str], str | int | None]] | None = None
    """Of a spreadsheet: the kinds of cells in each column, and its number format."""
    _run: int = 0
    _last: bytes = field(default=b"", repr=False)

    def feed(self, block: bytes) -> None:
        if not block:
            return
        if len(self.head) < HEAD_BYTES:
            self.head += block[: HEAD_BYTES - len(self.head)]
        self.line_ends += block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")
        self.line_ends -= self._last == b"\r" and block.startswith(b"\n")
        self._measure(block)
        self.size += len(block)
        self._last = block[-1:]

    def _measure(self, block: bytes) -> None:
        """Lines that are too long are longer than a block; so only the first and last line end of a block matter."""
        ends = [place for end in (b"\n", b"\r") if (place := block.find(end)) >= 0]
        if not ends:
            self._run += len(block)
        else:
            self.longest = max(self.longest, self._run + min(ends))
            self._run = len(block) - max(block.rfind(b"\n"), block.rfind(b"\r")) - 1
        self.longest = max(self.longest, self._run)

    @property
    def lines(self) -> int:
        """Physical lines, including a last one without a line end."""
        return self.line_ends + (self._last not in (b"\n", b"\r", b""))

    def format(self) -> FileFormat:
        """Return the format. Raises Unreadable for an empty file, binary data, or a table with too long a line."""
        check_is_text(self.head)
        text = self.head.lstrip(BOM_UTF8 + b" \t\r\n\x1e")  # a record separator: RFC 8142
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
            stream = StreamedJson()  # a first feature that cannot be imported says nothing about the format
            first = parse_json(stream.feed(text.splitlines()[0]) + stream.close())
        except UnsafeJson as unsafe:
            raise Unreadable(str(unsafe)) from None
        except orjson.JSONDecodeError:
            return FileFormat.GEOJSON
        if not (isinstance(first, dict) and first.get("type") == "Feature"):
            return FileFormat.GEOJSON
        if self.longest > MAX_LINE_BYTES:
            raise Unreadable(f"A line has {self.longest:,} bytes. {LONG_LINES}")
        return FileFormat.LINES
