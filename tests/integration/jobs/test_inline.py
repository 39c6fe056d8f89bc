"""Due jobs run within a request: without a worker, under the queues' limits, handed back when the time is up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from app.db.core.pool import Pool
from app.db.jobs import actions
from app.settings import Settings
from tests import harness
from tests.integration.households.calls import Answer, call

Client = aiohttp.ClientSession

SECRET = "the secret of a hosted cron"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"cron_secret": SECRET, "lease_seconds": 3.0})


@pytest.fixture
async def cron(url: str) -> AsyncIterator[Client]:
    async with harness.session(url, SECRET) as session:
        yield session


async def process(cron: Client, **params: int) -> Answer:
    return await call(cron, "GET", "/api/cron/process-jobs", params={k: str(v) for k, v in params.items()})


async def create(client: Client, *data: dict[str, Any]) -> list[str]:
    body = [{"type": "scripted", "data": one} for one in data]
    made = (await call(client, "POST", "/api/v1/jobs", json=body)).json
    return [job["jobId"] for job in made["jobs"]]


async def test_due_jobs_run_without_a_worker(client: Client, cron: Client, db_pool: Pool) -> None:
    good, bad, again = await create(
        client, {"steps": 2, "items": 3}, {"fail_attempts": 9, "permanent": True}, {"fail_attempts": 1}
    )
    answer = await process(cron, timeout=5000)
    assert answer.status == 200
    report = answer.json
    assert (report["processed"], report["succeeded"], report["failed"]) == (3, 1, 1)
    assert report["remaining"] in (0, 1), "the one that is tried again may be due already"
    assert {job["id"]: (job["jobType"], job["status"]) for job in report["jobs"]} == {
        good: ("scripted", "success"), bad: ("scripted", "failure"), again: ("scripted", "queued"),
    }  # fmt: skip
    assert all("as requested" in job["error"] for job in report["jobs"] if job["id"] != good)
    row = await db_pool.fetchrow("SELECT processed_items, fence FROM jobs WHERE id = $1", UUID(good))
    assert row is not None and tuple(row) == (6, 1)
    await db_pool.execute("UPDATE jobs SET run_at = now() WHERE id = $1", UUID(again))
    later = (await process(cron, timeout=5000)).json
    assert [(job["id"], job["status"]) for job in later["jobs"]] == [(again, "success")]


async def test_unfinished_jobs_are_handed_back_with_their_checkpoints(
    client: Client, cron: Client, db_pool: Pool
) -> None:
    [job_id] = await create(client, {"steps": 10, "step_seconds": 0.05})
    report = (await process(cron, timeout=250)).json
    assert [(job["id"], job["status"]) for job in report["jobs"]] == [(job_id, "queued")] and report["remaining"] == 1
    row = await db_pool.fetchrow("SELECT status, checkpoint, attempt, lease_until FROM jobs")
    assert row is not None and (row["status"], row["attempt"], row["lease_until"]) == ("pending", 1, None)
    report = (await process(cron, timeout=5000)).json
    assert report["succeeded"] == 1 and report["remaining"] == 0
    row = await db_pool.fetchrow("SELECT processed_items, attempt FROM jobs")
    assert row is not None and tuple(row) == (10, 1), "no step twice, and one attempt"


async def test_queues_limits_and_pauses_hold(client: Client, cron: Client, db_pool: Pool) -> None:
    await db_pool.execute("UPDATE queues SET concurrency_override = 2 WHERE name = 'scripted'")
    ids = await create(client, *[{"sleep": 0.05}] * 5)
    report = (await process(cron, timeout=8000, maxJobs=4)).json
    assert (report["processed"], report["succeeded"], report["remaining"]) == (4, 4, 1)
    assert [job["id"] for job in report["jobs"]] == ids[:4], "first come, first served"
    overlaps = await db_pool.fetchval(
        """SELECT max(running) FROM (
               SELECT sum(CASE event WHEN 'claimed' THEN 1 ELSE -1 END) OVER (ORDER BY at, id) AS running
               FROM job_events) AS counted"""
    )
    assert overlaps <= 2
    await db_pool.execute("UPDATE queues SET paused_at = now() WHERE name = 'scripted'")
    report = (await process(cron, timeout=8000)).json
    assert (report["processed"], report["remaining"]) == (0, 1)


async def test_beside_a_worker_no_job_runs_twice(
    client: Client, cron: Client, settings: Settings, db_pool: Pool
) -> None:
    ids = await create(client, *[{"steps": 1}] * 60)
    async with harness.worker(settings):
        await process(cron, timeout=3000)
        for job_id in ids:
            await harness.follow(client, job_id)
    assert await db_pool.fetchval("SELECT sum(processed_items) FROM jobs") == 60
    assert await db_pool.fetchval("SELECT max(fence) FROM jobs") == 1


async def test_a_running_job_can_be_cancelled(client: Client, cron: Client, db_pool: Pool) -> None:
    [job_id] = await create(client, {"sleep": 1.9})
    running = asyncio.create_task(process(cron, timeout=20_000))

    async def claimed() -> bool:
        return bool(await db_pool.fetchval("SELECT status = 'processing' FROM jobs"))

    await harness.eventually(claimed)
    async with db_pool.acquire() as conn, conn.transaction():
        await actions.cancel_all(conn, [UUID(job_id)])
    report = (await running).json
    assert [job["status"] for job in report["jobs"]] == ["cancelled"]


async def test_only_with_the_secret(
    client: Client, cron: Client, settings: Settings, admin_id: object, db_pool: Pool
) -> None:
    assert (await process(client)).status == 401, "an API key is no secret"
    assert (await process(cron, timeout=60_000)).status == 422
    async with (
        harness.api(settings.model_copy(update={"cron_secret": None})) as url,
        harness.session(url, SECRET) as nobody,
    ):
        assert (await process(nobody)).status == 404


async def test_heat_maps_need_no_worker(client: Client, cron: Client, db_pool: Pool) -> None:
    made = (await call(client, "POST", "/api/heatmap/schedule", json={"citySlug": "cancun", "gridStep": 0.01})).json
    report = (await process(cron)).json
    assert report["jobs"] == [{"id": made["jobId"], "jobType": "heatmap_compute", "status": "success", "error": None}]
    assert await db_pool.fetchval("SELECT count(*) FROM heat_cells") == made["estimatedCells"]


async def test_a_job_of_a_worker_that_is_gone_is_released(
    client: Client, user_client: Client, cron: Client, db_pool: Pool
) -> None:
    lost, held, waiting = await create(client, *[{"steps": 1}] * 3)
    await db_pool.execute(
        """UPDATE jobs SET status = 'processing', worker_id = gen_random_uuid(), fence = 1, started_at = now(),
               lease_until = now() + CASE id WHEN $1 THEN interval '-1 s' ELSE interval '1 h' END
           WHERE id <> $2""",
        UUID(lost),
        UUID(waiting),
    )
    assert (await call(user_client, "POST", "/api/v1/jobs/release")).status == 403
    assert (await call(client, "POST", "/api/v1/jobs/release")).json == {"released": 1, "undelivered": 0}
    report = (await process(cron, timeout=5000)).json
    assert [(job["id"], job["status"]) for job in report["jobs"]] == [(lost, "success"), (waiting, "success")]
    row = await db_pool.fetchrow("SELECT status, fence FROM jobs WHERE id = $1", UUID(held))
    assert row is not None and tuple(row) == ("processing", 1)
