"""Columns of plain rows, and rows one by one: both are the rows of CsvReader."""

from __future__ import annotations

import io

import pytest

from app.domain.text.csv_reader import CsvReader, Dialect, Position, Row
from app.domain.text.errors import Unreadable
from app.domain.text.table_blocks import Columns, TableBlocks

HEADER = b"a,b,c\n"
DIALECT = Dialect(",", ("a", "b", "c"))
TABLES = {
    "plain": b"1,x,y\n2,,z\n3,u,v\n",
    "no line end at the end": b"1,x,y\n2,x,y",
    "CRLF": b"1,x,y\r\n2,x,y\r\n",
    "CR": b"1,x,y\r2,x,y\r",
    "quotes": b'1,"x, y",z\r\n2,"say ""no""",z\n',
    "a quoted line end": b'1,"x\ny",z\n2,x,y\n',
    "a stray quote": b'1,"x,z\n2,x,y\n',
    "an inch": b'1,5" pipe,z\n2,x,y\n',
    "another width": b"1,x\n2,x,y,z\n3,x,y\n",
    "widths that add up": b"1,x\n2,x,y,z\n",
    "blank lines": b"1,x,y\n\n2,x,y\n\n",
    "Windows-1252": b"1,Pe\xf1a,y\n2,x,y\n",
    "UTF-8": "1,Peña,y\n2,x,y\n".encode(),
    "a byte order mark": b"1,x,y\n\xef\xbb\xbf2,x,y\n",
    "NUL": b"1,x\0,y\n2,x,y\n",
    "the header again": b"1,x,y\na,b,c\n2,x,y\n",
    "a total": b"1,x,y\nTotal,2,\n",
    "a form feed": b"1,x\x0cy,z\n2,\x1c,\xc2\x85\n",
    "a long cell": b"1," + b"x" * 140_000 + b",y\n2,x,y\n",
    "nothing": b"",
    "LF, CRLF and CR": b"1,x,y\n2,x,y\r\n3,x,y\r4,x,y\n",
    "CR in quotes": b'1,"x\ry",z\n2,x,y\n',
    "CRLF in quotes": b'1,"x\r\ny",z\r\n2,x,y\r\n',
    "a CR at the end": b"1,x,y\n2,x,y\r",
    "a quote that stays open": b'1,x,y\n2,"x,y\n3,x,y\n',
    "text behind a quote": b'1,"x"z,y\n2,x,y\n',
    "a quote in a quoted cell": b'1,"5"" pipe",y\n2,x,y\n',
    "an escaped quote": b'1,"x\\",y\n2,x,y\n',
    "blank cells": b",,\n , ,\n",
    "blank lines and quotes": b'1,"x",y\n\n2,"x",y\n',
    "another width in quotes": b'1,"x,y"\n2,"x",y,z\n',
    "UTF-8 that is cut off": b"1,Pe\xc3,y\n2,x,y\n",
    "line separators of Unicode": "1,x\u2028y,z\n2,\x85,\x0b\n".encode(),
    "a note": b"1,x,y\nSource: the county,,\n",
    "a long line in quotes": b'1,"' + b'","'.join([b"x" * 65_000] * 2) + b'"\n2,x,y\n',
}


def read(raw: bytes, dialect: Dialect, count: int) -> tuple[list[Row], Position]:
    table = TableBlocks(io.BytesIO(raw), dialect, Position(len(HEADER), 1))
    rows: list[Row] = []
    while found := table.read(count):
        if isinstance(found, Columns):
            rows += [(found.line + index, found.row(index)) for index in range(found.rows)]
        else:
            rows += found
    return rows, table.position


@pytest.mark.parametrize("count", [1, 2, 1_000])
@pytest.mark.parametrize("name", TABLES)
def test_all_rows_are_those_of_the_reader(name: str, count: int) -> None:
    raw = HEADER + TABLES[name]
    reader = CsvReader(io.BytesIO(raw), DIALECT, Position(len(HEADER), 1))
    assert read(raw, DIALECT, count) == (reader.read(1_000), reader.position)


@pytest.mark.parametrize("name", ["plain", "CRLF", "quotes", "UTF-8", "no line end at the end"])
def test_plain_rows_are_read_by_columns(name: str) -> None:
    table = TableBlocks(io.BytesIO(HEADER + TABLES[name]), DIALECT, Position(len(HEADER), 1))
    assert isinstance(table.read(1_000), Columns)


def test_a_table_of_several_blocks_and_one_of_a_single_column() -> None:
    lines = [f"{number},{'x' * 90},y" for number in range(30_000)]
    raw = HEADER + "\n".join(lines).encode()
    rows, position = read(raw, DIALECT, 20_000)
    assert rows == [(2 + index, line.split(",")) for index, line in enumerate(lines)]
    assert (position.offset, position.line) == (len(raw), 30_001)
    one = Dialect(",", ("a",))
    assert read(HEADER + b"x\n \ny\n", one, 10)[0] == [(2, ["x"]), (4, ["y"])]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_no_more_rows_are_read_than_asked_for(count: int) -> None:
    table = TableBlocks(io.BytesIO(HEADER + b"1,x,y\n2,x,y\n3,x,y"), DIALECT, Position(len(HEADER), 1))
    found = table.read(count)
    assert isinstance(found, Columns)
    assert found.rows == count


def test_a_line_without_end_is_refused() -> None:
    with pytest.raises(Unreadable, match="more than 1,000,000 bytes"):
        read(HEADER + b"x" * 3_000_000, DIALECT, 10)


def test_a_quoted_line_that_is_too_long_is_refused_as_by_the_reader() -> None:
    dialect = Dialect(",", tuple("abcdefghij"))
    raw = HEADER + b",".join([b'"' + b"x" * 101_000 + b'"'] * 10) + b"\n"
    with pytest.raises(Unreadable, match="more than 1,000,000 bytes"):
        read(raw, dialect, 10)
