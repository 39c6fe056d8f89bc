"""Streams and long polls that a user holds open are limited, per user and per process."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from uuid import uuid4

import aiohttp
import pytest

from app.db.core.pool import Pool
from app.settings import Settings
from app.web.http.open_requests import OpenRequests
from tests import harness
from tests.integration.dashboard.conftest import visitor
from tests.integration.households.calls import call

WAIT = {"Prefer": "wait=30"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"max_open_requests": 2, "max_open_requests_per_process": 3, "max_exclusions": 2})


async def test_streams_and_long_polls(
    url: str, client: aiohttp.ClientSession, user_client: aiohttp.ClientSession
) -> None:
    job_id = (await call(user_client, "POST", "/api/v1/jobs", json={"type": "noop"})).json["jobId"]
    path = f"/api/v1/jobs/{job_id}"
    key = user_client.headers["Authorization"].removeprefix("Bearer ")
    async with AsyncExitStack() as stack, visitor(url, key) as page:
        first = await user_client.get(f"{path}/events")
        await stack.enter_async_context(await page.session.get("/live/jobs?top=1"))
        refused = await call(user_client, "GET", f"{path}/events")
        assert (refused.status, refused.headers["Retry-After"]) == (429, "30")
        assert "Close some" in refused.json["detail"]
        assert (await page.get("/live/jobs?top=1")).status == 429
        at_once = await call(user_client, "GET", path, headers=WAIT)
        assert at_once.status == 200 and at_once.json["status"] == "pending"
        assert "Preference-Applied" not in at_once.headers
        # others have room, until the process has none
        await stack.enter_async_context(await client.get(f"{path}/events"))
        assert (await call(client, "GET", f"{path}/events")).status == 429
        assert "Preference-Applied" not in (await call(client, "GET", path, headers=WAIT)).headers
        first.close()

        async def has_room() -> bool:
            response = await user_client.get(f"{path}/events")
            stack.push_async_callback(asyncio.to_thread, response.close)
            return response.status == 200

        await harness.eventually(has_room)


async def test_what_has_ended_makes_room(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    job_id = (await call(client, "POST", "/api/v1/jobs", json={"type": "noop"})).json["jobId"]
    for _ in range(5):
        answer = await call(client, "GET", f"/api/v1/jobs/{job_id}", headers={"Prefer": "wait=0"})
        assert answer.headers["Preference-Applied"] == "wait=0"
    await db_pool.execute("UPDATE jobs SET status = 'cancelled', completed_at = now()")
    for _ in range(5):  # the stream of a finished job ends by itself, and HEAD opens none
        assert (await call(client, "GET", f"/api/v1/jobs/{job_id}/events")).status == 200
        assert (await call(client, "HEAD", f"/api/v1/jobs/{job_id}/events")).status in (200, 405)
        assert (await call(client, "GET", f"/api/v1/jobs/{uuid4()}/events")).status == 404


def test_counts() -> None:
    requests, one, other = OpenRequests(2, 3), uuid4(), uuid4()
    assert [requests.enter(user) for user in (one, one, one, other, other)] == [True, True, False, True, False]
    requests.leave(one)
    assert requests.enter(other) and not requests.enter(one)
    unlimited = OpenRequests(0, 0)
    assert all(unlimited.enter(one) for _ in range(10_000))


async def test_exclusions(client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, db_pool: Pool) -> None:
    async def exclude(session: aiohttp.ClientSession, domain: str) -> tuple[int, object]:
        body = {"by": "domain", "value": domain}
        answer = await call(session, "POST", "/api/v1/business-exclusions", json=body)
        return answer.status, answer.json.get("limit")

    got = await asyncio.gather(*(exclude(user_client, f"a{number}.example") for number in range(6)))
    assert sorted(got, key=str) == [(201, None)] * 2 + [(429, "exclusions")] * 4
    assert await db_pool.fetchval("SELECT count(*) FROM business_exclusions") == 2
    for number in range(4):
        assert (await exclude(client, f"b{number}.example"))[0] == 201  # administrators are not limited


async def test_a_new_session_ends_the_oldest_of_too_many(
    url: str, client: aiohttp.ClientSession, db_pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.db.accounts.sessions.MAX_SESSIONS", 2)
    async with AsyncExitStack() as stack:
        pages = [await stack.enter_async_context(visitor(url, harness.ADMIN_KEY)) for _ in range(3)]
        assert await db_pool.fetchval("SELECT count(*) FROM sessions") == 2

        async def is_signed_out() -> bool:
            return (await pages[0].get("/")).location == "/login"

        await harness.eventually(is_signed_out)
        assert [(await page.get("/")).status for page in pages[1:]] == [200, 200]
