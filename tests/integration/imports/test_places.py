"""Parcels and points of interest, in every format."""

from __future__ import annotations

import asyncio
import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyogrio.raw
import pytest
import shapely
from pyproj import Transformer

from app.db.core.pool import Pool
from tests import registers
from tests.integration.imports.conftest import Send

PARCELS = [registers.parcel(n) for n in range(60)]


def wkt_table(parcels: list[dict[str, Any]]) -> bytes:
    rows = [
        {"PARCELID": one["properties"]["parcelnumb"], "GEOID": "37063", "OWNER": one["properties"]["owner"],
         "SITUS_ADDR": one["properties"]["address"], "WKT": shapely.from_geojson(orjson.dumps(one["geometry"])).wkt}
        for one in parcels
    ]  # fmt: skip
    return registers.table(rows)


FORMATS = {
    "geojson": registers.collection(PARCELS),
    "geojson-lines": b"\n".join(orjson.dumps(one) for one in PARCELS),
    "delimited": wkt_table(PARCELS),
}


@pytest.mark.parametrize("name", FORMATS)
async def test_parcels_in_each_format_twice(name: str, imported: Send, db_pool: Pool) -> None:
    job = await imported("parcels", FORMATS[name])
    assert (job["result"]["inserted"], job["result"]["rejected"], job["totalItems"]) == (60, 0, 60)
    row = await db_pool.fetchrow("SELECT * FROM parcels WHERE record_id = '37063:0000007'")
    assert row is not None
    shape = shapely.from_wkb(row["geometry"])
    assert shape.equals(shapely.from_geojson(orjson.dumps(PARCELS[7]["geometry"])))
    assert shape.centroid.x == pytest.approx(row["longitude"], abs=1e-6)
    assert 600 < row["area_m2"] < 1_600, "some 30 by 40 metres"
    assert row["owner"] and row["address"]
    again = (await imported("parcels", FORMATS[name], form=True))["result"]
    assert (again["unchanged"], again["inserted"], again["updated"]) == (60, 0, 0)


async def test_wrong_geometries(imported: Send, client: Any, db_pool: Pool) -> None:
    def polygon(*ring: list[float]) -> dict[str, Any]:
        return {"type": "Polygon", "coordinates": [list(ring)]}

    bow_tie = polygon([0, 0], [1, 1], [1, 0], [0, 1], [0, 0])
    parcels = [
        registers.parcel(0),
        registers.parcel(1, geometry=None),
        registers.parcel(2, geometry=bow_tie),
        registers.parcel(3, geometry={"type": "Point", "coordinates": [0, 0]}),
        registers.parcel(
            4, geometry=polygon([500_000, 4_000_000], [500_100, 4_000_000], [500_000, 4_000_100], [500_000, 4_000_000])
        ),
        registers.parcel(5, geometry=polygon([0, 0], [1, 1])),
        registers.parcel(6, geometry={"type": "Polygon", "coordinates": "none"}),
        registers.parcel(7, properties={"owner": "nobody"}),
        registers.parcel(8, type="Thing"),
        registers.parcel(9, properties=[]),
        {"what": "ever"},
        registers.parcel(0),
    ]
    lines = b"\n".join([*(orjson.dumps(one) for one in parcels), b"{cut off"])
    job = await imported("parcels", lines)
    result = job["result"]
    codes = {code: entry["count"] for code, entry in result["summary"].items()}
    assert codes == {
        "no_geometry": 1,
        "geometry_repaired": 1,
        "bad_geometry": 3,
        "projected_coordinates": 1,
        "no_id": 2,
        "not_a_feature": 2,
        "not_json": 1,
        "duplicate_in_file": 1,
    }
    assert (result["read"], result["rejected"], result["inserted"]) == (13, 9, 3)
    assert await db_pool.fetchval("SELECT count(*) FROM parcels WHERE geometry IS NULL") == 1
    async with client.get(f"/api/v1/jobs/{job['id']}/rejected.csv") as response:
        text = await response.text("utf-8-sig")
    assert text.splitlines()[0] == "feature,error_code,error" and "projected" in text


