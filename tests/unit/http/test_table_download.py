"""Downloads of tables in all formats: cells, lines, the first page, and what a format has no room for."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pyogrio.raw
import pytest
import shapely

from app.domain.text.typed_columns import CellKind, TypedColumn, typed_columns
from app.errors import BadRequest
from app.web.http.table_download import Row, Table, table_response
from app.web.http.table_formats import TableFormat

COLUMNS = typed_columns(
    ("name", "latitude", "longitude", "", "name"), numbers=("latitude", "longitude"), dates=(), booleans=()
)
ROWS: list[Row] = [
    ["Zoë & <b>", 37.5, -122.25, "02134", "=HYPERLINK(1)"],
    ["Nobody", None, None, "", "a\x0bb _x0041_"],
    ["'=1", 1.0, 2.0, "12345678901234567890", None],
]


async def pages_of(*pages: Sequence[Row]) -> AsyncIterator[Sequence[Row]]:
    for page in pages:
        yield page


def table(*pages: Sequence[Row], **more: Any) -> Table:
    return Table("people", **{"columns": COLUMNS, "pages": pages_of(*pages), "point": (1, 2), **more})


async def body_of(table: Table, format: TableFormat, *, bom: bool = True) -> bytes:
    response: Any = await table_response(table, format, bom=bom)
    sent: list[bytes] = []

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))

    async def receive() -> Any:
        raise AssertionError("nothing is received")

    await response({"type": "http", "asgi": {"spec_version": "2.4"}}, receive, send)
    return b"".join(sent)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("plain", "plain"),
        ("+1 555 123-4567", "+1 555 123-4567"),
        (-1.5, "-1.5"),
        (True, "true"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05+00:00"),
        (None, ""),
    ],
)
async def test_cells_of_csv(value: object, cell: str) -> None:
    text = await body_of(Table("x", typed_columns(("a", "b")), pages_of([[value, "x"]])), TableFormat.CSV, bom=False)
    assert text.decode() == f"a,b\r\n{cell},x\r\n"


async def test_csv_begins_with_a_byte_order_mark_and_has_the_header_as_it_was() -> None:
    raw = await body_of(table(ROWS[:1], [], ROWS[1:]), TableFormat.CSV)
    assert raw.startswith(b"\xef\xbb\xbfname,latitude,longitude,,name\r\n")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert rows[1] == ["Zoë & <b>", "37.5", "-122.25", "02134", "'=HYPERLINK(1)"]
    assert len(rows) == 4
    assert (await body_of(table(), TableFormat.CSV)).decode("utf-8-sig") == "name,latitude,longitude,,name\r\n"


async def test_csv_quotes_as_the_file_did() -> None:
    quoted = table(ROWS[:1], quoted=(0, 3), is_header_quoted=True, delimiter=";")
    lines = (await body_of(quoted, TableFormat.CSV)).decode("utf-8-sig").splitlines()
    assert lines == ['"name";"latitude";"longitude";"";"name"', '"Zoë & <b>";37.5;-122.25;"02134";\'=HYPERLINK(1)']


async def test_a_spreadsheet_has_text_as_text(tmp_path: Path) -> None:
    raw = await body_of(table(ROWS[:2], ROWS[2:]), TableFormat.XLSX)
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["name", "latitude", "longitude", None, "name"]
    assert rows[1] == ["Zoë & <b>", 37.5, -122.25, "02134", "=HYPERLINK(1)"]
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "n", "s", "s"], "a formula would be calculated"
    assert rows[2][:4] == ["Nobody", None, None, None]
    assert rows[3][3] == "12345678901234567890"
    assert sheet.title == "people"


async def test_cells_of_a_spreadsheet_come_back_with_their_types() -> None:
    columns = [
        TypedColumn("zip", [CellKind.NUMBER, CellKind.TEXT], "00000"),
        TypedColumn("born", [CellKind.DATE], 14),
        TypedColumn("seen", [CellKind.DATE]),
        TypedColumn("active", [CellKind.BOOLEAN]),
        TypedColumn("note", [CellKind.TEXT]),
    ]
    row = ["2134", "1980-05-17", "2024-01-05 10:30:00", "TRUE", "2134"]
    other = ["02134", "1700-01-01", "?", "", "007"]
    raw = await body_of(Table("x", columns, pages_of([row, other])), TableFormat.XLSX)
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).worksheets[0]
    assert [cell.value for cell in sheet[2]] == [
        2134, datetime(1980, 5, 17), datetime(2024, 1, 5, 10, 30), True, "2134",
    ]  # fmt: skip
    assert [cell.number_format for cell in sheet[2]][:3] == ["00000", "mm-dd-yy", "yyyy-mm-dd hh:mm:ss"]
    assert [cell.value for cell in sheet[3]] == ["02134", "1700-01-01", "?", None, "007"]


async def test_map_formats_have_every_row(tmp_path: Path) -> None:
    collection = orjson.loads(await body_of(table(ROWS[:1], [], ROWS[1:]), TableFormat.GEOJSON))
    lines = (await body_of(table(ROWS), TableFormat.GEOJSONL)).splitlines()
    assert [orjson.loads(line) for line in lines] == collection["features"]
    first, second, _ = collection["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [-122.25, 37.5]} and second["geometry"] is None
    assert first["properties"] == {"name": "Zoë & <b>", "column 4": "02134", "name 2": "=HYPERLINK(1)"}
    (tmp_path / "people.gpkg").write_bytes(await body_of(table(ROWS[:1], ROWS[1:]), TableFormat.GPKG))
    meta, _, blobs, fields = pyogrio.raw.read(tmp_path / "people.gpkg")
    assert list(meta["fields"]) == ["name", "latitude", "longitude", "column 4", "name 2"]
    assert fields[0].tolist() == ["Zoë & <b>", "Nobody", "'=1"] and fields[1].tolist()[0] == 37.5
    assert shapely.from_wkb(blobs)[0] == shapely.Point(-122.25, 37.5) and blobs[1] is None
    assert meta["crs"] == "EPSG:4326"
    (tmp_path / "people.kml").write_bytes(await body_of(table(ROWS), TableFormat.KML))
    meta, _, blobs, fields = pyogrio.raw.read(tmp_path / "people.kml")
    assert len(blobs) == 3 and blobs[1] is None
    assert fields[list(meta["fields"]).index("name_2")].tolist()[:2] == ["=HYPERLINK(1)", "a b _x0041_"]


@pytest.mark.parametrize("format", list(TableFormat))
async def test_cells_beyond_the_columns_are_kept(format: TableFormat) -> None:
    raw = await body_of(table([["A", 1.0, 2.0, "", "error", "beyond", "more"]]), format)
    if format is TableFormat.XLSX:
        sheet = openpyxl.load_workbook(io.BytesIO(raw)).worksheets[0]
        assert [cell.value for cell in sheet[2]][4:] == ["error", "beyond", "more"]
    else:
        assert b"beyond" in raw and b"more" in raw


@pytest.mark.parametrize("format", list(TableFormat))
async def test_without_rows(format: TableFormat) -> None:
    raw = await body_of(table(), format)
    assert raw or format is TableFormat.GEOJSONL


async def test_what_a_spreadsheet_has_no_room_for() -> None:
    with pytest.raises(BadRequest, match=r"A cell of row 2 has 40,000 characters.*Use CSV"):
        await table_response(table([["x" * 40_000, None, None, "", ""]]), TableFormat.XLSX)
    wide = Table("x", typed_columns(f"c{n}" for n in range(20_000)), pages_of())
    with pytest.raises(BadRequest, match="room for 16,384"):
        await table_response(wide, TableFormat.XLSX)


async def test_an_error_in_the_first_page_comes_before_the_response() -> None:
    async def failing() -> AsyncIterator[Sequence[Row]]:
        raise ConnectionError
        yield

    for format in TableFormat:
        with pytest.raises(ConnectionError):
            await table_response(table(pages=failing()), format)


async def test_the_file_name_is_plain_ascii_and_says_that_it_is_a_part() -> None:
    named = Table('wähler"; x=1', COLUMNS, pages_of(), partial="cancelled")
    response = await table_response(named, TableFormat.CSV)
    assert response.headers["content-disposition"] == 'attachment; filename="w_hler__ x_1-partial.csv"'
    assert response.headers["trigpoint-partial"] == "cancelled"
