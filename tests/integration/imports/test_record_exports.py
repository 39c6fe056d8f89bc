"""Downloads of parcels and points of interest, in every format, and back again as imports."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import aiohttp
import openpyxl
import orjson
import pyogrio.raw
import pytest
import shapely

from tests.integration.households.calls import Answer, call
from tests.integration.imports.conftest import Send

SQUARE = "POLYGON ((-78.9 36, -78.899 36, -78.899 36.001, -78.9 36.001, -78.9 36), (-78.8995 36.0004, -78.8995 36.0006, -78.8993 36.0006, -78.8995 36.0004))"  # fmt: skip # noqa: E501
TWO = "MULTIPOLYGON (((-78.9 36.1, -78.899 36.1, -78.899 36.101, -78.9 36.1)), ((-78.8 36.1, -78.799 36.1, -78.799 36.101, -78.8 36.1)))"  # fmt: skip # noqa: E501
PARCELS = (
    "parcel_id,owner,situs_addr,city,state,zip,zoning,wkt\n"
    f'0012,"Lee, Ann",1 Main St,Durham,NC,27701,R-1,"{SQUARE}"\n0013,=Roe,2 Main St,Durham,NC,27701,,"{TWO}"\n'
    "0014,Poe,3 Main St,Durham,NC,27701,R-2,\n"
).encode()
POIS = b"id,name,category,lat,lon,hours\n7,Caf\xc3\xa9,cafe,36.1,-78.9,9-5\n8,Shop,bakery,36.2,-78.8,\n"


async def export(client: aiohttp.ClientSession, what: str, format: str, **query: str) -> Answer:
    answer = await call(client, "GET", f"/api/v1/{what}/export", params={"format": format, **query})
    assert answer.status == 200, answer.raw
    return answer


def rows(answer: Answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.raw.decode("utf-8-sig"), newline="")))


@pytest.fixture
async def loaded(imported: Send) -> None:
    assert (await imported("parcels", PARCELS, source="durham"))["result"]["inserted"] == 3
    assert (await imported("pois", POIS, source="osm"))["result"]["inserted"] == 2


@pytest.mark.usefixtures("loaded")
async def test_tables(client: aiohttp.ClientSession) -> None:
    answer = await export(client, "parcels", "csv")
    assert "parcels.csv" in answer.headers["Content-Disposition"]
    first, second, third = rows(answer)
    assert (first["source"], first["id"], first["owner"], first["zipCode"]) == ("durham", "0012", "Lee, Ann", "27701")
    assert shapely.equals_exact(shapely.from_wkt(first["wkt"]), shapely.from_wkt(SQUARE), 1e-7, normalize=True)
    assert orjson.loads(first["extra"]) == {"zoning": "R-1"} and float(first["areaM2"]) > 9000
    assert second["owner"] == "'=Roe" and third["wkt"] == third["latitude"] == ""
    book = openpyxl.load_workbook(io.BytesIO((await export(client, "parcels", "xlsx")).raw)).active
    assert book is not None and book.max_row == 4 and book["B2"].value == "0012"
    assert [row["name"] for row in rows(await export(client, "pois", "csv", bom="false"))] == ["Café", "Shop"]


@pytest.mark.usefixtures("loaded")
async def test_maps_have_the_outlines(client: aiohttp.ClientSession, tmp_path: Path) -> None:
    features = orjson.loads((await export(client, "parcels", "geojson")).raw)["features"]
    assert [f["geometry"] and f["geometry"]["type"] for f in features] == ["Polygon", "MultiPolygon", None]
    assert "wkt" not in features[0]["properties"] and features[0]["properties"]["id"] == "0012"
    kml = (await export(client, "parcels", "kml")).raw.decode()
    assert (kml.count("<Polygon>"), kml.count("<innerBoundaryIs>"), kml.count("<MultiGeometry>")) == (3, 1, 1)
    assert re.search(r"<coordinates>-78\.9,36\.0 ", kml) and "POLYGON" not in kml
    package = tmp_path / "parcels.gpkg"
    package.write_bytes((await export(client, "parcels", "gpkg")).raw)
    meta, _, geometries, fields = pyogrio.raw.read(package)
    assert meta["geometry_type"] == "MultiPolygon" and "wkt" not in meta["fields"] and meta["crs"] == "EPSG:4326"
    assert list(fields[list(meta["fields"]).index("id")]) == ["0012", "0013", "0014"]
    shapes = shapely.from_wkb(geometries)
    assert shapely.equals_exact(shapely.get_parts(shapes[0])[0], shapely.from_wkt(SQUARE), 1e-7, normalize=True)
    points = orjson.loads((await export(client, "pois", "geojson")).raw)["features"]
    assert points[0]["geometry"] == {"type": "Point", "coordinates": [-78.9, 36.1]}


@pytest.mark.usefixtures("loaded")
async def test_what_was_exported_can_be_imported_again(client: aiohttp.ClientSession, imported: Send) -> None:
    for what, source in (("parcels", "durham"), ("pois", "osm")):
        before = (await export(client, what, "csv")).raw
        job: dict[str, Any] = await imported(what, before, source=f"{source} copy")
        assert job["result"]["rejected"] == 0
        copied = rows(await export(client, what, "csv", source=f"{source} copy"))
        originals = rows(await export(client, what, "csv", source=source))
        same = ("id", "owner", "address", "latitude", "longitude", "wkt", "name", "category")
        assert [[row.get(n) for n in same] for row in copied] == [[row.get(n) for n in same] for row in originals]


@pytest.mark.usefixtures("loaded")
async def test_retired_records_are_left_out(client: aiohttp.ClientSession, imported: Send) -> None:
    await imported("pois", POIS[: POIS.rindex(b"8,")], source="osm", retireMissing=True, maxRetireRate=1)
    assert [row["id"] for row in rows(await export(client, "pois", "csv"))] == ["7"]
    found = rows(await export(client, "pois", "csv", retired="true"))
    assert [bool(row["retiredAt"]) for row in found] == [False, True]
    assert (await call(client, "GET", "/api/v1/pois/export", params={"colour": "red"})).status == 400


async def test_pages_are_joined(client: aiohttp.ClientSession, imported: Send) -> None:
    lines = "".join(f"{number:05},P{number},cafe,36.1,-78.9\n" for number in range(1_201))
    await imported("pois", f"id,name,category,lat,lon\n{lines}".encode(), source="many")
    assert [row["id"] for row in rows(await export(client, "pois", "csv"))] == [f"{n:05}" for n in range(1_201)]