UNUSUAL = {
    "bad_geometry": (
        "POLYGON EMPTY",
        "POLYGON ((0 0, 1 1, 0 0))",
        "POLYGON ((0 0, inf 1, 2 0, 0 0))",
        "POLYGON ((0 0, 1e400 1, 2 0, 0 0))",
        "POLYGON ((nan nan, 1 1, 2 0, nan nan))",
        "CURVEPOLYGON ((0 0, 1 1, 1 0, 0 0))",
        "GEOMETRYCOLLECTION (" * 5000,
        "a\0b",
    ),
    "unreadable_number": ("POLYGON ((0 0, 1 1, 1 0, 0 0))",) * 3,
}


async def test_an_odd_geometry_rejects_only_its_own_row(imported: Send, db_pool: Pool) -> None:
    acres = iter(("nan", "inf", "1e999"))
    rows = [f'{code} {n},"{wkt}",{next(acres) if code == "unreadable_number" else ""}'
            for code, texts in UNUSUAL.items() for n, wkt in enumerate(texts)]  # fmt: skip
    rows.append('too\0 many,"POLYGON ((0 0, 1 1, 1 0, 0 0))",,')
    result = (await imported("parcels", "\n".join(["apn,wkt,acres", *rows]).encode()))["result"]
    assert {code: entry["count"] for code, entry in result["summary"].items()} == {
        "bad_geometry": 8,
        "unreadable_number": 3,
        "wrong_number_of_columns": 1,
    }
    assert await db_pool.fetchval("SELECT count(*) FROM parcels WHERE acres IS NULL AND geometry IS NOT NULL") == 3


async def test_features_that_postgres_or_json_cannot_store(imported: Send) -> None:
    deep = b'{"type":"Feature","properties":{"apn":"9","d":' + b"[" * 300 + b"]" * 300 + b'},"geometry":null}'
    lines = [b"\x1e" + orjson.dumps(registers.parcel(n)) for n in range(2)]
    result = (await imported("parcels", b"\n".join([*lines, b"\x1e" + deep])))["result"]
    assert (result["inserted"], result["rejected"]) == (2, 1)


async def test_a_good_row_after_a_rejected_one_of_the_same_parcel_counts(imported: Send) -> None:
    bad = registers.parcel(1, geometry={"type": "Point", "coordinates": [0, 0]})
    content = b"\n".join(orjson.dumps(one) for one in (bad, registers.parcel(1), registers.parcel(1)))
    result = (await imported("parcels", content))["result"]
    assert (result["rejected"], result["inserted"], result["duplicateInFile"]) == (1, 1, 1)


async def test_a_rejected_point_can_be_corrected_and_sent_again(imported: Send, client: Any, db_pool: Pool) -> None:
    job = await imported("pois", b"id,name,category,lat,lon\n1,=Cafe,,-35.5,-78.6\n2,Two,,1,2\n", ends="failed")
    async with client.get(f"/api/v1/jobs/{job['id']}/rejected.csv") as response:
        report = await response.text("utf-8-sig")
    assert "'=Cafe,,-35.5,-78.6" in report, "a spreadsheet must not run what a file said, and numbers stay numbers"
    again = await imported("pois", report.replace("'=Cafe,,", "'=Cafe,cafe,").encode())
    assert (again["result"]["inserted"], again["result"]["rejected"]) == (1, 1)
    row = await db_pool.fetchrow("SELECT name, latitude, longitude, extra FROM pois")
    assert row is not None and (row["name"], row["latitude"], row["longitude"]) == ("=Cafe", -35.5, -78.6)
    assert "error" not in row["extra"], "the report's columns are none of the file's"
    async with client.get(f"/api/v1/jobs/{again['id']}/rejected.csv") as response:
        report = await response.text("utf-8-sig")
    assert report.splitlines()[0] == "id,name,category,lat,lon,error_code,error" and len(report.splitlines()) == 2


