"""A region's places fetched from Overpass: once a day, one query at a time, and what happens when it refuses."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from app.db.core.pool import Pool
from app.db.heatmaps.poi_tiles import query_slot
from app.settings import ProviderSettings, Settings
from tests import harness
from tests.integration.heatmaps.conftest import schedule
from tests.servers.overpass import OverpassStandIn, node, way
from tests.servers.standin import Fault

Client = aiohttp.ClientSession

SHOPS = [
    node(1, 21.14, -86.85, shop="supermarket", name="Chedraui"),
    way(2, 21.15, -86.84, shop="greengrocer"),
    node(3, 21.15, -86.84, amenity="marketplace"),
    node(4, 21.20, -86.80, shop="bakery", brand="El Globo"),
]

EDGES = {"south": 21.10, "west": -86.90, "north": 21.18, "east": -86.76}
"""With 5 km around them they cross one line of tiles."""


@pytest.fixture
async def server() -> AsyncIterator[OverpassStandIn]:
    async with OverpassStandIn(SHOPS) as running:
        yield running


@pytest.fixture
def settings(settings: Settings, server: OverpassStandIn) -> Settings:
    return settings.model_copy(update={"providers": {"overpass": ProviderSettings(url=server.url)}})


async def places(pool: Pool) -> list[tuple[Any, ...]]:
    rows = await pool.fetch("SELECT record_id, category, name FROM pois WHERE source = 'overpass' ORDER BY record_id")
    return [tuple(row) for row in rows]


async def compute(client: Client, settings: Settings, **body: Any) -> dict[str, Any]:
    created = await schedule(client, bounds=EDGES, **body)
    async with harness.worker(settings):
        return await harness.follow(client, created["jobId"])


async def test_tiles_are_fetched_once_a_day(
    client: Client, settings: Settings, server: OverpassStandIn, db_pool: Pool
) -> None:
    job = await compute(client, settings)
    assert job["status"] == "completed" and job["result"]["pois"] == 4
    assert "OpenStreetMap" in job["result"]["attribution"]
    assert await places(db_pool) == [
        ("node/1", "supermarket", "Chedraui"),
        ("node/3", "marketplace", None),
        ("node/4", "bakery", "El Globo"),
        ("way/2", "supermarket", None),
    ]
    asked = len(server.queries)
    assert asked == job["result"]["tilesFetched"] == 2
    again = await compute(client, settings, force=True)
    assert len(server.queries) == asked and again["result"]["tilesFetched"] == 0
    server.elements = SHOPS[:1] + [node(9, 21.16, -86.85, shop="butcher")]
    await db_pool.execute("UPDATE poi_tiles SET fetched_at = now() - interval '25 h'")
    updated = await db_pool.fetchval("SELECT updated_at FROM pois WHERE record_id = 'node/1'")
    later = await compute(client, settings, force=True)
    assert later["result"]["pois"] == 2 and len(server.queries) == 2 * asked
    assert [place[0] for place in await places(db_pool)] == ["node/1", "node/9"], "what is gone is gone"
    assert await db_pool.fetchval("SELECT updated_at FROM pois WHERE record_id = 'node/1'") == updated


async def test_a_busy_server_makes_the_job_wait_without_an_attempt(
    client: Client, settings: Settings, server: OverpassStandIn
) -> None:
    server.retry_after = 1
    server.fail(Fault.RETRY_AFTER, times=1)
    job = await compute(client, settings)
    assert (job["status"], job["attempt"]) == ("completed", 1)
    timeline = await client.get(f"/api/v1/jobs/{job['id']}/timeline")
    events = [event["event"] for event in (await timeline.json())["events"]]
    assert events == ["created", "claimed", "snoozed", "claimed", "completed"]


async def test_old_places_are_better_than_none(
    client: Client, settings: Settings, server: OverpassStandIn, db_pool: Pool
) -> None:
    await compute(client, settings)
    await db_pool.execute("UPDATE poi_tiles SET fetched_at = now() - interval '3 days'")
    server.fail(Fault.GARBAGE)
    job = await compute(client, settings, force=True)
    assert job["status"] == "completed" and job["result"]["pois"] == 4
    assert len(job["result"]["warnings"]) == 2 and "overpass" in job["result"]["warnings"][0]


async def test_a_wrong_address_fails_the_job_at_once(
    client: Client, settings: Settings, server: OverpassStandIn
) -> None:
    server.fail(Fault.BAD_KEY)
    job = await compute(client, settings)
    assert job["status"] == "failed" and job["attempt"] == 1 and "403" in job["error"]


async def test_one_slot_for_everybody(db_pool: Pool) -> None:
    inside, most = 0, 0

    async def use() -> None:
        nonlocal inside, most
        async with query_slot(db_pool):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(use() for _ in range(3)))
    assert most == 1
