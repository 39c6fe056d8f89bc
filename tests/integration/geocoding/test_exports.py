"""Households as files."""

from __future__ import annotations

import csv
import io

import aiohttp
import orjson
import pytest

from app.web.households import exports
from tests.acceptance.geocoding.loaded import addresses, household, load, pages
from tests.integration.households.calls import call
from tests.integration.households.test_routes import locate

PATH = "/api/v1/households/export"


@pytest.fixture
async def five(client: aiohttp.ClientSession, db_pool: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five households, one of them with coordinates, in pages of two."""
    monkeypatch.setattr(exports, "PAGE_SIZE", 2)
    rows = [household(one) for one in addresses(5)]
    rows[4]["address"] = "=HYPERLINK(1)"
    await load(client, "five", rows)
    await locate(db_pool, "five-2")  # type: ignore[arg-type]


async def test_csv(client: aiohttp.ClientSession, five: None) -> None:
    answer = await call(client, "GET", f"{PATH}.csv", params={"precinctNumber": "five"})
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    rows = list(csv.DictReader(io.StringIO(answer.raw.decode("utf-8-sig"), newline="")))
    shown = await pages(client, "/api/v1/households", "households", precinctNumber="five")
    assert list(rows[0]) == list(shown[0])
    assert [row["id"] for row in rows] == [one["id"] for one in shown]
    assert rows[2]["longitude"] == "-122.0" and rows[2]["geocoded"] == "true"
    assert rows[4]["address"] == "'=HYPERLINK(1)" and rows[4]["latitude"] == ""


async def test_geojson(client: aiohttp.ClientSession, five: None) -> None:
    answer = await call(client, "GET", f"{PATH}.geojson", params={"precinctNumber": "five"})
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/geo+json")
    collection = orjson.loads(answer.raw)
    geometries = [feature["geometry"] for feature in collection["features"]]
    assert geometries == [None, None, {"type": "Point", "coordinates": [-122.0, 37.9]}, None, None]
    assert collection["features"][0]["properties"]["externalId"] == "five-0"


async def test_filters_and_nothing_found(client: aiohttp.ClientSession, five: None) -> None:
    found = orjson.loads((await call(client, "GET", f"{PATH}.geojson", params={"geocoded": "true"})).raw)
    assert [feature["properties"]["externalId"] for feature in found["features"]] == ["five-2"]
    nothing = await call(client, "GET", f"{PATH}.geojson", params={"city": "Atlantis"})
    assert orjson.loads(nothing.raw) == {"type": "FeatureCollection", "features": []}
    assert len((await call(client, "GET", f"{PATH}.csv", params={"city": "Atlantis"})).raw.splitlines()) == 1
    assert (await call(client, "GET", f"{PATH}.csv", params={"colour": "red"})).status == 400
