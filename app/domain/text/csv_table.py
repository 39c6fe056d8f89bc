"""A table with a header: which delimiter it uses, which columns it has, and its rows."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from app.domain.text.columns import canonical
from app.domain.text.csv_reader import (
    DELIMITERS,
    NUL,
    WRONG_COLUMNS,
    BrokenRow,
    CsvReader,
    Dialect,
    Position,
    Row,
    physical_lines,
)
from app.domain.text.csv_writer import unguarded
from app.domain.text.decoding import check_is_text, decode
from app.domain.text.encodings import to_utf8
from app.domain.text.errors import TooManyRows, Unreadable
from app.domain.text.first_row import holds_values

MAX_COLUMNS = 2_000
MAX_TITLE_ROWS = 20
"""Rows above the header."""
ROWS_PER_READ = 500
MAX_FIRST_ROWS = 200
LINES_COMPARED = 20
"""Lines from the beginning that tell whether columns have fixed widths."""
ROWS_COMPARED = 50
"""Rows from the beginning that tell whether the first one is a header."""


@dataclass(frozen=True)
class TableFormat:
    """How a table is read: found once, from the beginning of the file."""

    header: list[str]
    dialect: Dialect
    start: Position
    """Where the data begin, behind the header."""
    sent_header: Sequence[str] = ()
    """The header's cells as they are in the file; those of `header` have no superfluous spaces."""
    title_lines: int = 0
    """Lines above the header that are not blank."""
    headerless: bool = False
    """Whether the first row is a record already: the columns are named by their numbers."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A row that may be the header, under one delimiter."""

    header: list[str]
    delimiter: str
    start: Position
    known: int
    """How many of its cells are known names of columns."""
    rows_above: int
    cells: list[str]
    """The header as it was sent, without the guards of formulas."""


def recognise(head: bytes, known: Collection[str], header: bool | None = None) -> TableFormat:
    """Find the delimiter under which the header has the most of the `known` canonical names, then the most columns.

    Excel's line `sep=;` names the delimiter. The header may stand below titles: rows with fewer cells, and without
    names of columns. `header` says whether there is one; without it, a first row with no known name that looks like the
    rows below it is none. Raises Unreadable where there is no header, or it is broken or too wide.
    """
    declared, begin = _declared_delimiter(head)
    candidates: list[_Candidate] = []
    broken: Unreadable | None = None
    for delimiter in (declared,) if declared else DELIMITERS:
        try:
            candidates.append(_find_header(head, delimiter, begin, known))
        except Unreadable as error:
            broken = broken or error
    best = max(candidates, key=lambda candidate: (candidate.known, len(candidate.header)), default=None)
    if best is None or (broken is not None and best.known == 0 and len(best.header) == 1):
        raise broken or Unreadable("The file is empty. It needs a header line and at least one row.")
    if len(best.header) == 1 and best.known == 0 and _has_fixed_widths(head, begin):
        raise Unreadable(
            "The columns are told apart by spaces, at fixed widths; that cannot be read. Open the file in a spreadsheet"
            " (in Excel: Data, From Text/CSV, delimiter: fixed width), and save it as CSV or .xlsx."
        )
    if len(best.header) > MAX_COLUMNS:
        raise Unreadable(f"The header has {len(best.header):,} columns; at most {MAX_COLUMNS:,} are allowed.")
    if header is False or (header is None and not best.known and not best.rows_above and _is_record(head, best, begin)):
        columns = [f"column {number}" for number in range(1, len(best.header) + 1)]
        return TableFormat(columns, Dialect(best.delimiter, tuple(columns)), begin, headerless=True)
    return TableFormat(
        best.header, Dialect(best.delimiter, tuple(best.header)), best.start, best.cells, best.rows_above
    )


def _declared_delimiter(head: bytes) -> tuple[str | None, Position]:
    """Return the delimiter that the first line names, as Excel writes it, and where the rows begin."""
    first = next(physical_lines(io.BytesIO(head)), b"")
    text = decode(first[:40]).rstrip("\r\n")
    text = text[1:-1] if text[:1] == text[-1:] == '"' else text
    if len(text) == 5 and text[:4].lower() == "sep=" and text[4] not in "\"'" and not text[4].isalnum():
        return text[4], Position(len(first), 1)
    return None, Position()


