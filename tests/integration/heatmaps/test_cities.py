"""Cities over REST."""

from __future__ import annotations

from typing import Any

import aiohttp

from app.db.core.pool import Pool
from tests.integration.households.calls import call

Client = aiohttp.ClientSession

BOUNDS = {"south": 50.0, "west": 8.0, "north": 50.1, "east": 8.2}


async def test_one_city_and_many(client: Client, user_client: Client, db_pool: Pool) -> None:
    one = await call(client, "POST", "/api/v1/cities", json={"name": "Größtadt", "bounds": BOUNDS})
    assert (one.status, one.json["slug"], one.json["bounds"], one.json["source"]) == (201, "grosstadt", BOUNDS, "own")
    many = [
        {"name": "Größtadt", "bounds": {**BOUNDS, "north": 50.2}, "country": "de"},
        {"name": "Anderswo", "slug": "elsewhere", "latitude": 10, "longitude": 179.99, "population": 900_000},
    ]
    loaded = await call(client, "POST", "/api/v1/cities", json=many)
    assert (loaded.status, loaded.json) == (201, {"created": 1, "updated": 1, "total": 2})
    listed = (await call(user_client, "GET", "/api/v1/cities", params={"search": "größ"})).json
    assert listed["total"] == 1 and listed["cities"][0]["bounds"]["north"] == 50.2
    assert listed["cities"][0]["country"] == "DE"
    elsewhere = (await call(user_client, "GET", "/api/v1/cities/elsewhere")).json
    assert elsewhere["bounds"]["west"] > 179 and elsewhere["bounds"]["east"] < -179
    answer = await call(client, "POST", "/api/heatmap/schedule", json={"citySlug": "elsewhere", "gridStep": 0.01})
    assert answer.status == 202 and 190 <= answer.json["estimatedCells"] <= 225
    assert (await call(user_client, "POST", "/api/v1/cities", json=many)).status == 403
    assert (await call(client, "DELETE", "/api/v1/cities/elsewhere")).status == 204
    assert (await call(client, "DELETE", "/api/v1/cities/elsewhere")).status == 404
    assert await db_pool.fetchval("SELECT city_id IS NULL FROM heat_regions"), "the region stays"


async def test_packaged_cities_are_there_without_loading(client: Client, db_pool: Pool) -> None:
    cancun = (await call(client, "GET", "/api/v1/cities/cancun")).json
    assert (cancun["name"], cancun["country"], cancun["source"]) == ("Cancún", "MX", "geonames")
    missing = await call(client, "GET", "/api/v1/cities/atlantis-below")
    assert missing.status == 404 and "POST /api/v1/cities" in missing.json["error"]
    own: dict[str, Any] = {"slug": "cancun", "name": "Cancún", "bounds": {**BOUNDS}}
    assert (await call(client, "POST", "/api/v1/cities", json=own)).status == 201
    assert (await call(client, "GET", "/api/v1/cities/cancun")).json["source"] == "own"


async def test_what_is_refused(client: Client, db_pool: Pool) -> None:
    for body, says in (
        ({"name": "X"}, "give bounds"),
        ({"name": "東京", "bounds": BOUNDS}, "needs a slug"),
        ({"name": "X", "slug": "Not A Slug", "bounds": BOUNDS}, "slug"),
        ({"name": "X", "bounds": {**BOUNDS, "north": 40}}, "south must be less"),
        ([{"name": "X", "bounds": BOUNDS}, {"name": "Y"}], "1"),
    ):
        answer = await call(client, "POST", "/api/v1/cities", json=body)
        assert answer.status == 422 and says in answer.json["error"], answer.json
    assert (await call(client, "POST", "/api/v1/cities", json=[])).status == 400
    assert await db_pool.fetchval("SELECT count(*) FROM cities") == 0
