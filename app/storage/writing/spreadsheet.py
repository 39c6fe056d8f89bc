"""Rows as an .xlsx sheet: numbers, dates and booleans as such, and text never as a formula or a link."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from app.domain.text.typed_columns import MAX_SHOWN, CellKind, typed_cell
from app.storage.writing.request import CannotWrite, WritingRequest

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
MAX_CELL_CHARACTERS = 32_767
MAX_TITLE_CHARACTERS = 31
MIN_WIDTH, MAX_WIDTH = 9, 40
"""Of columns, in characters."""
DEFAULT_FORMATS = {
    CellKind.DATE: "yyyy-mm-dd",
    CellKind.TIME: "hh:mm:ss",
    CellKind.DURATION: "[h]:mm:ss",
}
MOMENT_FORMAT = "yyyy-mm-dd hh:mm:ss"
FIRST_DAY = date(1900, 3, 1)
"""Dates before this have other numbers in some programs, since Excel has a 29 February 1900; they stay text."""


def write_sheet(request: WritingRequest, rows: Iterator[list[Any]]) -> None:
    """Write the file row by row. Raises CannotWrite for a table that no sheet can hold."""
    import xlsxwriter

    width = len(request.columns)
    if width > MAX_COLUMNS:
        raise CannotWrite(f"The table has {width:,} columns; an .xlsx file has room for {MAX_COLUMNS:,}. Use CSV.")
    options = {"constant_memory": True, "tmpdir": str(Path(request.path).parent), "use_zip64": True}
    with xlsxwriter.Workbook(request.path, options) as book:
        sheet = book.add_worksheet(_title(request.title))
        sheet.ignore_errors({"number_stored_as_text": f"A1:{_column_name(width)}{MAX_ROWS}"})
        writer = _SheetWriter(book, sheet, request)
        writer.write_header()
        for number, row in enumerate(rows, 1):
            if number >= MAX_ROWS:
                raise CannotWrite(
                    f"The table has more rows than an .xlsx file has room for ({MAX_ROWS - 1:,}). Use CSV."
                )
            writer.write(number, row)


class _SheetWriter:
    def __init__(self, book: Any, sheet: Any, request: WritingRequest) -> None:
        self._sheet, self._columns = sheet, request.columns
        self._formats: list[Any] = []
        self._moment = book.add_format({"num_format": MOMENT_FORMAT})
        made: dict[str | int, Any] = {}
        for index, column in enumerate(request.columns):
            code = column.number_format or next(
                (DEFAULT_FORMATS[kind] for kind in column.kinds if kind in DEFAULT_FORMATS), None
            )
            if code is not None and code not in made:
                made[code] = book.add_format({"num_format": code})
            self._formats.append(made.get(code) if code is not None else None)
            widest = 20 if CellKind.DATE in column.kinds else MIN_WIDTH
            sheet.set_column(index, index, min(max(len(column.name) + 2, widest), MAX_WIDTH))

    def write_header(self) -> None:
        for index, column in enumerate(self._columns):
            self._write_text(0, index, column.name)

    def write(self, number: int, row: Sequence[Any]) -> None:
        """Write a row; cells beyond the columns are text."""
        for index, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            kinds = self._columns[index].kinds if index < len(self._columns) else ()
            value = typed_cell(cell, kinds) if type(cell) is str else cell
            self._write(number, index, value, str(cell))

    def _write(self, number: int, index: int, value: Any, text: str) -> None:
        format = self._formats[index] if index < len(self._formats) else None
        match value:
            case bool():
                self._sheet.write_boolean(number, index, value)
            case int() | float() if abs(value) < MAX_SHOWN or isinstance(value, float):
                self._sheet.write_number(number, index, value, format)
            case datetime() if value.date() >= FIRST_DAY:
                is_bare = self._columns[index].number_format is None
                self._sheet.write_datetime(number, index, value, self._moment if is_bare else format)
            case date() if not isinstance(value, datetime) and value >= FIRST_DAY:
                self._sheet.write_datetime(number, index, value, format)
            case time() | timedelta():
                self._sheet.write_datetime(number, index, value, format)
            case _:
                self._write_text(number, index, text)

    def _write_text(self, number: int, index: int, text: str) -> None:
        if len(text) > MAX_CELL_CHARACTERS:
            raise CannotWrite(
                f"A cell of row {number + 1:,} has {len(text):,} characters; a cell of an .xlsx file has room for"
                f" {MAX_CELL_CHARACTERS:,}. Use CSV."
            )
        if text:
            self._sheet.write_string(number, index, text)


def _title(name: str) -> str:
    """Return the name as that of a sheet, which may not have some characters."""
    plain = "".join(" " if char in "[]:*?/\\" or not char.isprintable() else char for char in name).strip("' ")
    return plain[:MAX_TITLE_CHARACTERS].strip("' ") or "Sheet1"


def _column_name(width: int) -> str:
    """Return the letters of the last of `width` columns."""
    name, number = "", max(width, 1)
    while number:
        number, letter = divmod(number - 1, 26)
        name = chr(65 + letter) + name
    return name
