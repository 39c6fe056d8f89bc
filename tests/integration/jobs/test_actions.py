"""Cancel, retry, delete and run, one job and thousands; the timeline; actions that a job's status forbids."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from uuid_utils.compat import uuid7

from app.db.core.pool import Pool
from app.settings import Settings
from tests.harness import eventually, follow, worker
from tests.integration.households.calls import call

JOBS = "/api/v1/jobs"


async def create(client: aiohttp.ClientSession, data: dict[str, Any] | None = None, kind: str = "scripted") -> str:
    answer = await call(client, "POST", JOBS, json={"type": kind, "data": data or {}})
    assert answer.status == 202, answer.json
    job_id: str = answer.json["jobId"]
    return job_id


async def create_many(client: aiohttp.ClientSession, number: int, data: dict[str, Any] | None = None) -> list[str]:
    answer = await call(client, "POST", JOBS, json=[{"type": "scripted", "data": data or {}}] * number)
    return [job["jobId"] for job in answer.json["jobs"]]


async def events(client: aiohttp.ClientSession, job_id: str) -> list[str]:
    return [event["event"] for event in (await call(client, "GET", f"{JOBS}/{job_id}/timeline")).json["events"]]


async def bulk(client: aiohttp.ClientSession, action: str, **filters: Any) -> dict[str, int]:
    answer = await call(client, "POST", f"{JOBS}/bulk", json={"action": action, "filters": filters})
    assert answer.status == 200, answer.json
    counts: dict[str, int] = answer.json
    return counts


async def statuses(pool: Pool) -> dict[str, int]:
    return {row["status"]: row["n"] for row in await pool.fetch("SELECT status, count(*) AS n FROM jobs GROUP BY 1")}


async def test_a_pending_job_is_cancelled_at_once(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    job_id = await create(client)
    answer = await call(client, "POST", f"{JOBS}/{job_id}/cancel")
    assert (answer.status, answer.json["status"]) == (200, "cancelled")
    again = await call(client, "POST", f"{JOBS}/{job_id}/cancel")
    assert (again.status, again.json["status"], again.json["jobStatus"]) == (409, 409, "cancelled")
    assert await events(client, job_id) == ["created", "cancelled"]
    audited = await db_pool.fetch("SELECT action FROM audit_log WHERE job_id = $1", UUID(job_id))
    assert [row["action"] for row in audited] == ["JOB_CANCELLED"]


async def test_a_running_job_stops_and_keeps_what_it_committed(
    client: aiohttp.ClientSession, settings: Settings
) -> None:
    async with worker(settings) as running:
        job_id = await create(client, {"steps": 2, "items": 3, "sleep": 60})

        async def at_work() -> bool:
            return bool((await call(client, "GET", f"{JOBS}/{job_id}")).json["processedItems"] == 6)

        await eventually(at_work)
        for _ in range(2):  # the second request adds nothing
            answer = await call(client, "POST", f"{JOBS}/{job_id}/cancel")
            assert (answer.status, answer.json["status"], answer.json["cancelRequested"]) == (202, "processing", True)
        job = await follow(client, job_id)
        timeline = (await call(client, "GET", f"{JOBS}/{job_id}/timeline")).json
    assert (job["status"], job["processedItems"]) == ("cancelled", 6)
    assert [e["event"] for e in timeline["events"]] == ["created", "claimed", "cancel_requested", "cancelled"]
    claimed = timeline["events"][1]
    assert (claimed["attempt"], claimed["fence"], claimed["worker"]["id"]) == (1, 1, str(running.id))
    assert claimed["worker"]["hostname"]


async def test_the_timeline_is_paged(client: aiohttp.ClientSession) -> None:
    job_id = await create(client)
    await call(client, "POST", f"{JOBS}/{job_id}/cancel")
    page = (await call(client, "GET", f"{JOBS}/{job_id}/timeline?limit=1&offset=1")).json
    assert ([e["event"] for e in page["events"]], page["total"]) == (["cancelled"], 2)


@pytest.mark.parametrize(
    ("query", "processed", "errors", "checkpoint"), [("", 4, 2, '{"done": 2}'), ("?fromStart=true", 0, 0, None)]
)
async def test_a_failed_job_is_retried(
    client: aiohttp.ClientSession,
    settings: Settings,
    db_pool: Pool,
    query: str,
    processed: int,
    errors: int,
    checkpoint: str | None,
) -> None:
    script = {"steps": 2, "items": 2, "failing_items": 1, "fail_attempts": 1, "permanent": True}
    async with worker(settings):
        job_id = await create(client, script)
        assert (await follow(client, job_id))["status"] == "failed"
    answer = await call(client, "POST", f"{JOBS}/{job_id}/retry{query}")
    assert (answer.status, answer.json["status"], answer.json["error"]) == (202, "pending", None)
    assert (answer.json["attempt"], answer.json["processedItems"]) == (0, processed)
    assert (await call(client, "GET", f"{JOBS}/{job_id}/errors")).json["total"] == errors
    assert await db_pool.fetchval("SELECT checkpoint FROM jobs") == checkpoint
    assert (await events(client, job_id))[-2:] == ["failed", "sent_in_again"]
    await db_pool.execute("UPDATE jobs SET data = '{\"steps\": 2}'")
    async with worker(settings):
        job = await follow(client, job_id)
    assert (job["status"], job["attempt"]) == ("completed", 1)


async def test_a_retry_is_refused_while_another_job_has_the_dedupe_key(client: aiohttp.ClientSession) -> None:
    first = await create(client, {"dedupe": "k"})
    await call(client, "POST", f"{JOBS}/{first}/cancel")
    second = await create(client, {"dedupe": "k"})
    answer = await call(client, "POST", f"{JOBS}/{first}/retry")
    assert (answer.status, answer.json["jobStatus"], answer.json["activeJobId"]) == (409, "cancelled", second)
    assert second in answer.json["error"]


async def test_only_finished_jobs_can_be_deleted(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    job_id = await create(client)
    answer = await call(client, "DELETE", f"{JOBS}/{job_id}")
    assert (answer.status, answer.json["jobStatus"]) == (409, "pending")
    await call(client, "POST", f"{JOBS}/{job_id}/cancel")
    await db_pool.execute("INSERT INTO job_errors (job_id, error) VALUES ($1, 'x')", UUID(job_id))
    assert (await call(client, "DELETE", f"{JOBS}/{job_id}")).status == 204
    for table in ("jobs", "job_errors", "job_events"):
        assert await db_pool.fetchval(f"SELECT count(*) FROM {table}") == 0
    assert (await call(client, "DELETE", f"{JOBS}/{job_id}")).status == 404


async def test_jobs_of_other_users(client: aiohttp.ClientSession, user_client: aiohttp.ClientSession) -> None:
    """They do not exist for a user."""
    private = await create(client)
    for method, action in (("POST", "/cancel"), ("POST", "/retry"), ("DELETE", "")):
        assert (await call(user_client, method, f"{JOBS}/{private}{action}")).status == 404
    assert (await call(user_client, "GET", f"{JOBS}/{private}/timeline")).status == 404


async def test_only_admins_may_run_a_job_by_hand(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession
) -> None:
    job_id = await create(user_client)
    assert (await call(user_client, "POST", f"{JOBS}/{job_id}/run")).status == 403
    assert (await call(client, "POST", f"{JOBS}/{job_id}/run")).status == 202
    await call(client, "POST", f"{JOBS}/{job_id}/cancel")
    answer = await call(client, "POST", f"{JOBS}/{job_id}/run")
    assert (answer.status, answer.json["jobStatus"]) == (409, "cancelled")


async def test_unknown_ids_are_404(client: aiohttp.ClientSession) -> None:
    for job_id in ("none", "%00", "..%2f", str(uuid7()), "'; DROP TABLE jobs; --"):
        for method, action in (
            ("POST", "/cancel"),
            ("POST", "/retry"),
            ("POST", "/run"),
            ("GET", "/timeline"),
            ("DELETE", ""),
        ):
            assert (await call(client, method, f"{JOBS}/{job_id}{action}")).status == 404, (job_id, action)


async def test_a_misspelt_parameter_is_refused(client: aiohttp.ClientSession) -> None:
    job_id = await create(client)
    await call(client, "POST", f"{JOBS}/{job_id}/cancel")
    assert (await call(client, "POST", f"{JOBS}/{job_id}/retry?fromstart=true")).status == 400
    assert (await call(client, "POST", f"{JOBS}/{job_id}/retry?fromStart=perhaps")).status == 422


async def test_bulk_actions_work_in_batches(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    await create_many(client, 2300)
    assert await bulk(client, "cancel", queue="scripted") == {"matched": 2300, "changed": 2300, "skipped": 0}
    assert await bulk(client, "cancel", queue="scripted") == {"matched": 2300, "changed": 0, "skipped": 2300}
    assert await bulk(client, "retry", type="script") == {"matched": 2300, "changed": 2300, "skipped": 0}
    await bulk(client, "cancel", status="pending")
    assert await bulk(client, "delete", status="cancelled") == {"matched": 2300, "changed": 2300, "skipped": 0}
    assert await db_pool.fetchval("SELECT count(*) FROM job_events") == 0
    audited = await db_pool.fetch("SELECT action, details->>'jobs' AS jobs FROM audit_log ORDER BY id LIMIT 3")
    assert [tuple(row) for row in audited] == [("JOBS_CANCEL", "1000"), ("JOBS_CANCEL", "1000"), ("JOBS_CANCEL", "300")]


FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({"dataContains": {"result": {"house": {"colour": "red"}}}}, ["red"]),
    ({"dataContains": {"result": {"house": {"colour": "green"}}}}, []),
    ({"createdBefore": "2020-01-01T01:00:01+01:00"}, ["old"]),
    ({"createdBefore": "2020-01-01T00:00:00Z"}, []),
    ({"createdAfter": "2020-01-01T00:00:00Z", "createdBefore": "2021-01-01T00:00:00Z"}, ["old"]),
    ({"createdAfter": "2020-01-01T00:00:01Z", "status": "pending", "type": "script", "queue": "scripted"}, ["red"]),
    ({"type": "noop"}, []),
    ({"queue": "noop"}, []),
]


async def test_filters_of_lists_and_bulk_actions(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    names = {
        await create(client, {"result": {"house": {"no": 7, "colour": "red"}}}): "red",
        await create(client): "old",
    }
    await db_pool.execute("UPDATE jobs SET created_at = '2020-01-01T00:00:00Z' WHERE data->'result' = '{}'")
    for filters, found in FILTERS:
        params = {name: value if isinstance(value, str) else json.dumps(value) for name, value in filters.items()}
        listed = (await call(client, "GET", JOBS, params=params)).json
        assert ([names[job["id"]] for job in listed["jobs"]], listed["total"]) == (found, len(found)), filters
        counts = {"matched": len(found), "changed": 0, "skipped": len(found)}  # pending: nothing to retry
        assert await bulk(client, "retry", **filters) == counts, filters


async def test_bulk_by_ids(client: aiohttp.ClientSession) -> None:
    chosen, _ = await create(client), await create(client)
    ids = [chosen, chosen, str(uuid7())]
    assert await bulk(client, "cancel", ids=ids) == {"matched": 1, "changed": 1, "skipped": 0}


async def test_bulk_actions_change_only_the_callers_jobs(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    admins = await create(client)
    await create(user_client)
    assert await bulk(user_client, "cancel", ids=[admins]) == {"matched": 0, "changed": 0, "skipped": 0}
    assert await bulk(user_client, "cancel", type="scripted") == {"matched": 1, "changed": 1, "skipped": 0}
    assert await bulk(client, "cancel", type="scripted") == {"matched": 2, "changed": 1, "skipped": 1}


async def test_bulk_retry_respects_dedupe_keys(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    ended = []
    for _ in range(3):
        ended.append(await create(client, {"dedupe": "k"}))
        await call(client, "POST", f"{JOBS}/{ended[-1]}/cancel")
    assert await bulk(client, "retry", ids=ended) == {"matched": 3, "changed": 1, "skipped": 2}
    assert await db_pool.fetchval("SELECT id::text FROM jobs WHERE status = 'pending'") == ended[-1]
    assert await bulk(client, "retry", ids=ended) == {"matched": 3, "changed": 0, "skipped": 3}


async def test_a_bulk_action_that_waits_for_a_step_locks_nothing_else(
    client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    ids = [UUID(job_id) for job_id in await create_many(client, 5)]
    async with db_pool.acquire() as step:
        transaction = step.transaction()
        await transaction.start()
        await step.execute("SELECT FROM jobs WHERE id = $1 FOR UPDATE", ids[0])
        cancelling = asyncio.create_task(bulk(client, "cancel", queue="scripted"))

        async def others_cancelled() -> bool:
            return (await statuses(db_pool)).get("cancelled") == 4

        await eventually(others_cancelled)
        async with asyncio.timeout(2):  # none of the others is locked meanwhile
            await step.execute("SELECT FROM jobs WHERE id = ANY($1) FOR UPDATE", ids)
        await transaction.rollback()
    assert await cancelling == {"matched": 5, "changed": 5, "skipped": 0}


async def test_a_bulk_action_while_workers_run(
    client: aiohttp.ClientSession, settings: Settings, db_pool: Pool
) -> None:
    async with worker(settings), worker(settings):
        await create_many(client, 600, {"steps": 3, "step_seconds": 0.002})
        for _ in range(3):
            counts = await asyncio.gather(
                bulk(client, "cancel", queue="scripted"),
                bulk(client, "retry", status="cancelled"),
                bulk(client, "delete", status="completed"),
                bulk(client, "cancel", status="pending"),
            )
            assert all(c["changed"] + c["skipped"] >= c["matched"] for c in counts)
        await bulk(client, "cancel", status="pending")

        async def ended() -> bool:
            return not (await statuses(db_pool)).keys() & {"pending", "processing"}

        await eventually(ended)
    assert await db_pool.fetchval("SELECT count(*) FROM jobs WHERE status = 'failed'") == 0


BAD_BULK: list[tuple[Any, int, str]] = [
    ({"action": "cancel", "filters": {}}, 400, "Give at least one filter"),
    ({"action": "cancel"}, 422, "filters: is required"),
    ({"action": "explode", "filters": {"queue": "q"}}, 422, "action: must be"),
    ({"action": "cancel", "filters": {"colour": "red"}}, 422, "filters.colour: is not a known field"),
    ({"action": "cancel", "filters": {"status": "done"}}, 422, "filters.status: must be"),
    ({"action": "cancel", "filters": {"queue": "a\0"}}, 422, "U+0000"),
    ({"action": "cancel", "filters": {"queue": ""}}, 422, "filters.queue"),
    ({"action": "cancel", "filters": {"ids": []}}, 422, "filters.ids: must have at least 1"),
    ({"action": "cancel", "filters": {"ids": ["x"]}}, 422, "filters.ids.0: must be a UUID"),
    ({"action": "cancel", "filters": {"dataContains": {}}}, 422, "filters.dataContains"),
    ({"action": "cancel", "filters": {"dataContains": [1]}}, 422, "filters.dataContains: must be an object"),
    ({"action": "cancel", "filters": {"createdAfter": "yesterday"}}, 422, "must be a time with its zone"),
    ({"action": "cancel", "filters": {"createdAfter": "2026-01-01T00:00:00"}}, 422, "must be a time with its zone"),
    ({"action": "cancel", "filters": {"createdAfter": "0001-01-01T00:00:00+10:00"}}, 422, "must be a time"),
    ({"action": "cancel", "filters": {"createdAfter": 1700000000}}, 422, "must be a time with its zone"),
    ([], 422, "must be an object"),
]


async def test_bad_bulk_requests(client: aiohttp.ClientSession) -> None:
    for body, status, words in BAD_BULK:
        answer = await call(client, "POST", f"{JOBS}/bulk", json=body)
        assert (answer.status, words in answer.json["error"]) == (status, True), (body, answer.json)


async def test_bad_data_filters_of_a_list(client: aiohttp.ClientSession) -> None:
    for value in ("{", "[]", '"x"', "{}", '{"a": "\\u0000"}', "7"):
        answer = await call(client, "GET", JOBS, params={"dataContains": value})
        assert (answer.status, answer.json["errors"][0]["field"]) == (422, "dataContains"), value
