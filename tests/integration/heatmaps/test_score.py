"""GET /api/score: computed and explained within the request with an index; the region around it is scheduled once."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from app.db.core.pool import Pool
from app.db.heatmaps import pois as db_pois
from app.domain.heatmaps import scoring
from app.domain.heatmaps.scoring import CUTOFF_KM, WEIGHTS
from app.settings import Settings
from tests import harness
from tests.integration.heatmaps.conftest import BOUNDS, add_pois
from tests.integration.households.calls import call
from tests.integration.jobs.test_admission_plan import nodes, pages, plan
from workers.core.worker import Worker

Client = aiohttp.ClientSession

MIDDLE = (21.14, -86.85)


async def score(client: Client, lat: float, lng: float, **params: str) -> dict[str, Any]:
    answer = await call(client, "GET", "/api/score", params={"lat": str(lat), "lng": str(lng), **params})
    assert answer.status == 200, answer.raw
    found: dict[str, Any] = answer.json
    return found


async def test_the_region_around_a_point_is_scheduled_once(
    client: Client, user_client: Client, pois: int, settings: Settings, db_pool: Pool
) -> None:
    first = await score(client, *MIDDLE)
    assert 0 < first["score"] <= 100 and not first["hasHeatmapCoverage"] and first["heatmap"] is None
    job = first["job"]
    assert (job["status"], job["isNew"], job["gridStep"]) == ("pending", True, 0.0025)
    near = await score(user_client, MIDDLE[0] + 0.05, MIDDLE[1] - 0.05)
    assert near["job"] == {**job, "isNew": False, "jobId": None}, "a neighbouring point, for another user"
    far = await score(client, MIDDLE[0] + 0.5, MIDDLE[1])
    assert far["job"]["isNew"] and far["job"]["jobId"] != job["jobId"]
    async with harness.worker(settings):
        done = await harness.follow(client, job["jobId"])
    assert done["totalItems"] == pytest.approx(3_600, rel=0.15)
    covered = await score(client, *MIDDLE)
    assert covered["hasHeatmapCoverage"] and covered["job"] is None
    assert covered["heatmap"]["gridStep"] == 0.0025
    assert abs(covered["heatmap"]["score"] - covered["score"]) <= 10, "the cell's centre is not far"
    assert await db_pool.fetchval("SELECT count(*) FROM jobs") == 2


async def test_many_requests_together_create_one_job(client: Client, pois: int, db_pool: Pool) -> None:
    points = [(MIDDLE[0] + 0.002 * n, MIDDLE[1] + 0.001 * n) for n in range(20)]
    answers = await asyncio.gather(*(score(client, *point) for point in points))
    assert len({answer["job"]["jobId"] for answer in answers}) == 1
    assert sum(answer["job"]["isNew"] for answer in answers) == 1
    assert await db_pool.fetchval("SELECT count(*) FROM jobs") == 1


async def test_a_region_whose_job_failed_covers_nothing(client: Client, db_pool: Pool) -> None:
    job = (await score(client, *MIDDLE))["job"]
    await db_pool.execute("UPDATE jobs SET status = 'failed', completed_at = now()")
    again = (await score(client, *MIDDLE))["job"]
    assert again["isNew"] and again["jobId"] != job["jobId"]


async def test_the_score_is_that_of_all_places(client: Client, pois: int, db_pool: Pool) -> None:
    """The preselection in SQL loses nothing."""
    rows = await db_pool.fetch("SELECT category, latitude, longitude, name FROM pois")
    everything = [scoring.Poi(row["category"], row["latitude"], row["longitude"], row["name"]) for row in rows]
    for lat, lng in (MIDDLE, (21.10, -86.90), (21.25, -86.95), (21.5, -86.5)):
        expected = scoring.score_point(lat, lng, everything)
        answer = await score(client, lat, lng, explain="true")
        assert answer["score"] == expected.score
        names = [driver["name"] for driver in answer["drivers"]]
        assert names == [driver.poi.name for driver in expected.drivers]
    assert answer["score"] == 0 and answer["drivers"] == [], "nothing within reach"


async def test_explained(client: Client, pois: int) -> None:
    answer = await score(client, *MIDDLE, explain="true")
    assert answer["constants"] == scoring.constants() and answer["method"] == scoring.METHOD
    assert set(answer["drivers"][0]) == {
        "name", "category", "lat", "lng", "metres", "rank", "decay", "contribution"
    }  # fmt: skip
    assert all(driver["metres"] <= 1000 * CUTOFF_KM for driver in answer["drivers"])
    assert "drivers" not in await score(client, *MIDDLE)


async def test_what_is_refused(client: Client, db_pool: Pool) -> None:
    for params, says in (
        ({"lat": "89", "lng": "0"}, "lat: must be at most 84.9"),
        ({"lat": "0", "lng": "200"}, "lng: must be at most 180"),
        ({"lat": "0"}, "lng: is required"),
        ({"lat": "nan", "lng": "0"}, "lat: must"),
    ):
        answer = await call(client, "GET", "/api/score", params=params)
        assert answer.status == 422 and says in answer.json["error"], answer.json
    assert (await call(client, "GET", "/api/score", headers={"Authorization": ""})).status == 401
    for lat, lng in ((84.9, 10.0), (0.0, 180.0), (0.0, -180.0)):
        assert (await score(client, lat, lng))["score"] == 0
    assert await db_pool.fetchval("SELECT count(*) FROM jobs") == 2, "the antimeridian has one region"


async def test_public_reads_schedule_nothing(settings: Settings, admin_id: object, db_pool: Pool) -> None:
    settings = settings.model_copy(update={"public_reads": True})
    async with harness.api(settings) as url, aiohttp.ClientSession(url) as anybody:
        found = await score(anybody, *MIDDLE)
        assert found["job"] is None and not found["hasHeatmapCoverage"]
        assert (await call(anybody, "GET", "/api/heatmap", params={"bbox": "0,0,1,1"})).status == 200
        assert (await call(anybody, "POST", "/api/heatmap/schedule", json={"citySlug": "cancun"})).status == 401
        bad = {"Authorization": "Bearer wrong"}
        assert (await call(anybody, "GET", "/api/heatmap", params={"bbox": "0,0,1,1"}, headers=bad)).status == 401
    assert await db_pool.fetchval("SELECT count(*) FROM jobs") == 0


POIS = 100_000


@pytest.mark.parametrize("spread", [0.3, 5.0], ids=["one city", "a country"])
async def test_a_score_reads_by_the_index(db_pool: Pool, spread: float) -> None:
    lat, lng = MIDDLE
    await add_pois(db_pool, POIS, {"south": lat - spread, "west": lng - spread, "north": lat + spread, "east": lng})
    await db_pool.execute("VACUUM ANALYZE pois")
    [args] = db_pois.bounds_args(db_pois.box_around(lat, lng, CUTOFF_KM))
    async with db_pool.acquire() as conn:
        root = await plan(conn, db_pois.NEAREST, *args, list(WEIGHTS), lat, lng)
        found = await db_pois.list_nearest(conn, lat, lng)
    scans = [node for node in nodes(root) if "Index Name" in node]
    assert {node["Index Name"] for node in scans} <= {"pois_place_idx", "pois_category_place_idx"} and scans
    assert not any(node["Node Type"] == "Seq Scan" for node in nodes(root))
    assert 0 < len(found) <= scoring.RANKS * len(WEIGHTS)
    relpages = await db_pool.fetchval("SELECT pg_relation_size('pois') / 8192")
    assert pages(root) < relpages * (2 if spread < 1 else 0.2)


async def test_coverage_is_looked_up_by_the_key(db_pool: Pool, worker: Worker, client: Client, pois: int) -> None:
    job = (await score(client, *MIDDLE))["job"]
    await harness.follow(client, job["jobId"])
    await db_pool.execute("VACUUM ANALYZE heat_cells")
    south, west = BOUNDS["south"], BOUNDS["west"]
    async with db_pool.acquire() as conn:
        root = await plan(
            conn,
            "SELECT lat, lng, score FROM heat_cells WHERE grid_step = $1 AND lat >= $2 AND lat < $3 AND lng >= $4"
            " AND lng < $5",
            0.0025, south, south + 0.005, west, west + 0.005,
        )  # fmt: skip
    assert {node["Index Name"] for node in nodes(root) if "Index Name" in node} == {"heat_cells_pkey"}


@pytest.mark.parametrize("longitude", ["180", "-180", "179.99999999999997", "179.9999995", "-179.99999999999997"])
async def test_points_at_the_antimeridian_have_a_score(client: Client, longitude: str) -> None:
    async with client.get(f"/api/v1/score?latitude=-1e-235&longitude={longitude}&explain=true") as response:
        assert response.status == 200, await response.text()