def _has_fixed_widths(head: bytes, begin: Position) -> bool:
    """Whether the first lines are three or more texts with several spaces between them, at the same places."""
    lines = [decode(line).rstrip() for line in islice(physical_lines(io.BytesIO(head[begin.offset :])), LINES_COMPARED)]
    filled = [line for line in lines if line]
    if len(filled) < 2:
        return False
    width = max(map(len, filled))
    gaps = [all(line[place : place + 1].strip() == "" for line in filled) for place in range(width)]
    columns = sum(1 for place in range(1, width) if gaps[place - 1] and not gaps[place]) + (not gaps[0])
    return columns >= 3 and any("  " in line for line in filled)


def _is_record(head: bytes, first: _Candidate, begin: Position) -> bool:
    reader = CsvReader(io.BytesIO(head), Dialect(first.delimiter), replace(begin))
    rows = [cells for _, cells in reader.read(ROWS_COMPARED) if not isinstance(cells, BrokenRow)]
    plain = [[" ".join(cell.split()) for cell in row] for row in rows]
    return holds_values(first.header, [row for row in plain[1:] if len(row) == len(first.header)])


def _find_header(head: bytes, delimiter: str, begin: Position, known: Collection[str]) -> _Candidate:
    reader = CsvReader(io.BytesIO(head), Dialect(delimiter), replace(begin))
    found: _Candidate | None = None
    widest = 0
    for number in range(MAX_TITLE_ROWS + 1):
        rows = reader.read(1)
        if not rows:
            break
        line, cells = rows[0]
        if isinstance(cells, BrokenRow):
            if found is None:
                raise Unreadable(f"The header (line {line}) {cells.error}.")
            break
        header = [unguarded(" ".join(cell.replace("\0", " ").split())) for cell in cells]
        names = sum(canonical(name) in known for name in header)
        filled = sum(map(bool, header))
        is_below_titles = found is not None and names > found.known and filled > widest and (names > 1 or widest == 1)
        if found is None or is_below_titles:
            found = _Candidate(header, delimiter, replace(reader.position), names, number, list(map(unguarded, cells)))
        widest = max(widest, filled)
    if found is None:
        raise Unreadable("The file is empty. It needs a header line and at least one row.")
    return found


def surplus(cells: Sequence[str], width: int) -> str | None:
    """Return what is wrong with a row that has more cells than the header; empty cells at its end do not count."""
    if any(cell and not cell.isspace() for cell in cells[width:]):
        return f"has {len(cells)} cells, but the header has {width}"
    return None


def values(cells: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    """Return the trimmed cells by field, those that are not empty.

    The apostrophe that exports put before a formula is removed.
    """
    return {
        field: text
        for field, index in columns.items()
        if index < len(cells) and (text := unguarded(cells[index].strip()).strip())
    }


class CsvTable:
    """A whole table in memory, as the body of a request."""

    def __init__(self, raw: bytes, known: Collection[str]) -> None:
        """Raises Unreadable where `raw` is not text, or there is no header."""
        raw = to_utf8(raw)
        check_is_text(raw)
        form = recognise(raw, known)
        self.header = form.header
        self._reader = CsvReader(io.BytesIO(raw), form.dialect, form.start)
        first = CsvReader(io.BytesIO(raw), form.dialect, replace(form.start)).read(MAX_FIRST_ROWS)
        self.first_rows = [cells for _, cells in first if not isinstance(cells, BrokenRow)]
        """To see what the columns hold."""

    def rows(self, limit: int) -> Iterator[Row]:
        """Yield the rows, cut to the width of the header; short ones stay short.

        Raises TooManyRows after `limit` rows, and Unreadable for a line of more than MAX_LINE_BYTES.
        """
        width, count = len(self.header), 0
        while rows := self._reader.read(ROWS_PER_READ):
            for line, cells in rows:
                count += 1
                if count > limit:
                    raise TooManyRows(limit)
                yield line, cells if isinstance(cells, BrokenRow) else _fitted(cells, width)


def _fitted(cells: list[str], width: int) -> list[str] | BrokenRow:
    if (error := surplus(cells, width)) is not None:
        return BrokenRow(WRONG_COLUMNS, error, "", cells)
    if any("\0" in cell for cell in cells):
        return BrokenRow(NUL, "has a NUL byte", "", cells)
    return cells[:width]