REFUSED = [
        (b'{"type": "FeatureCollection", "features": [{"type": "Feature"', "cut off"),
        (b'{"type": "FeatureCollection", "features": []}', "no features"),
        (b'{"hello": "world"\n}', "no features"),
        (b"[1, 2, 3]", "neither a GeoJSON"),
        (b'{"type": "FeatureCollection", "features": [{"type" "Feature"}]}', "broken"),
        (
            b'{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::99999"}},"features":['
            + orjson.dumps(registers.parcel(1)) + b"]}",
            "coordinate system cannot be read ('urn:ogc:def:crs:EPSG::99999')",
        ),
        (
            registers.collection(
                [registers.parcel(1, geometry={"type": "Point", "coordinates": [2_000_000, 700_000]})]
            ),
            "projected",
        ),
        (b'{"type":"FeatureCollection","features":[{"a":"' + b"x" * 40_000_000, "32 MB"),
        (b"owner,wkt\nA,POINT (0 0)\n", "No column of the header can be the parcel's id"),
]  # fmt: skip


async def test_files_without_parcels_are_refused(send: Send, db_pool: Pool) -> None:
    for content, says in REFUSED:
        answer = await send("parcels", content, status=400)
        assert says in answer["error"], (content[:100], answer["error"])
    assert await db_pool.fetchval("SELECT count(*) FROM jobs") == 0


async def test_points_of_interest(imported: Send, db_pool: Pool) -> None:
    raw = (
        b"id,name,category,lat,lon\n1,Aldi,Grocery Store,36.1,-78.9\n"
        b"2,No place,cafe,north,-78\n3,None,,36,-78\n,X,cafe,1,2\n"
    )
    result = (await imported("pois", raw))["result"]
    assert (result["inserted"], result["rejected"]) == (1, 3)
    assert set(result["summary"]) == {"bad_coordinates", "no_category", "no_id"}
    features = [
        {
            "type": "Feature",
            "id": f"node/{n}",
            "properties": tags,
            "geometry": {"type": "Point", "coordinates": [-78.9, 36]},
        }
        for n, tags in enumerate(
            (
                {"shop": "supermarket", "name": "Lidl"},
                {"amenity": "pharmacy"},
                {"tags": {"shop": "greengrocer"}},
                {"type": "x"},
            )
        )
    ]
    result = (await imported("pois", registers.collection(features)))["result"]
    assert result["inserted"] == 4
    rows = await db_pool.fetch("SELECT record_id, name, category, latitude FROM pois ORDER BY record_id")
    assert [tuple(row) for row in rows] == [
        ("1", "Aldi", "supermarket", 36.1),
        ("node/0", "Lidl", "supermarket", 36.0),
        ("node/1", None, "pharmacy", 36.0),
        ("node/2", None, "supermarket", 36.0),
        ("node/3", None, "x", 36.0),
    ]
    assert (await imported("pois", raw))["result"]["unchanged"] == 1


async def test_byte_order_marks_before_json(imported: Send) -> None:
    features = [registers.parcel(number) for number in range(3)]
    lines = b"\xef\xbb\xbf" + b"\n".join(map(orjson.dumps, features))
    for number, raw in enumerate((b"\xef\xbb\xbf" + registers.collection(features), lines)):
        job = await imported("parcels", raw, source=str(number))
        assert (job["result"]["inserted"], job["result"]["rejected"]) == (3, 0)


async def test_a_shapefile_of_a_state_plane(imported: Send, db_pool: Pool, tmp_path: Path) -> None:
    to = Transformer.from_crs(4326, 2264, always_xy=True)  # North Carolina, in feet
    corners = [(-78.64, 35.77), (-78.63, 35.77), (-78.63, 35.78), (-78.64, 35.78), (-78.64, 35.77)]
    shape = shapely.Polygon([to.transform(*corner) for corner in corners])
    pyogrio.raw.write(
        tmp_path / "p.shp",
        geometry=shapely.to_wkb([shape]),
        field_data=[np.array(["A-1"], dtype=object)],
        fields=["APN"],
        geometry_type="Polygon",
        crs="EPSG:2264",
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in await asyncio.to_thread(lambda: list(tmp_path.glob("p.*"))):
            archive.write(path, path.name)
    job = await imported("parcels", packed.getvalue(), form=True)
    assert (job["result"]["inserted"], job["result"]["rejected"]) == (1, 0)
    row = await db_pool.fetchrow("SELECT latitude, longitude FROM parcels")
    assert row is not None and tuple(row) == pytest.approx((35.775, -78.635), abs=1e-5)
