"""The routes under `/api/v1` in the one vocabulary of the REST interface, and those of document 002 in its words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from app.db.core.pool import Pool
from tests import harness
from tests.integration.heatmaps.conftest import BOUNDS, CELLS
from tests.integration.households.calls import call
from workers.core.worker import Worker

Client = aiohttp.ClientSession
HEATMAP, SCHEDULE, REGIONS = "/api/v1/heatmap", "/api/v1/heatmap/schedule", "/api/v1/heatmap/regions"


async def get(client: Client, path: str, **params: Any) -> Any:
    answer = await call(client, "GET", path, params=params)
    assert answer.status == 200, answer.raw
    return answer.json


async def test_a_job_that_runs_is_processing_or_running(client: Client, db_pool: Pool) -> None:
    answer = await call(client, "POST", SCHEDULE, json={"bounds": BOUNDS})
    created = answer.json
    assert (answer.status, created["status"], created["isNew"]) == (202, "pending", True)
    assert answer.headers["Location"] == f"/api/v1/jobs/{created['jobId']}"
    await db_pool.execute(
        "UPDATE jobs SET status = 'processing', lease_until = now() + interval '1 h', worker_id = gen_random_uuid()"
    )
    for prefix, status in (("/api/v1", "processing"), ("/api", "running")):
        again = await call(client, "POST", f"{prefix}/heatmap/schedule", json={"bounds": BOUNDS})
        assert (again.json["status"], again.json["isNew"]) == (status, False)
        assert again.headers["Location"] == f"{prefix}/jobs/{created['jobId']}"
        [region] = (await get(client, f"{prefix}/heatmap/regions"))["regions"]
        assert (region["jobStatus"], region["jobId"]) == (status, created["jobId"])
        point = {"lat": 21.14, "lng": -86.85}
        job = (await get(client, f"{prefix}/score", **point))["job"]
        assert (job["status"], job["isNew"], job["jobId"]) == (status, False, created["jobId"])


async def test_coordinates(client: Client, worker: Worker, pois: int) -> None:
    created = (await call(client, "POST", SCHEDULE, json={"bounds": BOUNDS})).json
    await harness.follow(client, created["jobId"])
    for names in (("latitude", "longitude"), ("lat", "lng"), ("lat", "lon")):
        point = dict(zip(names, (21.14, -86.85), strict=True)) | {"explain": "true"}
        found = await get(client, "/api/v1/score", **point)
        dialect = await get(client, "/api/score", **point)
        assert (found["latitude"], found["longitude"]) == (dialect["lat"], dialect["lng"]) == (21.14, -86.85)
        assert found.keys() - dialect.keys() == {"latitude", "longitude"}
        assert {"latitude", "longitude"} <= found["drivers"][0].keys()
        assert {"lat", "lng"} <= dialect["drivers"][0].keys() and "latitude" not in dialect["drivers"][0]
        assert found["score"] == dialect["score"] and len(found["drivers"]) == len(dialect["drivers"]) > 0
    box = {"bbox": "-86.90,21.10,-86.80,21.18", "format": "geojson"}
    for path, keys in ((HEATMAP, {"latitude", "longitude"}), ("/api/heatmap", {"lat", "lng"})):
        features = (await get(client, path, **box))["features"]
        assert len(features) == CELLS and features[0]["properties"].keys() == {"score"} | keys
    as_json = await get(client, HEATMAP, bbox=box["bbox"])
    assert as_json["total"] == CELLS and as_json["regions"][0]["jobStatus"] == "completed"
    refused = await call(client, "GET", "/api/v1/score", params={"lat": 89, "lng": 0})
    assert (refused.status, "latitude" in refused.json["error"]) == (422, True)


async def test_the_order_of_a_bbox_is_named(client: Client) -> None:
    refused = await call(client, "GET", HEATMAP, params={"bbox": "21.0,-86.95,21.25,-86.7"})
    assert refused.status == 422
    assert "latitudes must be between -85 and 85" in refused.json["error"]
    assert "west,south,east,north" in refused.json["error"]


async def test_geojson_for_those_who_accept_nothing_else(client: Client) -> None:
    headers = {"Accept": "application/geo+json"}
    params = {"bbox": "0,0,1,1", "format": "geojson"}
    assert (await call(client, "GET", HEATMAP, params=params, headers=headers)).status == 200


async def test_run_at(client: Client, worker: Worker, pois: int, db_pool: Pool) -> None:
    first = (await call(client, "POST", SCHEDULE, json={"bounds": BOUNDS})).json
    await harness.follow(client, first["jobId"])
    run_at = datetime.now(UTC) + timedelta(days=1)
    later = (await call(client, "POST", SCHEDULE, json={"bounds": BOUNDS, "runAt": run_at.isoformat()})).json
    assert (later["isNew"], later["status"]) == (True, "pending"), "although it is up to date now"
    row = await db_pool.fetchrow("SELECT run_at, data FROM jobs WHERE id = $1", later["jobId"])
    assert row is not None and row["run_at"] == run_at and "runAt" not in row["data"]


@pytest.mark.parametrize("prefix", ["/api/v1", "/api"])
async def test_a_name_of_several_cities(client: Client, db_pool: Pool, prefix: str) -> None:
    answer = await call(client, "POST", f"{prefix}/heatmap/schedule", json={"citySlug": "springfield"})
    assert answer.status == 400, answer.raw
    assert "Several cities are called 'springfield'" in answer.json["error"]
    slugs = [candidate["slug"] for candidate in answer.json["candidates"]]
    assert (
        slugs[:3] == ["springfield-mo", "springfield-ma", "springfield-il"] and "springfield-il" in answer.json["error"]
    )
    assert {"latitude", "longitude", "population", "country"} <= answer.json["candidates"][0].keys()
    assert (await call(client, "GET", "/api/v1/cities/springfield")).json["candidates"] == answer.json["candidates"]
    assert await db_pool.fetchval("SELECT count(*) FROM cities") == 0
    named = await call(client, "POST", f"{prefix}/heatmap/schedule", json={"citySlug": slugs[2], "gridStep": 0.01})
    assert named.status == 202
    assert (await get(client, "/api/v1/cities/springfield-il"))["name"] == "Springfield"


async def test_a_loaded_city_has_its_name_to_itself(client: Client) -> None:
    own = {"slug": "springfield", "name": "Springfield", "lat": 44.05, "lng": -123.02, "population": 60_000}
    assert (await call(client, "POST", "/api/v1/cities", json=own)).status == 201
    created = await call(client, "POST", SCHEDULE, json={"citySlug": "springfield", "gridStep": 0.01})
    assert created.status == 202 and 44 < created.json["bounds"]["north"] < 45


async def test_a_job_for_a_name_of_several_cities_is_refused(client: Client) -> None:
    asked = {"type": "heatmap_compute", "data": {"citySlug": "springfield"}}
    refused = await call(client, "POST", "/api/v1/jobs", json=asked)
    assert refused.status == 422 and "springfield-mo" in refused.json["errors"][0]["message"]


async def test_cursors_of_regions_and_cities(client: Client) -> None:
    boxes = [{"south": 10.0, "west": float(n), "north": 10.1, "east": n + 0.1} for n in range(5)]
    for box in boxes:
        assert (await call(client, "POST", SCHEDULE, json={"bounds": box, "gridStep": 0.01})).status == 202
    cities = [{"name": f"City {n}", "bounds": boxes[n]} for n in range(5)]
    assert (await call(client, "POST", "/api/v1/cities", json=cities)).status == 201

    async def walk(path: str, name: str, **params: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            page = await get(client, path, limit=2, **params)
            assert (page["total"], page["totalIsEstimate"]) == (5, False)
            found += page[name]
            if page["nextCursor"] is None:
                return found
            params["cursor"] = page["nextCursor"]

    for path in (REGIONS, "/api/heatmap/regions"):
        walked = await walk(path, "regions", gridStep=0.01)
        assert [region["bounds"]["west"] for region in walked] == pytest.approx([4, 3, 2, 1, 0])
    assert [city["slug"] for city in await walk("/api/v1/cities", "cities", search="CITY")] == [
        f"city-{n}" for n in range(5)
    ]
