"""Reference data: imported in every format, replaced as a whole, listed with their coverage, and removed."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import orjson
import pyogrio.raw
import pytest
import shapely

from app.db.core.pool import Pool
from tests import harness
from tests.integration.imports.conftest import Send

Row = tuple[str, str, str, str, float, float]
ROWS: list[Row] = [
    (str(number), "N Main St", "Durham", "27701", 36.0 + number / 10_000, -78.9) for number in range(2, 42, 2)
] + [("12 1/2", "Oak Ln", "Durham", "27703", 36.1, -78.8)]


def county(rows: list[Row]) -> bytes:
    """A county's own columns."""
    lines = [f"{number},{street},{city},NC,{code},{x},{y}" for number, street, city, code, y, x in rows]
    return "\n".join(["ADDR_NUM,ST_NAME,POST_CITY,STATE,ZIP,LONGITUDE,LATITUDE", *lines]).encode()


def open_addresses(rows: list[Row]) -> bytes:
    lines = [f"{x},{y},{number},{street},,{city},,NC,{code},," for number, street, city, code, y, x in rows]
    return "\n".join(["LON,LAT,NUMBER,STREET,UNIT,CITY,DISTRICT,REGION,POSTCODE,ID,HASH", *lines]).encode()


def national(rows: list[Row]) -> bytes:
    """The National Address Database, with the name of a street in parts."""
    header = (
        "State,County,Inc_Muni,Post_City,Zip_Code,Add_Number,AddNum_Suf,St_PreDir,St_Name,St_PosTyp,Longitude,Latitude"
    )
    lines = []
    for number, street, city, code, y, x in rows:
        *before, name, kind = street.split()
        digits, _, rest = number.partition(" ")
        lines.append(f"NC,Durham,{city},{city},{code},{digits},{rest},{''.join(before)},{name},{kind},{x},{y}")
    return "\n".join([header, *lines]).encode()


def whole_lines(rows: list[Row]) -> bytes:
    lines = [f'"{number} {street}, {city}, NC {code}",{y},{x}' for number, street, city, code, y, x in rows]
    return "\n".join(["Address,lat,lon", *lines]).encode()


def feature(row: Row) -> dict[str, Any]:
    number, street, city, code, y, x = row
    properties = {"number": number, "street": street, "unit": "", "city": city, "region": "NC", "postcode": code}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Point", "coordinates": [x, y]}}


def geojson(rows: list[Row]) -> bytes:
    return orjson.dumps({"type": "FeatureCollection", "features": [feature(row) for row in rows]})


def geojson_lines(rows: list[Row]) -> bytes:
    return b"\n".join(orjson.dumps(feature(row)) for row in rows)


