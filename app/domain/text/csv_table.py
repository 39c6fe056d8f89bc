"""A table with a header: which delimiter it uses, which columns it has, and its rows."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.domain.text.columns import canonical
from app.domain.text.csv_reader import DELIMITERS, NUL, WRONG_COLUMNS, BrokenRow, CsvReader, Dialect, Position, Row
from app.domain.text.csv_writer import unguarded
from app.domain.text.decoding import check_is_text
from app.domain.text.errors import TooManyRows, Unreadable

MAX_COLUMNS = 2_000
ROWS_PER_READ = 500


@dataclass(frozen=True)
class TableFormat:
    """How a table is read: found once, from the beginning of the file."""

    header: list[str]
    dialect: Dialect
    start: Position
    """Where the data begin, behind the header."""


def recognise(head: bytes, known: Collection[str], *, carriage_returns: bool) -> TableFormat:
    """Find the delimiter under which the header has the most of the `known` canonical names, then the most columns.

    Raises Unreadable where there is no header, or it is broken or too wide.
    """
    candidates: list[tuple[int, int, str]] = []
    broken: Unreadable | None = None
    for delimiter in DELIMITERS:
        try:
            header = read_header(head, Dialect(delimiter, carriage_returns))
        except Unreadable as error:
            broken = broken or error
        else:
            candidates.append((sum(canonical(name) in known for name in header), len(header), delimiter))
    names, _, delimiter = max(candidates, key=lambda candidate: candidate[:2], default=(0, 0, ""))
    if broken is not None and names == 0:
        raise broken
    dialect = Dialect(delimiter, carriage_returns)
    reader = CsvReader(io.BytesIO(head), dialect)
    reader.read(1)
    return TableFormat(read_header(head, dialect), dialect, reader.position)


def read_header(head: bytes, dialect: Dialect) -> list[str]:
    """Return the trimmed cells of the first row. Raises Unreadable where there is none, or it is broken or too wide."""
    rows = CsvReader(io.BytesIO(head), dialect).read(1)
    if not rows:
        raise Unreadable("The file is empty. It needs a header line and at least one row.")
    line, cells = rows[0]
    if isinstance(cells, BrokenRow):
        raise Unreadable(f"The header (line {line}) {cells.error}.")
    if len(cells) > MAX_COLUMNS:
        raise Unreadable(f"The header has {len(cells):,} columns; at most {MAX_COLUMNS:,} are allowed.")
    return [" ".join(cell.replace("\0", " ").split()) for cell in cells]


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
        if index < len(cells) and (text := unguarded(cells[index].strip()))
    }


class CsvTable:
    """A whole table in memory, as the body of a request."""

    def __init__(self, raw: bytes, known: Collection[str]) -> None:
        """Raises Unreadable where `raw` is not text, or there is no header."""
        check_is_text(raw)
        form = recognise(raw, known, carriage_returns=b"\n" not in raw and b"\r" in raw)
        self.header = form.header
        self._reader = CsvReader(io.BytesIO(raw), form.dialect, form.start)

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
