"""Queues: paused, resumed and limited at run time by admins, readable for everybody; the list of workers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from app.db.core.pool import Pool
from app.settings import Settings
from tests.harness import eventually, follow, worker
from tests.integration.households.calls import call

JOBS, QUEUE = "/api/v1/jobs", "/api/v1/queues/scripted"


async def create(client: aiohttp.ClientSession, number: int, data: dict[str, Any] | None = None) -> list[str]:
    answer = await call(client, "POST", JOBS, json=[{"type": "scripted", "data": data or {}}] * number)
    return [job["jobId"] for job in answer.json["jobs"]]


async def counts(client: aiohttp.ClientSession) -> dict[str, int]:
    found: dict[str, int] = (await call(client, "GET", QUEUE)).json["counts"]
    return found


async def test_everybody_may_read_queues(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, settings: Settings
) -> None:
    async with worker(settings):
        (done,) = await create(client, 1)
        await follow(client, done)
        (failed,) = await create(client, 1, {"fail_attempts": 1, "permanent": True})
        await follow(client, failed)
    await create(client, 3)
    answer = await call(user_client, "GET", QUEUE)
    queue = answer.json
    assert queue.pop("oldestReadySeconds") >= 0
    assert queue == {
        "name": "scripted",
        "route": "default",
        "priority": 2,
        "concurrency": 5,
        "perWorker": False,
        "defaults": {"priority": 2, "concurrency": 5},
        "overrides": {"priority": None, "concurrency": None},
        "paused": False,
        "pausedAt": None,
        "pausedUntil": None,
        "workers": 0,
        "slots": 0,
        "counts": {
            "ready": 3,
            "deferred": 0,
            "admitted": 0,
            "processing": 0,
            "completed": 1,
            "failed": 1,
            "cancelled": 0,
        },
        "finishedWithinSeconds": 3600,
        "ratePerMinute": 0.2,
    }
    listed = (await call(user_client, "GET", "/api/v1/queues")).json
    assert {"scripted", "noop", "geocode-households"} <= {q["name"] for q in listed["queues"]}
    assert listed["total"] == len(listed["queues"])


async def test_the_oldest_ready_job_counts_whatever_its_priority(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    assert (await call(client, "GET", QUEUE)).json["oldestReadySeconds"] is None
    for priority, age in ((3, 20), (7, 3000), (9, 100)):
        body = {"type": "scripted", "priority": priority}
        job_id = (await call(client, "POST", JOBS, json=body)).json["jobId"]
        await db_pool.execute(
            "UPDATE jobs SET created_at = now() - make_interval(secs => $2) WHERE id = $1::text::uuid", job_id, age
        )
    assert 3000 <= (await call(client, "GET", QUEUE)).json["oldestReadySeconds"] < 3000 + 3600


async def test_a_paused_queue_runs_only_jobs_that_are_run_by_hand(
    client: aiohttp.ClientSession, settings: Settings
) -> None:
    async with worker(settings):
        paused = (await call(client, "POST", f"{QUEUE}/pause")).json
        assert (paused["paused"], paused["pausedUntil"]) == (True, None)
        ids = await create(client, 4)
        (chosen,) = await create(client, 1, {"fail_attempts": 1})
        answer = await call(client, "POST", f"{JOBS}/{chosen}/run")
        assert (answer.status, answer.json["status"]) == (202, "pending")
        job = await follow(client, chosen)
        assert (job["status"], job["attempt"]) == ("completed", 2), "its second attempt runs, too"
        assert (await counts(client))["ready"] == 4
        again = (await call(client, "POST", f"{QUEUE}/pause")).json
        assert again["pausedAt"] == paused["pausedAt"]
        resumed = (await call(client, "POST", f"{QUEUE}/resume")).json
        assert (resumed["paused"], resumed["pausedAt"]) == (False, None)
        for job_id in ids:
            assert (await follow(client, job_id))["status"] == "completed"


async def test_running_a_job_of_a_paused_queue_applies_to_that_pause_only(
    client: aiohttp.ClientSession, db_pool: Pool, settings: Settings
) -> None:
    await call(client, "POST", f"{QUEUE}/pause")
    (chosen,) = await create(client, 1)
    await call(client, "POST", f"{JOBS}/{chosen}/run")
    await call(client, "POST", f"{QUEUE}/resume")
    await call(client, "POST", f"{QUEUE}/pause")
    async with worker(settings):
        (other,) = await create(client, 1)
        await call(client, "POST", f"{JOBS}/{other}/run")
        await follow(client, other)
        assert (await call(client, "GET", f"{JOBS}/{chosen}")).json["status"] == "pending"


async def test_a_pause_ends_by_itself(client: aiohttp.ClientSession, settings: Settings, db_pool: Pool) -> None:
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert (await call(client, "POST", f"{QUEUE}/pause", json={"until": until})).json["paused"]
    (held, chosen) = await create(client, 2)
    await call(client, "POST", f"{JOBS}/{chosen}/run")
    async with worker(settings):
        await follow(client, chosen)  # the worker has looked at the queue
        assert (await call(client, "GET", f"{JOBS}/{held}")).json["status"] == "pending"
        ended = await db_pool.fetchval("UPDATE queues SET paused_until = now() WHERE name = 'scripted' RETURNING now()")
        job = await follow(client, held)
        assert datetime.fromisoformat(job["startedAt"]) >= ended.replace(microsecond=ended.microsecond // 1000 * 1000)
        queue = (await call(client, "GET", QUEUE)).json
        assert (queue["paused"], queue["pausedUntil"]) == (False, None)


async def test_limits_change_while_a_queue_runs(client: aiohttp.ClientSession, settings: Settings) -> None:
    async with worker(settings):
        queue = (await call(client, "PATCH", QUEUE, json={"concurrency": 0, "priority": 9})).json
        assert (queue["concurrency"], queue["priority"]) == (0, 9)
        assert queue["overrides"] == {"concurrency": 0, "priority": 9}
        await create(client, 4, {"sleep": 60})
        await call(client, "PATCH", QUEUE, json={"concurrency": 2})

        async def running(number: int) -> bool:
            return (await counts(client))["processing"] == number

        await eventually(lambda: running(2))
        assert (await counts(client))["ready"] == 2
        queue = (await call(client, "PATCH", QUEUE, json={"concurrency": None})).json
        assert (queue["concurrency"], queue["priority"]) == (5, 9)
        await eventually(lambda: running(4))


async def test_a_limit_per_worker_counts_the_live_ones(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    await db_pool.execute(
        """UPDATE queues SET per_worker = true WHERE name = 'scripted';
           INSERT INTO workers (id, hostname, pid, route, slots, version, beat_at, stopping)
           SELECT gen_random_uuid(), 'h', 1, 'default', 10, '0', now() - age, stopping
           FROM (VALUES (interval '0', false), ('1 s', false), ('1 min', false), ('0', true)) AS w (age, stopping)"""
    )
    queue = (await call(client, "GET", QUEUE)).json
    assert (queue["workers"], queue["slots"], queue["concurrency"], queue["defaults"]["concurrency"]) == (2, 20, 10, 5)


async def test_only_admins_may_list_workers(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, settings: Settings, db_pool: Pool
) -> None:
    await db_pool.execute(
        """INSERT INTO workers (id, hostname, pid, route, slots, version, started_at, beat_at)
           SELECT gen_random_uuid(), 'gone', 7, 'apart', 3, '0', now() - interval '1 h', now() - interval '1 min'"""
    )
    assert (await call(user_client, "GET", "/api/v1/workers")).status == 403
    async with worker(settings) as started:
        (job_id,) = await create(client, 1, {"sleep": 60})

        async def running() -> bool:
            return (await counts(client))["processing"] == 1

        await eventually(running)
        answer = (await call(client, "GET", "/api/v1/workers")).json
        await call(client, "POST", f"{JOBS}/{job_id}/cancel")
    alive, gone = answer["workers"]
    assert (alive["id"], alive["route"], alive["slots"]) == (str(started.id), "default", 100)
    assert (alive["running"], alive["alive"], alive["stopping"]) == (1, True, False)
    assert (gone["hostname"], gone["pid"], gone["running"], gone["alive"]) == ("gone", 7, 0, False)


BAD: list[tuple[str, str, Any, int, str]] = [
    ("POST", "/pause", {"until": "2020-01-01T00:00:00Z"}, 422, "until: must be in the future"),
    ("POST", "/pause", {"until": "tomorrow"}, 422, "until: must be a time"),
    ("POST", "/pause", {"till": "2090-01-01T00:00:00Z"}, 422, "till: is not a known field"),
    ("PATCH", "", {}, 422, "at least one of concurrency"),
    ("PATCH", "", {"concurrency": -1}, 422, "concurrency: must be at least 0"),
    ("PATCH", "", {"concurrency": 10_001}, 422, "concurrency: must be at most 10000"),
    ("PATCH", "", {"concurrency": "many"}, 422, "concurrency: must be a whole number"),
    ("PATCH", "", {"priority": 0}, 422, "priority: must be at least 1"),
    ("PATCH", "", {"route": "x"}, 422, "route: is not a known field"),
]


async def test_bad_requests_change_nothing(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    before = await db_pool.fetch("SELECT * FROM queues ORDER BY name")
    for method, action, body, status, words in BAD:
        answer = await call(client, method, f"{QUEUE}{action}", json=body)
        assert (answer.status, words in answer.json["error"]) == (status, True), (body, answer.json)
    for name in ("nothing", "%00", "a%00b", "..%2fscripted", "é" * 300):
        for method, action in (("GET", ""), ("POST", "/pause"), ("POST", "/resume"), ("PATCH", "")):
            body = {"priority": 1} if method == "PATCH" else None
            assert (await call(client, method, f"/api/v1/queues/{name}{action}", json=body)).status == 404
    assert await db_pool.fetch("SELECT * FROM queues ORDER BY name") == before
    assert await db_pool.fetchval("SELECT count(*) FROM audit_log") == 0


async def test_only_admins_may_change_queues_and_changes_are_audited(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    calls: list[tuple[str, str, Any]] = [
        ("POST", "/pause", None),
        ("PATCH", "", {"priority": 1}),
        ("POST", "/resume", None),
    ]
    for method, action, body in calls:
        assert (await call(user_client, method, f"{QUEUE}{action}", json=body)).status == 403
        assert (await call(client, method, f"{QUEUE}{action}", json=body)).status == 200
    rows = await db_pool.fetch("SELECT action FROM audit_log WHERE details->>'queue' = 'scripted' ORDER BY id")
    assert [row["action"] for row in rows] == ["QUEUE_PAUSED", "QUEUE_CHANGED", "QUEUE_RESUMED"]
