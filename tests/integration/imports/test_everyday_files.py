"""Files as offices send them: read as they are meant."""

from __future__ import annotations

import io

import openpyxl
import pytest

from app.domain.imports import pois
from app.domain.imports.layout import recognise_table
from app.domain.imports.upload_kinds import UploadKind, likely_kinds
from app.domain.text.csv_table import recognise
from app.domain.text.errors import Unreadable
from app.domain.text.numbers import degrees
from tests.integration.imports.test_conversions import stored
from tests.integration.imports.test_fuzz import take

ROWS = (
    ("0001", "DOE", "ANN", "12 MAIN ST", "ERIE", "PA", "16501"),
    ("0002", "ROE", "BOB", "14 MAIN ST", "ERIE", "PA", "16501"),
    ("0003", "POE", "CAT", "16 MAIN ST", "ERIE", "PA", "16502"),
)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_quoted_table_without_a_header(delimiter: str) -> None:
    raw = "".join(delimiter.join(f'"{cell}"' for cell in row) + "\r\n" for row in ROWS).encode()
    found = recognise(raw, {"voterid", "address"})
    assert found.headerless and found.dialect.delimiter == delimiter and len(found.header) == 7


def test_a_broken_header_is_still_an_error() -> None:
    with pytest.raises(Unreadable, match="quote"):
        recognise(b'"voter id\n1\n', {"voterid"})


def book(*sheets: tuple[str, list[list[object]]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("sheets", "begins"),
    [
        ([("Read me", [["Export of 2026"]]), ("Data", [["id", "zip"], [1, "02108"]])], b"id,zip"),
        ([("Notes", [["one"], ["two"], ["three"]]), ("Data", [["id", "zip"], [1, "02108"]])], b"id,zip"),
        ([("Empty", []), ("List", [["address"], ["1 Main St"]])], b"address"),
        ([("First", [["id", "zip"], [1, "x"]]), ("Second", [["a", "b"], [1, "y"]])], b"id,zip"),
        ([("Only", [["id"]])], b"id"),
    ],
)
def test_the_first_sheet_with_a_table_is_read(sheets: list[tuple[str, list[list[object]]]], begins: bytes) -> None:
    assert stored(book(*sheets))[1].startswith(begins)


def test_coordinates_with_decimal_commas() -> None:
    raw = "id;name;category;lat;lon\n1;Café;cafe;52,52;13,405\n2;Shop;bakery;-7,5;+13,41\n".encode("cp1252")
    format, survey, text = take(raw)
    layout = recognise_table(survey, set(pois.NAMES.known))
    chunk = pois.PoiReader(io.BytesIO(text), layout, layout.start_position, mapping={}).chunk()
    rows = [line.split("\t") for line in chunk.rows.decode().splitlines()]
    indexes = [1 + pois.COLUMNS.index(name) for name in ("latitude", "longitude")]
    assert [[float(row[index]) for index in indexes] for row in rows] == [[52.52, 13.405], [-7.5, 13.41]]
    assert degrees("1") == 1.0
    for text_ in ("1,2,3", "1.000,5", "1234,5", ",5", "north"):
        with pytest.raises(ValueError):
            degrees(text_)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (["VUID", "Last Name", "First Name", "DOB", "Residence Address", "City", "ZIP"], UploadKind.VOTERS),
        (["Elector Number Prefix", "Elector Number", "Elector Name", "Address1", "PostCode"], UploadKind.VOTERS),
        (["HH_ID", "HouseNo", "StreetName", "Town", "ST", "ZIP"], UploadKind.HOUSEHOLDS),
        (["Name", "Street", "City", "State", "Zip"], UploadKind.GEOCODE_FILE),
    ],
)
def test_what_a_file_most_likely_is(header: list[str], kind: UploadKind) -> None:
    assert likely_kinds(header)[0] is kind
