"""How many keys, schedules, unfinished jobs and Idempotency-Keys a user may have, if many requests come at once."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from app.db.core.pool import Pool
from app.settings import Settings
from tests import harness


@pytest.fixture
def settings(settings: Settings) -> Settings:
    limits = {"max_keys": 4, "max_schedules": 3, "max_pending_jobs": 5, "max_idempotency_keys": 3}
    return settings.model_copy(update=limits)


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


async def test_idempotency_keys(
    user_client: aiohttp.ClientSession, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    async def post(by: aiohttp.ClientSession, key: str | None) -> tuple[int, bool, dict[str, object]]:
        headers = {"Idempotency-Key": key} if key else {}
        async with by.post("/api/v1/jobs", json={"type": "noop"}, headers=headers) as response:
            return response.status, "Idempotent-Replayed" in response.headers, await response.json()

    first = [await post(user_client, f"key {number}") for number in range(4)]
    assert [status for status, _, _ in first] == [202, 202, 202, 429]
    problem = first[-1][2]
    assert (problem["limit"], problem["maximum"], problem["current"]) == ("idempotencyKeys", 3, 3)
    assert "Send the request without the header" in str(problem["detail"])
    assert await post(user_client, "key 1") == (202, True, first[1][2])
    assert (await post(user_client, None))[0] == 202
    assert {(await post(client, f"key {number}"))[0] for number in range(4)} == {202}  # administrators are not limited
    await db_pool.execute("UPDATE idempotency_keys SET created_at = now() - interval '25 hours'")

    async def accepted() -> bool:
        return (await post(user_client, "key 3"))[0] == 202

    await harness.eventually(accepted)
