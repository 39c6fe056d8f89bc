"""Read delimited text by columns, a megabyte at a time, wherever its rows are as plain as nearly all of them are.

A block with anything else (a line that is not UTF-8, a row of another width, a stray quote, a total below the data) is
read row by row by CsvReader, which knows what to do with it.
"""

from __future__ import annotations

import csv
from codecs import BOM_UTF8
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from app.domain.text.csv_reader import MAX_CELL_CHARACTERS, CsvReader, Dialect, Position, Row
from app.domain.text.not_data import NotData

BLOCK_BYTES = 1 << 20
ROWS_ONE_BY_ONE = 2_000
"""So many rows are read one by one before columns are tried again."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows of one physical line each, transposed. `line` is that of the first one, from 1."""

    line: int
    cells: Sequence[Sequence[str]]

    @property
    def rows(self) -> int:
        return len(self.cells[0])

    def row(self, index: int) -> list[str]:
        return [column[index] for column in self.cells]


class TableBlocks:
    """Reads the same rows as CsvReader from `position` on, and keeps `position` at the next row."""

    def __init__(self, file: BinaryIO, dialect: Dialect, position: Position) -> None:
        self.position = position
        self._file, self._dialect = file, dialect
        self._width = len(dialect.header)
        self._not_data = NotData(dialect.header)

    def read(self, count: int) -> Columns | list[Row]:
        """Return up to `count` rows; an empty list only at the end of the file.

        Raises Unreadable as CsvReader does.
        """
        if self._width and not self._dialect.report_columns:
            self._file.seek(self.position.offset)
            block = _whole_lines(self._file, count)
            columns = self._split(block)
            if columns is not None:
                found = Columns(self.position.line + 1, columns)
                self.position = Position(self.position.offset + len(block), self.position.line + found.rows)
                return found
        reader = CsvReader(self._file, self._dialect, Position(self.position.offset, self.position.line))
        rows = reader.read(min(count, ROWS_ONE_BY_ONE))
        self.position = reader.position
        return rows

    def _split(self, block: bytes) -> list[list[str]] | None:
        """Return the columns; None for a block that has to be read row by row."""
        if not block or b"\0" in block or BOM_UTF8 in block or block.count(b"\r") != block.count(b"\r\n"):
            return None
        try:
            text = block.decode().replace("\r\n", "\n").removesuffix("\n")
        except UnicodeDecodeError:
            return None
        lines = text.split("\n")
        if max(map(len, lines)) > MAX_CELL_CHARACTERS:
            return None
        columns = self._split_quoted(lines) if '"' in text else self._split_plain(lines)
        if columns is None:
            return None
        suspects, find_reason = self._not_data.first_characters, self._not_data.find_reason
        for index, first in enumerate(columns[0]):
            if first[:1] in suspects and find_reason([column[index] for column in columns]):
                return None
        return columns

    def _split_plain(self, lines: list[str]) -> list[list[str]] | None:
        delimiter, width = self._dialect.delimiter, self._width
        expected = width - 1
        if any(line.count(delimiter) != expected for line in lines):
            return None
        if width == 1:
            return [lines] if all(line and not line.isspace() for line in lines) else None
        cells = delimiter.join(lines).split(delimiter)
        return [cells[index::width] for index in range(width)]

    def _split_quoted(self, lines: list[str]) -> list[list[str]] | None:
        try:
            rows = list(csv.reader(lines, delimiter=self._dialect.delimiter, strict=True))
        except csv.Error:
            return None
        if len(rows) != len(lines) or self._width < 2 or any(len(row) != self._width for row in rows):
            return None
        return [list(column) for column in zip(*rows, strict=True)]


def _whole_lines(file: BinaryIO, count: int) -> bytes:
    """Return up to `count` lines with their ends that begin at the current position, about a megabyte of them."""
    block = file.read(BLOCK_BYTES)
    if len(block) == BLOCK_BYTES:
        block = block[: block.rfind(b"\n") + 1]
    if block.count(b"\n") < count:  # the last line of a file may have no end
        return block
    end = -1
    for _ in range(count):
        end = block.find(b"\n", end + 1)
    return block[: end + 1]
