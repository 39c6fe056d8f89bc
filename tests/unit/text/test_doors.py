"""One file gives the same rows at every door: households, businesses, companies, geocoding of files and imports."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import pytest

from app.domain.addresses.columns import COLUMNS as ADDRESS_COLUMNS
from app.domain.addresses.columns import AddressColumns
from app.domain.companies import input as companies
from app.domain.households import input as households
from app.domain.imports import layout
from app.domain.imports.businesses import BusinessReader, recognise_business_file
from app.domain.imports.survey import Survey
from app.domain.imports.voters import COLUMNS, VoterReader
from app.domain.text.csv_reader import BrokenRow, CsvReader, Position
from app.domain.text.encodings import to_utf8
from app.domain.text.errors import TooManyRows, Unreadable
from app.domain.websites import business_files

Rows = list[tuple[int, str | None, str | None, str | None, str | None]]
"""Line, id, street, state and ZIP code; of a row that cannot be read the line alone."""


def survey(raw: bytes) -> Survey:
    made = Survey()
    made.feed(raw)
    made.format()
    return made


def as_households(raw: bytes) -> Rows:
    batch = households.from_csv(raw, "us", 100)
    rows: Rows = [(error.line, None, None, None, None) for error in batch.errors]
    lines = [line for line in range(2, batch.total + 2) if line not in {row[0] for row in rows}]
    for line, home in zip(lines, batch.households, strict=False):  # titles and totals shift the lines
        rows.append((line, home.external_id, home.address, home.state, home.zip_code))
    return sorted(rows)


def as_businesses(raw: bytes) -> Rows:
    rows: Rows = []
    for line, values in business_files.from_csv(raw, 100)[0]:
        if isinstance(values, str):
            rows.append((line, None, None, None, None))
        else:
            names = ("externalId", "address", "state", "zipCode")
            rows.append((line, *(values.get(name) for name in names)))  # type: ignore[arg-type]  # four of them
    return rows


def as_companies(raw: bytes) -> Rows:
    rows: Rows = []
    for line, values in companies.from_csv(raw, 100)[0]:
        if isinstance(values, str):
            rows.append((line, None, None, None, None))
        else:
            others: Sequence[str] = list(values["attributes"].values())
            rows.append((line, values["external_id"], *others[:3]))
    return rows


def for_geocoding(raw: bytes) -> Rows:
    raw = to_utf8(raw)  # as the intake of uploads does
    found = layout.recognise_table(survey(raw), ADDRESS_COLUMNS.known)
    columns = AddressColumns.find(found.header, {})
    rows: Rows = []
    for line, cells in CsvReader(io.BytesIO(raw), found.dialect, Position(*found.start)).read(100):
        if isinstance(cells, BrokenRow):
            rows.append((line, None, None, None, None))
        else:
            try:
                address = columns.address(cells, "us", [])
            except ValueError:
                rows.append((line, cells[0], None, None, None))
            else:
                rows.append((line, cells[0], address.street, address.state, address.zip_code))
    return rows


def as_voters(raw: bytes) -> Rows:
    raw = to_utf8(raw)  # as the intake of uploads does
    found = layout.recognise_voter_file(survey(raw), None, {})
    chunk = VoterReader(io.BytesIO(raw), found, found.start_position).chunk()
    rows: Rows = [(row.line, None, None, None, None) for row in chunk.rejected_rows]
    wanted = [COLUMNS.index(name) + 1 for name in ("record_id", "address", "state", "zip_code")]
    for text in chunk.rows.decode().splitlines():
        cells = text.split("\t")
        rows.append((int(cells[0]), *(cells[index] for index in wanted)))  # type: ignore[arg-type]  # four of them
    return sorted(rows)


def as_business_import(raw: bytes) -> Rows:
    raw = to_utf8(raw)  # as the intake of uploads does
    found = recognise_business_file(survey(raw), {})
    chunk = BusinessReader(io.BytesIO(raw), found, found.start_position, normalise=str).chunk()
    rows: Rows = [(row.line, None, None, None, None) for row in chunk.rejected_rows]
    for line, business in chunk.businesses:
        rows.append((line, business.external_id, business.address, business.state, business.zip_code))
    return sorted(rows)


DOORS = [as_households, as_businesses, as_companies, for_geocoding, as_voters, as_business_import]
HEADER = ["ID", "Street Address", "ST", "Postal Code", "Company"]
ROWS = [["1", "12 Main St", "CA", "94520", "A"], ["2", "2 Peña Rd", "CA", "94521", "B"]]
EXPECTED: Rows = [(2, "1", "12 Main St", "CA", "94520"), (3, "2", "2 Peña Rd", "CA", "94521")]

door = pytest.mark.parametrize("door", DOORS, ids=lambda read: read.__name__)


def table(delimiter: str = ",", end: str = "\n") -> str:
    return end.join(delimiter.join(cells) for cells in [HEADER, *ROWS]) + end


@door
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(door: Callable[[bytes], Rows], delimiter: str) -> None:
    assert door(table(delimiter).encode()) == EXPECTED


@door
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(door: Callable[[bytes], Rows], end: str) -> None:
    assert door(table(end=end).encode()) == EXPECTED


@door
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_encodings(door: Callable[[bytes], Rows], encoding: str) -> None:
    assert door(table().encode(encoding)) == EXPECTED


@door
def test_an_undefined_byte_does_not_refuse_the_file(
    door: Callable[[bytes], Rows],
) -> None:
    raw = table().encode() + b"3,3 Oak\x81 St,CA,94522,C\n"
    assert door(raw)[:2] == EXPECTED


@door
def test_a_stray_quote_costs_its_own_line(door: Callable[[bytes], Rows]) -> None:
    lines = table().splitlines()
    raw = "\n".join([lines[0], '9,"9 Open St,CA,94529,Z', *lines[1:]]).encode()
    later: Rows = [(line + 1, *rest) for line, *rest in EXPECTED]  # type: ignore[misc]
    assert door(raw) == [(2, None, None, None, None), *later]


@door
@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", "a PDF"),
        (b"\n<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>\n", "a web page"),
        (bytes(range(32)) * 40, "binary"),
        (b'"ID,Street Address,Company\n1,12 Main St,A\n', "quote"),
        (b"colour,shape\nred,round\n", "header"),
    ],
    ids=["empty", "pdf", "html", "binary", "open quote", "unknown columns"],
)
def test_unreadable_files(door: Callable[[bytes], Rows], raw: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        door(raw)


@pytest.mark.parametrize("from_csv", [
    lambda raw, limit: households.from_csv(raw, "us", limit),
    business_files.from_csv,
    companies.from_csv,
], ids=["households", "businesses", "companies"])  # fmt: skip
def test_the_limit_of_rows(from_csv: Callable[[bytes, int], object]) -> None:
    from_csv(table().encode(), 2)
    with pytest.raises(TooManyRows):
        from_csv(table().encode(), 1)


@pytest.mark.parametrize("door", [door for door in DOORS if door is not as_companies])
def test_house_number_and_street_in_separate_columns(door: Callable[[bytes], Rows]) -> None:
    raw = b"ID,House Number,Street,ST,Postal Code,Company\n1,12,Main St,CA,94520,A\n"
    assert door(raw) == EXPECTED[:1]


def values(rows: Rows) -> list[tuple[str | None, ...]]:
    """Return the rows without their lines, and without those that cannot be read."""
    return [row[1:] for row in rows if row[1:] != (None, None, None, None)]


@door
def test_excels_line_for_the_separator(door: Callable[[bytes], Rows]) -> None:
    for first in ("sep=;\r\n", '"sep=;"\r\n', "\ufeffsep=;\r\n"):
        assert values(door((first + table(";", "\r\n")).encode())) == values(EXPECTED)


@door
def test_line_ends_may_be_mixed(door: Callable[[bytes], Rows]) -> None:
    header, first, second = table().splitlines()
    for one, two, three in (("\n", "\r", "\n"), ("\r\n", "\r", ""), ("\r", "\n", "\r\n"), ("\r", "\r", "\n")):
        assert door(f"{header}{one}{first}{two}{second}{three}".encode()) == EXPECTED


@door
def test_byte_order_marks_of_files_that_were_put_together(door: Callable[[bytes], Rows]) -> None:
    header, first, second = table().splitlines(keepends=True)
    assert door(("\ufeff" + header + first + "\ufeff" + second).encode()) == EXPECTED


@door
def test_titles_above_and_totals_below_the_data(door: Callable[[bytes], Rows]) -> None:
    title = "Registered voters of the county,,,,\nas of 1 March,,,,\n\n"
    for total in (
        "Total,,,,2\n",
        "Total records: 2\n",
        ",,,Grand Total,2\n",
        "(2 rows affected)\n",
        "Source: county,,,,\n",
    ):
        found = door((title + table() + total).encode())
        assert values(found) == values(EXPECTED), total


@door
def test_a_repeated_header_is_not_a_row(door: Callable[[bytes], Rows]) -> None:
    header, first, second = table().splitlines(keepends=True)
    raw = header + first + header.lower() + second
    assert values(door(raw.encode())) == values(EXPECTED)


def test_columns_that_hold_something_else_are_not_used_at_any_door() -> None:
    batch = households.from_csv(b"address,state,city\n1 Oak St,2020-01-02,Reno\n2 Oak St,2021-01-02,Reno\n", "us", 9)
    assert [household.state for household in batch.households] == [None, None] and not batch.warnings
    assert len(batch.column_warnings) == 1 and 'mapping={"state": "state"}' in batch.column_warnings[0]
    assert batch.columns[1].note == "is named like the state, but holds dates; it is not used"
    rows, uses = companies.from_csv(b"name,website\nAcme,Smith\nBolt,Jones\n", 9)
    assert [values["attributes"] for _, values in rows if isinstance(values, dict)] == [
        {"website": "Smith"}, {"website": "Jones"},
    ]  # fmt: skip
    assert uses[1].kept and uses[1].note is not None
    _, uses = business_files.from_csv(b"name,phone\nAcme,1/2/2020\nBolt,2/3/2020\n", 9)
    assert uses[1].fields == () and uses[1].note is not None
    with pytest.raises(Unreadable, match=r"The column 'wo' looks like an address: mapping={\"address\": \"wo\"}"):
        households.from_csv(b"wer,wo\nA,1 Oak St\nB,2 Oak St\n", "us", 9)
