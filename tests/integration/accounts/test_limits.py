"""How many keys, schedules and unfinished jobs a user may have, also if many requests arrive at the same moment."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from app.db.core.pool import Pool
from app.settings import Settings
from tests import harness


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"max_keys": 4, "max_schedules": 3, "max_pending_jobs": 5})


async def statuses(client: aiohttp.ClientSession, path: str, bodies: list[dict[str, object]], limit: str) -> list[int]:
    async def post(body: dict[str, object]) -> int:
        async with client.post(path, json=body) as response:
            if response.status == 429:
                problem = await response.json()
                assert problem["limit"] == limit and problem["current"] == problem["maximum"]
            return response.status

    return await asyncio.gather(*(post(body) for body in bodies))


async def test_keys(user_client: aiohttp.ClientSession, client: aiohttp.ClientSession) -> None:
    bodies: list[dict[str, object]] = [{"name": f"key {number}"} for number in range(12)]
    got = await statuses(user_client, "/api/v1/keys", bodies, "keys")
    assert (got.count(201), got.count(429)) == (3, 9)  # the user signed in with the fourth
    assert set(await statuses(client, "/api/v1/keys", bodies, "keys")) == {201}  # administrators are not limited


async def test_schedules(user_client: aiohttp.ClientSession, client: aiohttp.ClientSession) -> None:
    def bodies(name: str) -> list[dict[str, object]]:
        job: dict[str, object] = {"type": "website_revalidation", "data": {}, "cron": "0 3 * * *"}
        return [job | {"name": f"{name} {number}"} for number in range(10)]

    got = await statuses(user_client, "/api/v1/schedules", bodies("mine"), "schedules")
    assert (got.count(201), got.count(429)) == (3, 7)
    assert set(await statuses(client, "/api/v1/schedules", bodies("admin"), "schedules")) == {201}


async def test_unfinished_jobs(
    user_client: aiohttp.ClientSession, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    job: dict[str, object] = {"type": "website_revalidation", "data": {}}
    bodies = [job | {"dedupeKey": f"job {number}"} for number in range(12)]
    got = await statuses(user_client, "/api/v1/jobs", bodies, "pendingJobs")
    assert (got.count(202), got.count(429)) == (5, 7)
    async with user_client.post("/api/v1/jobs", json=bodies[:2]) as response:
        assert response.status == 429 and "finished" in (await response.json())["detail"]
    assert set(await statuses(client, "/api/v1/jobs", bodies, "pendingJobs")) == {202}
    await db_pool.execute("UPDATE jobs SET status = 'cancelled', completed_at = now()")

    async def accepted() -> bool:
        async with user_client.post("/api/v1/jobs", json=bodies[:2]) as response:
            return response.status == 202

    await harness.eventually(accepted)
