"""The CSV reader: line numbers, resuming at a position, and arbitrary input."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.text.csv_reader import BrokenRow, CsvReader, Dialect, Position, Row
from app.domain.text.csv_table import read_header
from app.domain.text.errors import Unreadable

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=12)


def read(raw: bytes, dialect: Dialect | None = None, position: Position | None = None) -> list[Row]:
    records = CsvReader(io.BytesIO(raw), dialect or Dialect(), position)
    found = []
    while some := records.read(3):
        found += some
    return found


def written(rows: list[list[str]], delimiter: str = ",", end: str = "\n") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue().encode()


@given(TABLES, st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n"]))
def test_what_csv_writes_is_read_back(rows: list[list[str]], delimiter: str, end: str) -> None:
    cells = [one for _, one in read(written(rows, delimiter, end), Dialect(delimiter))]
    assert cells == rows


@given(st.binary(max_size=400), st.sampled_from([Dialect(), Dialect("\t"), Dialect(",", carriage_returns=True)]))
def test_any_bytes_are_rows_or_broken_rows(raw: bytes, dialect: Dialect) -> None:
    found = read(raw, dialect)
    lines = [line for line, _ in found]
    assert lines == sorted(lines)
    assert all(isinstance(cells, (list, BrokenRow)) for _, cells in found)


@given(st.binary(max_size=300), st.integers(0, 8))
def test_reading_resumes_where_it_stopped(raw: bytes, stop: int) -> None:
    records = CsvReader(io.BytesIO(raw), Dialect())
    first = records.read(stop)
    rest = read(raw, position=records.position)
    whole = read(raw)
    if records.position.offset:  # a byte order mark is one only at the beginning
        assert first + rest == whole


@given(TABLES, st.integers(0, 11))
def test_an_open_quote_costs_its_own_line(rows: list[list[str]], at: int) -> None:
    # cells that are written without quotes: one that has some might close what is open
    plain = [["".join(char for char in cell if char not in ',"\r\n') + "x" for cell in row] for row in rows]
    lines = written(plain).splitlines(keepends=True)
    at = min(at, len(lines))
    lines.insert(at, b'"never,closed\n')
    found = read(b"".join(lines))
    assert [cells for _, cells in found if not isinstance(cells, BrokenRow)] == plain
    assert [line for line, cells in found if isinstance(cells, BrokenRow)] == [at + 1]


def test_lines_are_physical_and_blank_ones_are_skipped() -> None:
    raw = b'a,b\n\n"x\ny",2\r\n   \n3,4'
    assert read(raw) == [(1, ["a", "b"]), (3, ["x\ny", "2"]), (6, ["3", "4"])]


def test_old_macintosh_lines() -> None:
    assert read(b"a,b\r1,2\r3,4", Dialect(carriage_returns=True)) == [(1, ["a", "b"]), (2, ["1", "2"]), (3, ["3", "4"])]


def test_each_line_is_decoded_separately() -> None:
    raw = "\ufeffPeña,1\n".encode() + "Müller,2\n".encode("cp1252") + b"\x81,3\n"
    assert [cells for _, cells in read(raw)] == [["Peña", "1"], ["Müller", "2"], ["\x81", "3"]]


def test_long_lines_and_cells_are_refused() -> None:
    with pytest.raises(Unreadable, match="1,000,000 bytes"):
        read(b"a,b\n" + b"x" * 1_000_001)
    line, cells = read(b'a\n"' + b"x" * 200_000 + b'"\n')[1]
    assert line == 2 and isinstance(cells, BrokenRow) and "131,072" in cells.error


@pytest.mark.parametrize(("head", "says"), [(b"", "empty"), (b'"a', "quote"), (b"a," * 3_000, "columns")])
def test_unusable_headers(head: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read_header(head, Dialect())
