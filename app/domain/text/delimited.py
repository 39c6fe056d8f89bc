"""CSV and its relatives as people really send them, cut into records with their line numbers.

Delimiter `,` `;` or tab; UTF-8 with or without a byte order mark, else Windows-1252; LF, CRLF or CR; RFC 4180 quoting.
A quote that is never closed costs its own line, not the rest of the file.
"""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from dataclasses import dataclass

DELIMITERS = (",", ";", "\t")
MOST_LINES = 20
"""Physical lines that one quoted record may span; beyond that a quote was left open."""


class Unreadable(ValueError):
    """The input as a whole is no table that we understand."""


@dataclass(frozen=True)
class Record:
    line: int
    """Number of its first physical line; the header's is 1 where nothing stands before it."""
    cells: list[str] | None
    """None where the line cannot be read because of a stray quote."""


@dataclass(frozen=True)
class Table:
    header: list[str]
    records: Iterator[Record]
    """In order; blank lines are left out."""


def decode(raw: bytes) -> str:
    """Raises Unreadable for bytes that are neither UTF-8 nor Windows-1252."""
    try:
        return raw.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        try:
            return raw.decode("cp1252")
        except UnicodeDecodeError:
            raise Unreadable(f"The text is neither UTF-8 nor Windows-1252: byte {error.start}.") from None


def read(raw: bytes, rank: Callable[[list[str]], int]) -> Table:
    """Read a table with a header. The delimiter is the one under which `rank(header cells)` is highest.

    Raises Unreadable where there is no header.
    """
    lines = list(io.StringIO(decode(raw), newline=""))  # splits at LF, CRLF and CR, and keeps them
    start = next((at for at, line in enumerate(lines) if line.strip()), None)
    if start is None:
        raise Unreadable("The file is empty; a header line is expected.")
    candidates = {delimiter: _record(lines, start, delimiter) for delimiter in DELIMITERS}
    delimiter = max(candidates, key=lambda one: (rank(candidates[one][0] or []), len(candidates[one][0] or [])))
    header, taken = candidates[delimiter]
    if header is None:
        raise Unreadable(f"The header (line {start + 1}) has a quote that is not closed, or one in the wrong place.")
    return Table([cell.strip() for cell in header], _records(lines, start + taken, delimiter))


def _record(lines: list[str], at: int, delimiter: str) -> tuple[list[str] | None, int]:
    """The record that begins at index `at`, and how many lines it takes; of an unreadable one, the first line."""
    reader = csv.reader(lines[at : at + MOST_LINES], delimiter=delimiter, strict=True)
    try:
        return next(reader), reader.line_num
    except csv.Error:
        return None, 1


def _records(lines: list[str], at: int, delimiter: str) -> Iterator[Record]:
    while at < len(lines):
        cells, taken = _record(lines, at, delimiter)
        if cells is None or any(cell and not cell.isspace() for cell in cells):
            yield Record(at + 1, cells)
        at += taken
