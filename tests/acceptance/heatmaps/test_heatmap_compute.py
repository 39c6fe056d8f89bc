"""heatmap_compute on the whole platform, and a worker that is killed in the midst of it."""

from __future__ import annotations

import os
import random
import signal
from typing import Any

import aiohttp

from tests import harness
from tests.acceptance.conftest import Place

Json = dict[str, Any]

EDGES = {"south": 21.0, "west": -87.0, "north": 21.3, "east": -86.7}
CELLS = 90_000


async def import_pois(client: aiohttp.ClientSession, count: int) -> None:
    draw = random.Random(5)
    lines = (
        f"{n},Shop {n},{draw.choice(('supermarket', 'bakery', 'convenience'))},"
        f"{draw.uniform(20.98, 21.32):.6f},{draw.uniform(-87.02, -86.68):.6f}\n"
        for n in range(count)
    )
    body = "id,name,category,lat,lon\n" + "".join(lines)
    headers = {"Content-Type": "text/csv"}
    source = {"source": "heat maps"}
    async with client.post("/api/v1/pois/import", data=body, params=source, headers=headers) as response:
        assert response.status == 202, await response.text()
        created = await response.json()
    job = await harness.follow(client, created["jobId"])
    assert job["result"]["inserted"] + job["result"]["unchanged"] == count


async def schedule(client: aiohttp.ClientSession, **body: Any) -> Json:
    async with client.post("/api/heatmap/schedule", json=body) as response:
        assert response.status == 202, await response.text()
        created: Json = await response.json()
        return created


async def stored(client: aiohttp.ClientSession) -> list[list[float]]:
    query = {"bbox": "-87,21,-86.7,21.3", "gridStep": "0.001"}
    async with client.get("/api/heatmap", params=query) as response:
        assert response.status == 200, await response.text()
        cells: list[list[float]] = (await response.json())["cells"]
        return cells


async def test_a_city_is_computed_and_drawn(admin: aiohttp.ClientSession) -> None:
    await import_pois(admin, 300)
    created = await schedule(admin, citySlug="cancun", gridStep=0.01)
    job = await harness.follow(admin, created["jobId"])
    assert (job["status"], job["processedItems"]) == ("completed", created["estimatedCells"])
    async with admin.get("/api/score", params={"lat": "21.16", "lng": "-86.85", "explain": "true"}) as response:
        scored = await response.json()
    assert scored["hasHeatmapCoverage"] and scored["job"] is None and scored["drivers"]
    async with admin.get("/api/heatmap/tiles/10/264/450.png") as response:
        assert response.status == 200 and (await response.read()).startswith(b"\x89PNG")


async def test_a_worker_that_is_killed_in_the_midst_of_a_region(place: Place) -> None:
    async with harness.session(place.up.url, harness.ADMIN_KEY) as client:
        await import_pois(client, 2_000)
        created = await schedule(client, bounds=EDGES, gridStep=0.001)
        assert created["estimatedCells"] == CELLS

        async def halfway() -> bool:
            async with client.get(f"/api/v1/jobs/{created['jobId']}") as response:
                job: Json = await response.json()
            assert job["completedAt"] is None, "it was over before it could be killed"
            return bool(job["processedItems"] > 0)

        await harness.eventually(halfway)
        worker = place.up.pid_of("arq")
        assert worker is not None
        os.kill(worker, signal.SIGKILL)
        job = await harness.follow(client, created["jobId"])
        assert (job["status"], job["attempt"], job["processedItems"]) == ("completed", 1, CELLS)
        async with client.get(f"/api/v1/jobs/{created['jobId']}/timeline") as response:
            events = [event["event"] for event in (await response.json())["events"]]
        assert events == ["created", "claimed", "rescued", "claimed", "completed"]
        disturbed = await stored(client)

        async with client.post("/api/heatmap/reset", json={"bounds": EDGES, "gridStep": 0.001}) as response:
            assert (await response.json())["removed"] == CELLS
        again = await schedule(client, bounds=EDGES, gridStep=0.001)
        await harness.follow(client, again["jobId"])
        assert await stored(client) == disturbed
        assert len({tuple(cell[:2]) for cell in disturbed}) == CELLS
