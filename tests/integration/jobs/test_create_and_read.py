"""Create jobs by REST, run them in a real worker, and read them back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from app.db.core.pool import Pool
from app.settings import Settings
from tests.harness import follow, worker


async def create(client: aiohttp.ClientSession, body: Any, status: int = 202) -> Any:
    async with client.post("/api/v1/jobs", json=body) as response:
        assert response.status == status, await response.text()
        return await response.json()


async def test_a_job_is_created_run_and_read_back(client: aiohttp.ClientSession, settings: Settings) -> None:
    async with worker(settings):
        made = await create(client, {"type": "scripted", "data": {"steps": 3, "items": 4, "result": {"said": "é"}}})
        job = await follow(client, made["jobId"])
    assert job["status"] == "completed"
    assert (job["totalItems"], job["processedItems"], job["failedItems"], job["progress"]) == (12, 12, 0, 100)
    assert job["result"] == {"steps": 3, "attempt": 1, "said": "é"}
    assert job["createdBy"]["email"] == "admin@localhost"
    assert job["startedAt"].endswith("Z") and job["completedAt"] >= job["startedAt"] >= job["createdAt"]


async def test_a_job_waits_for_a_worker(client: aiohttp.ClientSession, settings: Settings) -> None:
    made = await create(client, {"type": "noop"})
    async with client.get(f"/api/v1/jobs/{made['jobId']}") as response:
        job = await response.json()
    assert (job["status"], job["poll_interval_ms"], response.headers["Retry-After"]) == ("pending", 500, "1")
    async with worker(settings):
        assert (await follow(client, made["jobId"]))["status"] == "completed"


async def test_a_job_waits_for_its_time(client: aiohttp.ClientSession, settings: Settings) -> None:
    later, past = datetime.now(UTC) + timedelta(hours=1), datetime.now(UTC) - timedelta(hours=1)
    new = [{"type": "scripted", "runAt": time.isoformat()} for time in (later, past)]
    waiting, due = [job["jobId"] for job in (await create(client, new))["jobs"]]
    async with worker(settings):
        assert (await follow(client, due))["status"] == "completed"
    async with client.get(f"/api/v1/jobs/{waiting}") as response:
        job = await response.json()
    assert (job["status"], datetime.fromisoformat(job["runAt"])) == ("pending", later)


@pytest.mark.parametrize("time", ["2026-01-31T12:00:00", "tomorrow", "9999-12-31T00:00:00Z", 7])
async def test_a_time_that_cannot_be_waited_for_is_refused(client: aiohttp.ClientSession, time: object) -> None:
    async with client.post("/api/v1/jobs", json={"type": "scripted", "runAt": time}) as response:
        assert response.status == 422
        assert [error["field"] for error in (await response.json())["errors"]] == ["runAt"]


@pytest.mark.parametrize(
    ("script", "status", "attempts"),
    [
        ({"fail_attempts": 2}, "completed", 3),
        ({"fail_attempts": 3}, "failed", 3),
        ({"fail_attempts": 1, "permanent": True}, "failed", 1),
        ({"sleep": 60}, "failed", 3),
        ({"snooze": 0.1, "steps": 2}, "completed", 1),
    ],
)
async def test_attempts(
    client: aiohttp.ClientSession, settings: Settings, script: dict[str, Any], status: str, attempts: int
) -> None:
    async with worker(settings):
        made = await create(client, {"type": "scripted", "data": script})
        job = await follow(client, made["jobId"])
    assert (job["status"], job["attempt"]) == (status, attempts)
    assert (job["error"] is None) == (status == "completed")


async def test_item_errors_are_logged_and_paged(client: aiohttp.ClientSession, settings: Settings) -> None:
    async with worker(settings):
        made = await create(client, {"type": "scripted", "data": {"steps": 60, "items": 3, "failing_items": 2}})
        job = await follow(client, made["jobId"])
    assert (job["status"], job["processedItems"], job["failedItems"]) == ("completed", 180, 120)
    assert len(job["errorLog"]) == 100
    assert job["errorLog"][0]["itemId"] == "60-1"
    async with client.get(f"/api/v1/jobs/{job['id']}/errors?limit=50&offset=100") as response:
        page = await response.json()
    assert (page["total"], len(page["errors"]), page["errors"][-1]["itemId"]) == (120, 20, "60-1")


async def test_a_list_creates_all_or_nothing(client: aiohttp.ClientSession) -> None:
    problem = await create(client, [{"type": "noop"}, {"type": "noop", "data": {"seconds": -1}}], 422)
    assert problem["errors"] == [{"field": "1.data.seconds", "message": "must be at least 0.0"}]
    assert problem["error"] == problem["detail"]
    async with client.get("/api/v1/jobs") as response:
        assert (await response.json())["total"] == 0
    made = await create(client, [{"type": "noop"}, {"type": "scripted"}])
    async with client.get("/api/v1/jobs?type=script") as response:
        assert [job["id"] for job in (await response.json())["jobs"]] == [made["jobs"][1]["jobId"]]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"type": "nothing"}, 422, "unknown job type"),
        ({"data": {}}, 422, "type: is required"),
        ({"type": "noop", "priority": 0}, 422, "priority: must be at least 1"),
        ({"type": "noop", "unknown": 1}, 422, "unknown: is not a known field"),
        ([], 400, "1 to 10,000"),
        ("text", 422, "must be"),
    ],
)
async def test_bad_requests_say_what_to_do(client: aiohttp.ClientSession, body: Any, status: int, words: str) -> None:
    problem = await create(client, body, status)
    assert words in problem["error"]


async def test_users_see_their_own_jobs(client: aiohttp.ClientSession, user_client: aiohttp.ClientSession) -> None:
    admins = (await create(client, {"type": "noop"}))["jobId"]
    users = (await create(user_client, {"type": "noop"}))["jobId"]
    for session, job_id, status in ((user_client, admins, 404), (user_client, users, 200), (client, users, 200)):
        async with session.get(f"/api/v1/jobs/{job_id}") as response:
            assert response.status == status
    async with user_client.get("/api/v1/jobs") as response:
        assert [job["id"] for job in (await response.json())["jobs"]] == [users]
    async with client.get("/api/v1/jobs") as response:
        assert (await response.json())["total"] == 2


async def test_deduplication_across_users_reveals_only_that_the_work_is_in_progress(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession
) -> None:
    body = {"type": "scripted", "data": {"dedupe": "house 7"}, "priority": 9}
    first = await create(client, body)
    async with user_client.post("/api/v1/jobs", json=body | {"priority": 3}) as response:
        problem = await response.text()
        assert response.status == 409 and int(response.headers["Retry-After"]) > 0
    assert "already in progress" in problem
    async with user_client.post("/api/v1/jobs", json=[body, {"type": "noop"}]) as response:
        listed = await response.json()
        assert response.status == 202
    assert listed["jobs"][0] == {"jobId": None, "isNew": False, "status": "already in progress"}
    assert listed["jobs"][1]["isNew"] is True
    for revealed in (first["jobId"], "admin", "priority"):
        assert revealed not in problem and revealed not in str(listed)
    async with user_client.get(f"/api/v1/jobs/{first['jobId']}") as response:
        assert response.status == 404


async def test_an_admin_gets_the_job_of_another_user_by_deduplication(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    body = {"type": "scripted", "data": {"dedupe": "house 7"}}
    first = await create(user_client, body)
    await db_pool.execute(
        "UPDATE jobs SET status = 'processing', lease_until = now() + interval '1 h', worker_id = gen_random_uuid()"
    )
    second = await create(client, body)
    assert (second["jobId"], second["isNew"], second["status"]) == (first["jobId"], False, "processing")


async def test_dedupe_keys_of_different_users_do_not_meet(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession
) -> None:
    body = {"type": "noop", "dedupeKey": "k"}
    first, again, other = await create(client, body), await create(client, body), await create(user_client, body)
    assert (first["isNew"], again["isNew"], other["isNew"]) == (True, False, True)
    assert again["jobId"] == first["jobId"] != other["jobId"]


async def test_an_unchanged_job_is_304(client: aiohttp.ClientSession) -> None:
    path = f"/api/v1/jobs/{(await create(client, {'type': 'noop'}))['jobId']}"
    async with client.get(path) as response:
        etag = response.headers["ETag"]
    async with client.get(path, headers={"If-None-Match": etag}) as response:
        assert (response.status, response.headers["ETag"]) == (304, etag)
    async with client.get(path, headers={"If-None-Match": 'W/"other"'}) as response:
        assert response.status == 200


async def test_an_idempotency_key_creates_one_job(client: aiohttp.ClientSession) -> None:
    headers = {"Idempotency-Key": '"abc"'}
    answers = []
    for _ in range(2):
        async with client.post("/api/v1/jobs", json={"type": "noop"}, headers=headers) as response:
            answers.append((response.headers.get("Idempotent-Replayed"), (await response.json())["jobId"]))
    assert answers[0] == (None, answers[1][1])
    assert answers[1][0] == "true"
