"""Delimited text from a file of any size: records with their lines, and the byte at which reading can go on.

UTF-8 or, line by line where a line is none, Windows-1252; LF, CRLF or CR; RFC 4180 quoting. A quote that is never
closed costs its own line, not the rest of the file, and nothing longer than a line's limit is ever held.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from dataclasses import dataclass
from typing import BinaryIO

from app.domain.imports.findings import Code, Unreadable

DELIMITERS = (",", "\t", ";", "|")
LONGEST_LINE = 1_000_000
"""Bytes of a physical line. The widest voter file known has some 1,500."""
LONGEST_CELL = 131_072
MOST_LINES = 20
"""Physical lines that one quoted record may span; beyond that a quote was left open."""
MOST_COLUMNS = 2_000


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the text is to be cut; found once, when the file arrives."""

    delimiter: str = ","
    carriage_returns: bool = False
    """Lines end with CR alone, as on old Macintoshes."""


@dataclass(slots=True)
class Position:
    """Where the next record begins."""

    offset: int = 0
    """In bytes."""
    line: int = 0
    """Physical lines before it."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that is no record."""

    code: Code
    error: str
    text: str
    cells: list[str] | None = None
    """Where it could be cut into cells."""

    @property
    def shown(self) -> list[str]:
        """For a report of what was rejected."""
        return self.cells if self.cells is not None else [self.text]


Record = tuple[int, "list[str] | Broken"]
"""The number of its first physical line, and its cells."""


class _Runaway(Exception):
    """A record spans too many lines."""


class Records:
    """Reads on from a position. `position` is always that of the next record."""

    def __init__(self, file: BinaryIO, dialect: Dialect, position: Position | None = None) -> None:
        self.position = position or Position()
        file.seek(self.position.offset)
        lines = _with_newlines(file) if dialect.carriage_returns else file
        self._feed = _Feed(lines, first=not self.position.offset)
        self._delimiter = dialect.delimiter
        self._reader = self._new_reader()

    def take(self, count: int) -> list[Record]:
        """The next `count` records, fewer only at the end of the file. Blank lines are none.

        Raises Unreadable for a line beyond LONGEST_LINE.
        """
        found: list[Record] = []
        position, taken = self.position, self._feed.taken
        while len(found) < count:
            cells: list[str] | Broken
            try:
                cells = next(self._reader)
            except StopIteration:
                break
            except (csv.Error, _Runaway) as error:
                cells = self._broken(error)
            if len(cells) > 1 or (cells and not cells[0].isspace() and cells[0]) if isinstance(cells, list) else True:
                found.append((position.line + 1, cells))
            position.line += len(taken)
            position.offset += len(taken[0]) if len(taken) == 1 else sum(map(len, taken))
            taken.clear()
        return found

    def _broken(self, error: Exception) -> Broken:
        """Give up the first line of the record under way, and read on with the second."""
        taken = self._feed.taken
        self._feed.again.extendleft(reversed(taken[1:]))
        del taken[1:]
        self._reader = self._new_reader()
        text = self._feed.decode(taken[0]).rstrip("\r\n")
        if "field larger" in str(error):
            return Broken(Code.TOO_LONG, f"has a cell of more than {LONGEST_CELL:,} characters", text)
        return Broken(Code.QUOTE, "has a quote that is not closed, or one in the wrong place", text)

    def _new_reader(self) -> csv._reader:  # type: ignore[name-defined]  # the stubs' name; there is no public one
        return csv.reader(self._feed, delimiter=self._delimiter, strict=True)


class _Feed:
    """Decoded physical lines for csv.reader, which remembers those that the record under way is made of."""

    def __init__(self, file: BinaryIO | io.BufferedReader, *, first: bool) -> None:
        self._readline = file.readline
        self._first = first
        self.taken: list[bytes] = []
        self.again: deque[bytes] = deque()

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        raw = self.again.popleft() if self.again else self._readline(LONGEST_LINE + 1)
        if not raw:
            raise StopIteration
        taken = self.taken
        taken.append(raw)
        if len(raw) > LONGEST_LINE:
            raise Unreadable(f"A line has more than {LONGEST_LINE:,} bytes: this is no table of rows and columns.")
        if len(taken) > MOST_LINES:
            raise _Runaway
        return self.decode(raw)

    def decode(self, raw: bytes) -> str:
        if self._first:
            self._first = False
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return windows_1252(raw)


def windows_1252(raw: bytes) -> str:
    """The text; the five bytes that Windows-1252 leaves undefined stay what Latin-1 makes of them."""
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


class _CarriageReturns(io.RawIOBase):
    """A file with each CR turned into LF: one byte for one, so that offsets stay true."""

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


def read_header(head: bytes, dialect: Dialect) -> list[str]:
    """The cells of the first record, trimmed. Raises Unreadable where there is none, or it is broken or too wide."""
    first = Records(io.BytesIO(head), dialect).take(1)
    if not first:
        raise Unreadable("The file is empty; a header line is expected.")
    line, cells = first[0]
    if isinstance(cells, Broken):
        raise Unreadable(f"The header (line {line}) {cells.error}.")
    if len(cells) > MOST_COLUMNS:
        raise Unreadable(f"The header has {len(cells):,} columns; at most {MOST_COLUMNS:,} are read.")
    return [" ".join(cell.replace("\0", " ").split()) for cell in cells]
