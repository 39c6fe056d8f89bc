"""Read delimited text of any size: rows with their line numbers, and the byte offset at which reading can resume.

UTF-8, or Windows-1252 for each line that is not UTF-8; LF, CRLF and CR in any mixture; quoting as in RFC 4180. A quote
that is never closed costs its own line, not the rest of the file, and no more than one line's limit is held in memory.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from app.domain.text.decoding import decode
from app.domain.text.errors import Unreadable
from app.domain.text.not_data import NotData
from app.domain.text.unmended import HIDDEN, find_surplus, is_unsplit

DELIMITERS = (",", "\t", ";", "|", "^", "~")
MAX_LINE_BYTES = 1_000_000
"""Maximum length of a physical line. The widest known voter file has about 1,500 bytes."""
BLOCK_BYTES = 1 << 16
MAX_CELL_CHARACTERS = 131_072
MAX_LINES_PER_ROW = 20
"""Physical lines that one quoted row may span; beyond that a quote was left open."""

STRAY_QUOTE, TOO_LONG = "stray_quote", "too_long"
WRONG_COLUMNS, NUL, NOT_DATA = "wrong_number_of_columns", "nul_byte", "not_data"
"""Codes of what may be wrong with a row."""
_STRAY_QUOTE = "has a quote that is not closed, or one in the wrong place"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the text is split into cells."""

    delimiter: str = ","
    header: tuple[str, ...] = ()
    """Names of the columns, to recognise rows that repeat the header and totals; empty to take every row as data."""
    report_columns: int = 0
    """How many columns at the end are those of a report of rejected rows, with the code and the error; 0 or 2."""


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
        self._lines = _Lines(file)
        self._delimiter = dialect.delimiter
        self._own = len(dialect.header) - dialect.report_columns if dialect.report_columns else 0
        """Columns before those of a report."""
        self._not_data = NotData(dialect.header[: self._own] if self._own else dialect.header)
        self._reader = self._new_reader()

    def read(self, count: int) -> list[Row]:
        """Return the next `count` rows, fewer only at the end of the file.

        Raises Unreadable for a line of more than MAX_LINE_BYTES.
        """
        rows: list[Row] = []
        position, taken = self.position, self._lines.taken
        suspects, find_reason = self._not_data.first_characters, self._not_data.find_reason
        while len(rows) < count:
            cells: list[str] | BrokenRow
            try:
                cells = next(self._reader)
            except StopIteration:
                break
            except (csv.Error, _RowTooLong) as error:
                cells = self._broken(error)
            if isinstance(cells, BrokenRow):
                rows.append((position.line + 1, cells))
            elif len(cells) > 1 or (cells and not cells[0].isspace() and cells[0]):
                if self._own and (broken := self._find_unmended(cells)):
                    cells = broken
                elif cells[0][:1] in suspects and (reason := find_reason(cells)):
                    cells = BrokenRow(NOT_DATA, reason, "", cells)
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
        text = decode(taken[0]).rstrip("\r\n")
        if "field larger" in str(error):
            return BrokenRow(TOO_LONG, f"has a cell of more than {MAX_CELL_CHARACTERS:,} characters", text)
        return BrokenRow(STRAY_QUOTE, _STRAY_QUOTE, text)

    def _find_unmended(self, cells: list[str]) -> BrokenRow | None:
        """Return a row of a report that is still as it was rejected; None where it can be read by now."""
        own, (code, error) = cells[: self._own], (*cells[self._own : self._own + 2], "", "")[:2]
        if code == STRAY_QUOTE and is_unsplit(own):
            return BrokenRow(STRAY_QUOTE, _STRAY_QUOTE, own[0])
        if code in (STRAY_QUOTE, WRONG_COLUMNS, NUL, TOO_LONG) and HIDDEN in own:
            return BrokenRow(code, f"has {HIDDEN} in place of values of a protected person", "", cells)
        if code == WRONG_COLUMNS and (wrong := find_surplus(own, error)):
            return BrokenRow(WRONG_COLUMNS, wrong, "", cells)
        if code == NOT_DATA and (reason := self._not_data.find_reason(own)):
            return BrokenRow(NOT_DATA, reason, "", cells)
        return None

    def _new_reader(self) -> csv._reader:  # type: ignore[name-defined]  # the stubs' name; there is no public one
        return csv.reader(self._lines, delimiter=self._delimiter, strict=True)


class _Lines:
    """Decoded physical lines for csv.reader; remembers the lines that the current row consists of."""

    def __init__(self, file: BinaryIO) -> None:
        self._lines = physical_lines(file)
        self.taken: list[bytes] = []
        self.again: deque[bytes] = deque()

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        raw = self.again.popleft() if self.again else next(self._lines)
        taken = self.taken
        taken.append(raw)
        if len(raw) > MAX_LINE_BYTES:
            raise Unreadable(
                f"A line has more than {MAX_LINE_BYTES:,} bytes: the file is not a table of rows and columns."
            )
        if len(taken) > MAX_LINES_PER_ROW:
            raise _RowTooLong
        return decode(raw)


def physical_lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield the lines with their ends, from the current position; LF, CRLF and CR all end a line.

    Ends after a line of more than MAX_LINE_BYTES, which may be incomplete.
    """
    rest = b""
    while block := file.read(BLOCK_BYTES):
        lines = (rest + block).splitlines(keepends=True)
        # the next block may continue the last line, also one that ends with CR
        rest = b"" if lines[-1].endswith(b"\n") else lines.pop()
        yield from lines
        if len(rest) > MAX_LINE_BYTES:
            break
    if rest:
        yield rest
