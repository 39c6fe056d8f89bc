"""Rows of a sheet as CSV in UTF-8. Each row keeps its number as its line, unless cells have line ends."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from app.domain.text.errors import NeedsOption, Unreadable
from app.domain.text.typed_columns import CellKind, cell_text
from app.storage.conversion.findings import Findings
from app.storage.conversion.number_formats import read_number_formats
from app.storage.conversion.request import ConversionRequest

ROWS_PER_BLOCK = 1_000
MAX_SHAPES = 2_000
"""Of rows by the types of their cells, that are remembered."""
_KINDS: dict[type, CellKind] = {
    str: CellKind.TEXT,
    bool: CellKind.BOOLEAN,
    int: CellKind.NUMBER,
    float: CellKind.NUMBER,
    date: CellKind.DATE,
    datetime: CellKind.DATE,
    time: CellKind.TIME,
    timedelta: CellKind.DURATION,
}


TABLE = 3
"""The rank of a sheet with several rows and columns; less have a list, and a single row, such as a title."""


def read_sheet(request: ConversionRequest, findings: Findings) -> Iterator[bytes]:
    """Yield the sheet that was asked for, otherwise the first one with a table. Raises Unreadable."""
    import python_calamine as calamine

    kinds = ColumnKinds()

    try:
        book = calamine.load_workbook(request.path)
        names = _worksheets(book, calamine)
        for name in names:
            findings.add_part(name, None)
        sheet = _choose(book, names, request.sheet, findings)
        yield from _to_csv(sheet.iter_rows(), kinds)
    except calamine.PasswordError:
        raise Unreadable("The spreadsheet is protected by a password. Save it without one.") from None
    except (calamine.CalamineError, OSError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"The spreadsheet is damaged, or no spreadsheet: {str(error)[:200]}") from None
    formats = read_number_formats(request.path, sheet.name)
    findings.columns = [(sorted(found), formats.get(index)) for index, found in enumerate(kinds.by_column)]


class ColumnKinds:
    """Which types of cells each column has below the first row."""

    def __init__(self) -> None:
        self.by_column: list[set[CellKind]] = []
        self._shapes: set[tuple[type | None, ...]] = set()

    def add(self, row: list[Any]) -> None:
        """Add a row; nearly all rows have the types of one before."""
        shape = tuple([cell.__class__ if cell != "" else None for cell in row])
        if shape in self._shapes:
            return
        if len(self._shapes) < MAX_SHAPES:
            self._shapes.add(shape)
        self.by_column += [set() for _ in range(len(shape) - len(self.by_column))]
        for kinds, cell_type in zip(self.by_column, shape, strict=False):
            if cell_type is not None:
                kinds.add(_KINDS.get(cell_type, CellKind.TEXT))


def _worksheets(book: Any, calamine: Any) -> list[str]:
    """Return the names of visible sheets with cells; all of them if the file does not say."""
    visible = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet and sheet.visible == calamine.SheetVisibleEnum.Visible
    ]
    return visible or list(book.sheet_names)


def _choose(book: Any, names: list[str], wanted: str, findings: Findings) -> Any:
    shown = ", ".join(repr(name[:60]) for name in names[:20])
    if wanted:
        for name in book.sheet_names:
            if name.strip().lower() == wanted.strip().lower():
                findings.part = name
                return book.get_sheet_by_name(name)
        raise NeedsOption(f"The spreadsheet has no sheet {wanted[:60]!r}; it has {shown}.")
    best, best_rank = None, 0
    for name in names:
        sheet = book.get_sheet_by_name(name)
        rank = (sheet.height > 0) + (sheet.height > 1) + (sheet.height > 1 and sheet.width > 1)
        if rank > best_rank:
            best, best_rank = sheet, rank
        if rank == TABLE:
            break
    if best is None:
        raise Unreadable("The spreadsheet has no sheet with data.")
    if len(names) > 1:
        note = f"The sheet {best.name[:60]!r} was read; the file has {shown}. Choose another one with sheet=."
        findings.notes.append(note)
    findings.part = best.name
    return best


def _to_csv(rows: Iterator[list[Any]], kinds: ColumnKinds) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    blank, is_first = 0, True
    for number, row in enumerate(rows, 1):
        cells = [cell if type(cell) is str else cell_text(cell) for cell in row]
        if not any(cells):
            blank += 1
            continue
        if blank:
            text.write("\r\n" * blank)
            blank = 0
        if is_first:
            is_first = False  # names of columns, or a title
        else:
            kinds.add(row)
        writer.writerow(cells)
        if number % ROWS_PER_BLOCK == 0:
            yield text.getvalue().encode("utf-8", "replace")
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode("utf-8", "replace")