def overture(rows: list[Row]) -> bytes:
    """Overture's addresses as GeoJSON, whose towns are in a list."""
    features = [feature(row) for row in rows]
    for one, (number, street, city, code, _, _) in zip(features, rows, strict=True):
        levels = [{"value": "NC"}, {"value": city}]
        named = {"number": number, "street": street, "postcode": code, "address_levels": levels}
        one["properties"] = {"id": "0", "theme": "addresses", "type": "address", "country": "US", **named}
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def outlines(rows: list[Row]) -> bytes:
    """Parcels with addresses: a rectangle around each house."""
    features = [feature(row) for row in rows]
    for one in features:
        x, y = one["geometry"]["coordinates"]
        ring = [
            [x + dx, y + dy] for dx, dy in ((-1e-4, -1e-4), (1e-4, -1e-4), (1e-4, 1e-4), (-1e-4, 1e-4), (-1e-4, -1e-4))
        ]
        one["geometry"] = {"type": "Polygon", "coordinates": [ring]}
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def shapefile(rows: list[Row]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "points.shp"
        columns = [np.array(column, dtype=object) for column in zip(*(row[:4] for row in rows), strict=True)]
        points = shapely.to_wkb(shapely.points([row[5] for row in rows], [row[4] for row in rows]))
        pyogrio.raw.write(
            path, points, columns, ["ADDRNUM", "STREET", "CITY", "ZIP"], geometry_type="Point", crs="EPSG:4326"
        )
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for part in path.parent.glob("points.*"):
                archive.write(part, part.name)
        return packed.getvalue()


FORMATS: dict[str, Callable[[list[Row]], bytes]] = {
    "county": county,
    "open-addresses": open_addresses,
    "national": national,
    "whole-lines": whole_lines,
    "geojson": geojson,
    "geojson-lines": geojson_lines,
    "overture": overture,
    "outlines": outlines,
    "shapefile": shapefile,
}


@pytest.mark.parametrize("name", FORMATS)
async def test_each_format_gives_the_same_houses(name: str, imported: Send, db_pool: Pool) -> None:
    job = await imported("reference", FORMATS[name](ROWS), source="durham", state="NC")
    assert (job["result"]["inserted"], job["result"]["rejected"], job["result"]["streets"]) == (21, 0, 2), job
    houses = await db_pool.fetch(
        """SELECT t.name, t.before, t.suffix, t.city, t.state, t.postcode, p.number, p.mark,
                  round(p.latitude / 1e7::numeric, 4)::float8 AS latitude, p.longitude / 1e7::float8 AS longitude
           FROM reference_points AS p JOIN reference_streets AS t ON t.id = p.street_id ORDER BY t.name, p.number"""
    )
    assert tuple(houses[0])[:-1] == ("main", "n", "st", "DURHAM", "NC", "27701", 2, None, 36.0002)
    assert tuple(houses[-1])[:-2] == ("oak", "", "ln", "DURHAM", "NC", "27703", 12, "1/2")
    assert houses[-1]["longitude"] == pytest.approx(-78.8)


async def test_sources_are_listed_with_coverage_and_replaced_by_name(
    client: aiohttp.ClientSession, imported: Send, db_pool: Pool
) -> None:
    await imported("reference", county(ROWS), source="durham", dated="2026-05-01", licence="public domain")
    await imported("reference", county(ROWS[:1]), source="other")
    async with client.get("/api/v1/reference") as response:
        durham, other = (await response.json())["sources"]
    assert (durham["name"], durham["rows"], durham["dated"]) == ("durham", 21, "2026-05-01")
    assert (durham["licence"], durham["shared"], durham["area"]) == ("public domain", True, "us-nc-durham")
    assert durham["coverage"] == {"27701": 20, "27703": 1}
    assert durham["bounds"] == {"south": 36.0002, "west": -78.9, "north": 36.1, "east": -78.8}

    await imported("reference", county(ROWS[:3]), source="durham")
    async with client.get("/api/v1/reference") as response:
        sources = (await response.json())["sources"]
    assert [(source["name"], source["rows"]) for source in sources] == [("durham", 3), ("other", 1)]

    async def cleaned() -> bool:
        return bool(await db_pool.fetchval("SELECT count(*) = 4 FROM reference_points"))

    await harness.eventually(cleaned)

    async with client.delete(f"/api/v1/reference/{sources[0]['id']}") as response:
        assert response.status == 204
    async with client.get(f"/api/v1/reference/{sources[0]['id']}") as response:
        assert response.status == 404

    async def removed() -> bool:
        counts = [
            await db_pool.fetchval(f"SELECT count(*) FROM reference_{t}") for t in ("sources", "streets", "points")
        ]
        return counts == [1, 1, 1]

    await harness.eventually(removed)


async def test_rejected_rows_say_why(client: aiohttp.ClientSession, imported: Send) -> None:
    bad: list[Row] = [
        ("", "Main St", "Durham", "27701", 36.0, -78.9),
        ("12", "", "Durham", "27701", 36.0, -78.9),
        ("12", "Main St", "Durham", "27701", 836_000.0, 2_034_567.0),
    ]
    job = await imported("reference", county([*ROWS, *bad]), source="durham")
    assert (job["result"]["inserted"], job["result"]["rejected"]) == (21, 3)
    async with client.get(f"/api/v1/jobs/{job['id']}/rejected.csv") as response:
        reasons = [line.rpartition(",")[2] for line in (await response.text()).splitlines()[1:]]
    assert reasons == ["has no house number", "has no street", "has coordinates that are no degrees"]


async def test_a_dry_run_writes_nothing(imported: Send, db_pool: Pool) -> None:
    job = await imported("reference", county(ROWS), source="durham", dryRun=True)
    assert job["result"]["valid"] == 21
    assert await db_pool.fetchval("SELECT count(*) FROM reference_sources") == 0


async def test_a_table_without_coordinates_is_refused(send: Send) -> None:
    problem = await send("reference", b"Number,Street,City\n12,Main St,Durham\n", status=400)
    assert "coordinates" in problem["detail"]


async def test_a_failed_import_leaves_the_old_data(
    client: aiohttp.ClientSession, imported: Send, db_pool: Pool
) -> None:
    await imported("reference", county(ROWS), source="durham")
    nothing: list[Row] = [("", "Main St", "Durham", "27701", 36.0, -78.9)]
    await imported("reference", county(nothing), source="durham", ends="failed")
    async with client.get("/api/v1/reference") as response:
        assert [source["rows"] for source in (await response.json())["sources"]] == [21]
    assert await db_pool.fetchval("SELECT count(*) FROM reference_points") == 21


async def test_reference_data_are_removed_and_not_undone(client: aiohttp.ClientSession, imported: Send) -> None:
    job = await imported("reference", county(ROWS), source="durham")
    async with client.post(f"/api/v1/jobs/{job['id']}/undo") as response:
        assert response.status == 409
        assert "DELETE /api/v1/reference/" in (await response.json())["detail"]
