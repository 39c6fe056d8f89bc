"""Read delimited text of any size: rows with their line numbers, and the byte offset at which reading can resume.

UTF-8, or Windows-1252 for each line that is not UTF-8; LF, CRLF or CR; quoting as in RFC 4180. A quote that is never
closed costs its own line, not the rest of the file, and no more than one line's limit is ever held in memory.
"""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF8
from collections import deque
from dataclasses import dataclass
from typing import BinaryIO

from app.domain.text.decoding import decode
from app.domain.text.errors import Unreadable

DELIMITERS = (",", "\t", ";", "|")
MAX_LINE_BYTES = 1_000_000
"""Maximum length of a physical line. The widest known voter file has about 1,500 bytes."""
MAX_CELL_CHARACTERS = 131_072
MAX_LINES_PER_ROW = 20
"""Physical lines that one quoted row may span; beyond that a quote was left open."""

STRAY_QUOTE, TOO_LONG = "stray_quote", "too_long"
WRONG_COLUMNS, NUL = "wrong_number_of_columns", "nul_byte"
"""Codes of what may be wrong with a row."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the text is split into cells."""

    delimiter: str = ","
    carriage_returns: bool = False
    """Lines end with CR alone, as on old Macintoshes."""


@dataclass(slots=True)
class Position:
    """Where the next row begins."""

    offset: int = 0
    """In bytes."""
    line: int = 0
    """Physical lines before it."""


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that cannot be used. `error` continues "the row …"."""

    code: str
    error: str
    text: str
    cells: list[str] | None = None
    """The cells, where the row could be split."""

    @property
    def original(self) -> list[str]:
        """The cells for a report of rejected rows; a row that could not be split is a single cell."""
        return self.cells if self.cells is not None else [self.text]


Row = tuple[int, "list[str] | BrokenRow"]
"""The number of its first physical line, from 1, and its cells."""


class _RowTooLong(Exception):
    """A row spans more than MAX_LINES_PER_ROW physical lines."""


class CsvReader:
    """Reads rows from `position` on, and keeps `position` at the next row. Blank lines are skipped."""

    def __init__(self, file: BinaryIO, dialect: Dialect, position: Position | None = None) -> None:
        self.position = position or Position()
        file.seek(self.position.offset)
        lines = _with_newlines(file) if dialect.carriage_returns else file
        self._lines = _Lines(lines, first=not self.position.offset)
        self._delimiter = dialect.delimiter
        self._reader = self._new_reader()

    def read(self, count: int) -> list[Row]:
        """Return the next `count` rows, fewer only at the end of the file.

        Raises Unreadable for a line of more than MAX_LINE_BYTES.
        """
        rows: list[Row] = []
        position, taken = self.position, self._lines.taken
        while len(rows) < count:
            cells: list[str] | BrokenRow
            try:
                cells = next(self._reader)
            except StopIteration:
                break
            except (csv.Error, _RowTooLong) as error:
                cells = self._broken(error)
            if len(cells) > 1 or (cells and not cells[0].isspace() and cells[0]) if isinstance(cells, list) else True:
                rows.append((position.line + 1, cells))
            position.line += len(taken)
            position.offset += len(taken[0]) if len(taken) == 1 else sum(map(len, taken))
            taken.clear()
        return rows

    def _broken(self, error: Exception) -> BrokenRow:
        """Give up the first line of the current row, and continue with its second line."""
        taken = self._lines.taken
        self._lines.again.extendleft(reversed(taken[1:]))
        del taken[1:]
        self._reader = self._new_reader()
        text = self._lines.decode(taken[0]).rstrip("\r\n")
        if "field larger" in str(error):
            return BrokenRow(TOO_LONG, f"has a cell of more than {MAX_CELL_CHARACTERS:,} characters", text)
        if "new-line character" in str(error):
            return BrokenRow(STRAY_QUOTE, "has a carriage return outside of quotes", text)
        return BrokenRow(STRAY_QUOTE, "has a quote that is not closed, or one in the wrong place", text)

    def _new_reader(self) -> csv._reader:  # type: ignore[name-defined]  # the stubs' name; there is no public one
        return csv.reader(self._lines, delimiter=self._delimiter, strict=True)


class _Lines:
    """Decoded physical lines for csv.reader; remembers the lines that the current row consists of."""

    def __init__(self, file: BinaryIO | io.BufferedReader, *, first: bool) -> None:
        self._readline = file.readline
        self._first = first
        self.taken: list[bytes] = []
        self.again: deque[bytes] = deque()

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        raw = self.again.popleft() if self.again else self._readline(MAX_LINE_BYTES + 1)
        if not raw:
            raise StopIteration
        taken = self.taken
        taken.append(raw)
        if len(raw) > MAX_LINE_BYTES:
            raise Unreadable(
                f"A line has more than {MAX_LINE_BYTES:,} bytes: the file is not a table of rows and columns."
            )
        if len(taken) > MAX_LINES_PER_ROW:
            raise _RowTooLong
        return self.decode(raw)

    def decode(self, raw: bytes) -> str:
        if self._first:
            self._first = False
            raw = raw.removeprefix(BOM_UTF8)
        return decode(raw)


class _CarriageReturns(io.RawIOBase):
    """A file with each CR replaced by LF: one byte for one, so that offsets stay true."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # typeshed's Buffer is wider than what comes
        block = self._file.read(len(buffer)).replace(b"\r", b"\n")
        buffer[: len(block)] = block
        return len(block)


def _with_newlines(file: BinaryIO) -> BinaryIO:
    return io.BufferedReader(_CarriageReturns(file))  # type: ignore[type-var]  # readinto, see above
