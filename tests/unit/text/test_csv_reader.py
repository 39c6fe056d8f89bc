"""The CSV reader: line numbers, resuming at a position, and arbitrary input."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.text.csv_reader import BrokenRow, CsvReader, Dialect, Position, Row
from app.domain.text.csv_table import recognise
from app.domain.text.errors import Unreadable
from app.domain.text.not_data import NotData

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
def test_written_csv_is_read_back(rows: list[list[str]], delimiter: str, end: str) -> None:
    cells = [one for _, one in read(written(rows, delimiter, end), Dialect(delimiter))]
    assert cells == rows


@given(st.binary(max_size=400), st.sampled_from([Dialect(), Dialect("\t"), Dialect(",", ("id", "name", "total"))]))
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
    assert read(b"a,b\r1,2\r3,4", Dialect()) == [(1, ["a", "b"]), (2, ["1", "2"]), (3, ["3", "4"])]


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
        recognise(head, ())


def test_a_bare_carriage_return_ends_a_row_unless_it_is_quoted() -> None:
    raw = b'1,a\n2,b\r3,c\n4,"d\re"\r\n'
    assert read(raw) == [(1, ["1", "a"]), (2, ["2", "b"]), (3, ["3", "c"]), (4, ["4", "d\re"])]


@given(st.integers(1, 70_000), st.sampled_from(["\n", "\r\n", "\r"]))
def test_lines_across_blocks(length: int, end: str) -> None:
    raw = (f"{'x' * length},1{end}" * 3).encode()
    assert read(raw) == [(line, ["x" * length, "1"]) for line in (1, 2, 3)]


@pytest.mark.parametrize("cells", [
    ["Total", "", "3"], ["TOTAL:", "", ""], ["", "Grand total", "1,234"], ["Total records: 12", "", ""], ["Totals"],
    ["(12 rows affected)"], ["Number of voters: 3", "", ""], ["id", "name", "amount"], [" ID ", "Name", "AMOUNT"],
    ["Source: county clerk", "", ""], ["End of report", "", ""],
])  # fmt: skip
def test_rows_that_are_no_data(cells: list[str]) -> None:
    assert NotData(["id", "name", "amount"]).find_reason(cells)


@pytest.mark.parametrize("cells", [
    ["1", "Total", ""], ["T1", "Total Wine", "3"], ["Total", "Lyon", ""], ["Total Wine & More", "", ""],
    ["id", "", ""], ["Source", "", ""], ["12", "", ""], ["Records", "", ""], ["Notes St", "", ""], ["", "", "7"],
])  # fmt: skip
def test_rows_that_look_like_totals_and_are_data(cells: list[str]) -> None:
    assert NotData(["id", "name", "amount"]).find_reason(cells) is None


def test_the_reader_recognises_them_by_its_header() -> None:
    raw = b"a,1,2\nID,Name,Amount\nb,3,4\nTotal,,6\n"
    found = read(raw, Dialect(",", ("id", "name", "amount")))
    assert [(line, cells) for line, cells in found if isinstance(cells, list)] == [
        (1, ["a", "1", "2"]), (3, ["b", "3", "4"]),
    ]  # fmt: skip
    broken = [(line, cells.code, cells.error) for line, cells in found if isinstance(cells, BrokenRow)]
    assert broken == [(2, "not_data", "repeats the header"), (4, "not_data", "is a total, not a record")]


def test_a_header_below_titles_is_found_with_its_line() -> None:
    table = recognise(b"County of X\n\nVoters;2024\nid;city;zip;name\n1;A;2;3\n", {"id", "city", "zip"})
    assert (table.header, table.title_lines, table.start) == (["id", "city", "zip", "name"], 2, Position(42, 4))


def test_a_first_row_of_the_full_width_is_the_header() -> None:
    table = recognise(b"code,place,x\nid,city,zip\n", {"id", "city", "zip"})
    assert table.header == ["code", "place", "x"]
