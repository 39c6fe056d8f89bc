"""From a request to stored cells: scheduling, computing, and scheduling again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import orjson
import pytest

from app.db.core.pool import Pool
from app.db.heatmaps import pois as db_pois
from app.domain.heatmaps import scoring
from app.domain.heatmaps.bounds import Bounds
from app.domain.heatmaps.grid import Grid
from app.settings import Settings
from tests import harness
from tests.integration.heatmaps.conftest import BOUNDS, CELLS, add_pois, cells, computed, schedule
from tests.integration.households.calls import call
from workers.core.worker import Worker

Client = aiohttp.ClientSession


async def test_a_city_by_its_slug(client: Client, worker: Worker, pois: int, db_pool: Pool) -> None:
    answer = await call(client, "POST", "/api/heatmap/schedule", json={"citySlug": "cancun", "gridStep": 0.005})
    created = answer.json
    assert (answer.status, created["status"], created["isNew"], created["estimatedCells"]) == (
        202,
        "pending",
        True,
        783,
    )
    assert answer.headers["Location"] == f"/api/jobs/{created['jobId']}"
    job = await harness.follow(client, created["jobId"])
    assert (job["status"], job["totalItems"], job["processedItems"]) == ("completed", 783, 783)
    document = (await call(client, "GET", f"/api/jobs/{job['id']}")).json
    assert document.pop("poll_interval_ms") > 0
    assert document == {
        "id": job["id"], "type": "heatmap_compute", "status": "completed", "progress": 100, "totalItems": 783,
        "error": None, "createdAt": job["createdAt"], "startedAt": job["startedAt"],
        "completedAt": job["completedAt"],
    }  # fmt: skip
    row = await db_pool.fetchrow("SELECT count(*), count(DISTINCT city_id), min(computed_at) AS at FROM heat_cells")
    assert row is not None and (row[0], row[1]) == (783, 1) and row["at"] is not None
    assert await db_pool.fetchval("SELECT count(*) FROM cities WHERE slug = 'cancun' AND source = 'geonames'") == 1


async def test_every_cell_has_its_own_score(client: Client, worker: Worker, pois: int, db_pool: Pool) -> None:
    job = await computed(client)
    found = await cells(db_pool)
    assert len(found) == CELLS == job["result"]["cells"]
    assert job["result"]["pois"] < pois, "cinemas do not count"
    async with db_pool.acquire() as conn:
        for lat, lng in list(found)[:: CELLS // 25]:
            near = await db_pois.list_nearest(conn, lat, lng)
            assert found[lat, lng] == scoring.score_point(lat, lng, near).score
    assert len(set(found.values())) > 10


async def test_four_regions_that_tile_one_have_its_cells(
    client: Client, worker: Worker, pois: int, db_pool: Pool
) -> None:
    await computed(client)
    whole = await cells(db_pool)
    await db_pool.execute("DELETE FROM heat_cells")
    for south, north in ((21.10, 21.15), (21.15, 21.18)):
        for west, east in ((-86.90, -86.83), (-86.83, -86.80)):
            await computed(client, bounds={"south": south, "west": west, "north": north, "east": east})
    assert await cells(db_pool) == whole


async def test_a_second_request_for_a_region(
    client: Client, user_client: Client, pois: int, settings: Settings, db_pool: Pool
) -> None:
    first = await schedule(client)
    again = await schedule(client)
    assert (again["jobId"], again["isNew"], again["status"]) == (first["jobId"], False, "pending")
    other = await call(user_client, "POST", "/api/heatmap/schedule", json={"bounds": BOUNDS})
    assert other.status == 409 and first["jobId"] not in other.raw.decode()
    assert (await schedule(client, gridStep=0.005))["isNew"], "another step is another region"
    async with harness.worker(settings):
        await harness.follow(client, first["jobId"])
        fresh = await schedule(client)
        assert (fresh["jobId"], fresh["isNew"], fresh["status"]) == (first["jobId"], False, "completed")
        before = await db_pool.fetchval("SELECT min(computed_at) FROM heat_cells WHERE grid_step = 0.0025")
        forced = await computed(client, force=True)
        assert forced["id"] != first["jobId"] and forced["processedItems"] == CELLS
        assert await db_pool.fetchval("SELECT min(computed_at) FROM heat_cells WHERE grid_step = 0.0025") > before
        assert await db_pool.fetchval("SELECT count(*) FROM heat_cells WHERE grid_step = 0.0025") == CELLS


async def regions(client: Client, **params: Any) -> list[dict[str, Any]]:
    return list((await call(client, "GET", "/api/heatmap/regions", params=params)).json["regions"])


async def test_a_region_is_stale_once_its_places_change(
    client: Client, worker: Worker, pois: int, db_pool: Pool
) -> None:
    await computed(client)
    [region] = await regions(client)
    assert (region["stale"], region["method"], region["cells"]) == (False, scoring.METHOD, CELLS)
    assert region["constants"] == scoring.constants() and 0 < region["pois"] < pois
    assert region["computedAt"] is not None and region["bounds"] == BOUNDS
    changes = (
        "UPDATE pois SET name = 'renamed'",
        "UPDATE pois SET latitude = latitude + 0.001 WHERE record_id = '1-1'",
        "DELETE FROM pois WHERE record_id = (SELECT min(record_id) FROM pois WHERE category = 'bakery')",
    )
    stale = []
    for change in changes:
        await db_pool.execute(change)
        stale.append((await regions(client))[0]["stale"])
    assert stale == [False, True, True], "a name does not count"
    assert await regions(client, stale="false") == []
    assert (await schedule(client))["isNew"], "without force"


async def test_by_schedule_it_is_computed_only_when_it_is_stale(
    client: Client, worker: Worker, pois: int, db_pool: Pool
) -> None:
    await computed(client)
    body = {"name": "nightly", "cron": "0 3 * * *", "type": "heatmap_compute", "data": {"bounds": BOUNDS}}
    nightly = (await call(client, "POST", "/api/v1/schedules", json=body)).json

    async def run() -> dict[str, Any]:
        made = (await call(client, "POST", f"/api/v1/schedules/{nightly['id']}/run")).json
        return await harness.follow(client, made["jobId"])

    idle = await run()
    assert idle["result"]["upToDate"] and idle["processedItems"] == 0
    await add_pois(db_pool, 5, BOUNDS, seed=2)
    busy = await run()
    assert busy["processedItems"] == CELLS and "upToDate" not in busy["result"]


async def test_across_the_antimeridian(client: Client, worker: Worker, db_pool: Pool) -> None:
    taveuni = {"south": -16.9, "west": 179.95, "north": -16.8, "east": -179.95}
    await add_pois(db_pool, 1, {"south": -16.85, "west": -179.99, "north": -16.85, "east": -179.99})
    await db_pool.execute("UPDATE pois SET category = 'supermarket', latitude = -16.85, longitude = -179.999")
    await computed(client, bounds=taveuni, gridStep=0.01)
    found = await cells(db_pool, 0.01)
    assert len(found) == 100
    assert found[-16.855, 179.995] == found[-16.845, 179.995] > 40, "a kilometre west of it, on the other side"
    query = {"bbox": "179.95,-16.9,-179.95,-16.8", "gridStep": "0.01"}
    answer = (await call(client, "GET", "/api/heatmap", params=query)).json
    assert answer["total"] == 100 and len(answer["regions"]) == 1
    point = (await call(client, "GET", "/api/score", params={"lat": "-16.85", "lng": "179.999"})).json
    assert point["score"] == 63 and point["hasHeatmapCoverage"]


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"citySlug": "cancun", "gridStep": 0.003}, 422, "must be one of 0.01, 0.005, 0.0025, 0.001"),
    ({"citySlug": "cancn"}, 404, "Did you mean"),
    ({"bounds": {"south": 20, "west": -90, "north": 23, "east": -87}, "gridStep": 0.001}, 400, "9,000,000 cells"),
    ({"bounds": {"south": 20, "west": -90, "north": 19, "east": -87}}, 422, "south must be less than north"),
    ({"bounds": {"south": 84, "west": -90, "north": 89, "east": -87}}, 422, "between -85 and 85"),
    ({}, 422, "either citySlug or bounds"),
    ({"citySlug": "cancun", "bounds": BOUNDS}, 422, "either citySlug or bounds"),
    ({"citySlug": "cancun", "step": 1}, 422, "step"),
]


async def test_what_is_refused(client: Client, db_pool: Pool) -> None:
    for body, status, says in REFUSED:
        answer = await call(client, "POST", "/api/heatmap/schedule", json=body)
        assert answer.status == status and says in answer.json["error"], (body, answer.json)
    assert await db_pool.fetchval("SELECT count(*) FROM jobs") == 0
    anonymous = await call(client, "POST", "/api/heatmap/schedule", json={}, headers={"Authorization": ""})
    assert anonymous.status == 401


async def test_a_job_made_by_its_kind_is_checked_as_well(client: Client, worker: Worker, db_pool: Pool) -> None:
    huge = {"bounds": {"south": 20, "west": -90, "north": 23, "east": -87}, "gridStep": 0.001}
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    small = {"type": "heatmap_compute", "data": {"bounds": BOUNDS}, "runAt": later}
    made = (await call(client, "POST", "/api/v1/jobs", json=small)).json
    await db_pool.execute("UPDATE jobs SET data = data || $1", orjson.dumps(huge).decode())
    assert (await call(client, "POST", f"/api/v1/jobs/{made['jobId']}/run")).status == 202
    job = await harness.follow(client, made["jobId"])
    assert job["status"] == "failed" and "9,000,000 cells" in job["error"] and job["attempt"] == 1


async def test_a_job_for_a_city_that_is_gone_fails(client: Client, worker: Worker, db_pool: Pool) -> None:
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    new = {"type": "heatmap_compute", "data": {"citySlug": "helsinki"}, "runAt": later}
    job_id = (await call(client, "POST", "/api/v1/jobs", json=new)).json["jobId"]
    await db_pool.execute("UPDATE jobs SET data = jsonb_set(data, '{citySlug}', '\"nowhere-at-all\"')")
    assert (await call(client, "POST", f"/api/v1/jobs/{job_id}/run")).status == 202
    job = await harness.follow(client, job_id)
    assert job["status"] == "failed" and "city 'nowhere-at-all' not found" in job["error"] and job["attempt"] == 1


async def test_cancelled_between_two_chunks(
    client: Client, settings: Settings, admin_id: object, db_pool: Pool
) -> None:
    large = {"south": 21.0, "west": -87.0, "north": 21.3, "east": -86.7}
    created = await schedule(client, bounds=large, gridStep=0.001)
    settings = settings.model_copy(update={"worker_chunk_size": 20})
    async with harness.worker(settings):

        async def begun() -> bool:
            return bool(await db_pool.fetchval("SELECT processed_items > 0 FROM jobs"))

        await harness.eventually(begun)
        assert (await call(client, "POST", f"/api/v1/jobs/{created['jobId']}/cancel")).status == 202
        job = await harness.follow(client, created["jobId"])
    assert job["status"] == "cancelled" and 0 < job["processedItems"] < 90_000
    assert len(await cells(db_pool, 0.001)) == job["processedItems"]
    [region] = await regions(client)
    assert region["computedAt"] is None and region["jobStatus"] == "cancelled"


async def test_reset_forgets_cells_and_region(
    client: Client, user_client: Client, pois: int, settings: Settings
) -> None:
    body = {"bounds": BOUNDS, "gridStep": 0.0025}
    created = await schedule(client)
    assert (await call(user_client, "POST", "/api/heatmap/reset", json=body)).status == 403
    assert (await call(client, "POST", "/api/heatmap/reset", json=body)).status == 409
    async with harness.worker(settings):
        await harness.follow(client, created["jobId"])
    assert (await call(client, "POST", "/api/heatmap/reset", json=body)).json["removed"] == CELLS
    assert await regions(client) == []
    assert (await schedule(client))["isNew"]


async def test_reset_leaves_overlapping_regions_to_be_computed(client: Client, worker: Worker, db_pool: Pool) -> None:
    await computed(client)
    beside = {**BOUNDS, "west": -86.82, "east": -86.78}
    await computed(client, bounds=beside)
    body = {"bounds": beside, "gridStep": 0.0025}
    assert (await call(client, "POST", "/api/heatmap/reset", json=body)).json["removed"] == 16 * 32
    [region] = await regions(client)
    assert region["computedAt"] is None and region["pois"] is None
    again = await computed(client)
    assert again["processedItems"] == CELLS == len(await cells(db_pool))


async def test_points_that_change_while_it_waits_leave_the_region_stale(
    client: Client, pois: int, settings: Settings, db_pool: Pool
) -> None:
    """A job that continues with other places than it began with reports it."""
    created = await schedule(client)
    grid = Grid.covering(Bounds(**BOUNDS), 0.0025)
    async with db_pool.acquire() as conn:
        loaded = await db_pois.load(conn, grid)
    begun = {"lastProcessedIndex": 499, "pois": loaded.digest.count, "poisDigest": str(loaded.digest.digest)}
    await db_pool.execute(
        "UPDATE jobs SET checkpoint = $1, processed_items = 500, total_items = $2", orjson.dumps(begun).decode(), CELLS
    )
    await add_pois(db_pool, 5, BOUNDS, seed=2)
    async with harness.worker(settings):
        job = await harness.follow(client, created["jobId"])
    assert (job["status"], job["processedItems"]) == ("completed", CELLS)
    assert len(await cells(db_pool)) == CELLS - 500
    [region] = await regions(client)
    assert region["stale"] and region["pois"] == loaded.digest.count


async def test_a_worker_that_died_with_its_last_step_leaves_nothing_to_do(
    client: Client, pois: int, settings: Settings, db_pool: Pool
) -> None:
    created = await schedule(client)
    done = {"lastProcessedIndex": CELLS - 1, "pois": 1, "poisDigest": "1"}
    await db_pool.execute(
        "UPDATE jobs SET checkpoint = $1, processed_items = $2, total_items = $2", orjson.dumps(done).decode(), CELLS
    )
    async with harness.worker(settings):
        job = await harness.follow(client, created["jobId"])
    assert (job["status"], job["processedItems"]) == ("completed", CELLS)
    assert await cells(db_pool) == {}


@pytest.mark.parametrize("data", [{"citySlug": "cancun"}, {"bounds": BOUNDS}])
async def test_a_region_has_one_active_job_however_it_is_requested(client: Client, data: dict[str, Any]) -> None:
    scheduled = (await call(client, "POST", "/api/heatmap/schedule", json=data)).json
    made = (await call(client, "POST", "/api/v1/jobs", json={"type": "heatmap_compute", "data": data})).json
    assert (made["jobId"], made["isNew"]) == (scheduled["jobId"], False)


async def test_too_large_a_region_is_refused_when_its_job_or_schedule_is_created(client: Client) -> None:
    bounds = {"south": -60, "west": -170, "north": 60, "east": 170}
    new = {"type": "heatmap_compute", "data": {"bounds": bounds, "gridStep": 0.01}}
    for path, body in (("/api/v1/jobs", new), ("/api/v1/schedules", {"name": "s", "cron": "0 3 * * *", **new})):
        answer = await call(client, "POST", path, json=body)
        assert answer.status == 422, answer.json
        assert answer.json["detail"].startswith("data: the region has ") and "the limit is" in answer.json["detail"]
