"""The home page: first steps, what runs, what needs attention, and figures."""

from __future__ import annotations

import re

import aiohttp

from app.db.core.pool import Pool
from tests.integration.dashboard.conftest import Visitor

RUN = """UPDATE jobs SET status = 'processing', started_at = now(), attempt = 1, attempt_open = true,
             dispatch_id = gen_random_uuid(), worker_id = gen_random_uuid(), lease_until = now() + interval '1 hour',
             deadline = now() + interval '1 hour' WHERE id = $1"""


async def create(client: aiohttp.ClientSession, count: int = 1) -> list[str]:
    ids = []
    for _ in range(count):
        async with client.post("/api/v1/jobs", json={"type": "scripted", "data": {}}) as response:
            assert response.status == 202, await response.text()
            ids.append((await response.json())["jobId"])
    return ids


async def test_an_empty_platform_shows_the_first_steps(client: aiohttp.ClientSession, user: Visitor) -> None:
    page = (await user.get("/")).text
    assert "Getting started" in page
    assert "Nothing is running" in page
    async with client.post("/api/v1/households", json=[{"address": "1 Main St", "city": "Reno"}]) as response:
        assert response.status == 201
    assert "Getting started" not in (await user.get("/")).text


async def test_what_runs_and_what_failed(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, admin: Visitor, user: Visitor, db_pool: Pool
) -> None:
    mine, other, running, waiting = [*await create(client, 2), *await create(user_client, 2)]
    failure = "UPDATE jobs SET status = 'failed', error = $2, started_at = now(), completed_at = now() WHERE id = $1"
    await db_pool.execute(failure, mine, "no answer within 5 s")
    await db_pool.execute(failure, other, "no answer within 7 s")
    await db_pool.execute(RUN, running)
    page = (await admin.get("/")).text
    assert "Scripted: 2 jobs failed" in page
    assert "1 job is running; 1 waits." in page.replace("\n", "")
    assert f'id="job-{running}"' in page
    assert waiting not in page
    assert "No worker is running" in page
    theirs = (await user.get("/")).text
    assert "failed" not in theirs.replace("Jobs failed", "").replace("No job failed", "")
    assert f'id="job-{running}"' in theirs
    await db_pool.execute("UPDATE jobs SET completed_at = now() - interval '25 hours' WHERE status = 'failed'")
    assert "Scripted: 2 jobs failed" not in (await admin.get("/")).text


async def test_status_tabs_count_the_jobs_of_the_reader(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, admin: Visitor, user: Visitor, db_pool: Pool
) -> None:
    first, *_ = [*await create(client, 3), *await create(user_client, 1)]
    failure = "UPDATE jobs SET status = 'failed', error = 'x', started_at = now(), completed_at = now() WHERE id = $1"
    await db_pool.execute(failure, first)

    async def tabs(visitor: Visitor, query: str = "") -> dict[str, str]:
        page = (await visitor.get(f"/jobs{query}")).text
        return dict(re.findall(r'">(\w+) <span class="tally">([^<]*)</span>', page))

    assert await tabs(admin) == {"Pending": "3", "Processing": "0", "Completed": "0", "Failed": "1", "Cancelled": "0"}
    assert (await tabs(user))["Pending"] == "1"
    assert (await tabs(admin, "?status=failed&type=noop"))["Failed"] == "0"
    assert await tabs(admin, "?q=scripted") == {}


async def test_paused_queues(client: aiohttp.ClientSession, admin: Visitor, user: Visitor) -> None:
    async with client.post("/api/v1/queues/scripted/pause", json={}) as response:
        assert response.status == 200, await response.text()
    assert "Queue scripted is paused" in (await admin.get("/")).text
    theirs = (await user.get("/")).text
    assert "Queue scripted is paused" in theirs
    assert 'href="/queues"' not in theirs


async def test_old_addresses_of_the_list_lead_on_to_it(admin: Visitor) -> None:
    page = await admin.get("/?status=failed&q=a+b")
    assert (page.status, page.location) == (303, "/jobs?status=failed&q=a+b")
