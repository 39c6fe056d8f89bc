"""The arq worker has the intended settings: arq ignores settings that it does not know without a warning."""

from __future__ import annotations

import inspect

import pytest
from aiohttp import ClientSession
from arq.worker import Worker

from app.queue.protocol import deserialize, serialize
from app.queue.worker_pool import WorkerPool
from app.settings import Settings
from tests import harness
from workers import registry
from workers.core import execute
from workers.main import arq_settings


async def test_the_worker_is_built_as_meant(settings: Settings) -> None:
    built = arq_settings(settings)
    assert set(built) <= set(inspect.signature(Worker).parameters), "arq would ignore what it does not know"
    worker = Worker(**built)
    assert worker.queue_name == "trigpoint:default"
    assert list(worker.functions) == ["dispatch"]
    assert (worker.job_serializer, worker.job_deserializer) == (serialize, deserialize)
    assert isinstance(worker.pool, WorkerPool)
    assert (worker.pool.job_serializer, worker.pool.default_queue_name) == (serialize, "trigpoint:default")
    assert (worker.max_jobs, worker.keep_result_s, worker.allow_abort_jobs) == (settings.worker_slots, 0, False)
    assert worker.in_progress_timeout_s > 86_400, "no job may run into arq's own timeout"
    kwargs = worker.pool.connection_pool.connection_kwargs
    assert kwargs["socket_timeout"] and kwargs["retry"]._retries == -1
    await worker.pool.aclose()


def test_kinds_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="two modules declare the kind 'noop'"):
        registry.load(["tests.benchmarks.noop", "tests.benchmarks.noop"])


async def test_a_stopping_worker_hands_its_jobs_over(settings: Settings, client: ClientSession) -> None:
    async with client.post(
        "/api/v1/jobs", json={"type": "scripted", "data": {"steps": 30, "step_seconds": 0.05}}
    ) as made:
        path = f"/api/v1/jobs/{(await made.json())['jobId']}"

    async def job() -> dict[str, object]:
        async with client.get(path) as response:
            answer: dict[str, object] = await response.json()
            return answer

    async def begun() -> bool:
        return (await job())["processedItems"] not in (0, None)

    async with harness.worker(settings):
        await harness.eventually(begun)
    handed_over = await job()
    assert handed_over["status"] == "pending" and handed_over["attempt"] == 1
    async with harness.worker(settings):
        done = await harness.follow(client, str(handed_over["id"]))
    assert (done["status"], done["processedItems"], done["attempt"]) == ("completed", 30, 1)


async def submit(client: ClientSession, **script: object) -> str:
    async with client.post("/api/v1/jobs", json={"type": "scripted", "data": script}) as made:
        assert made.status == 202, await made.text()
        return str((await made.json())["jobId"])


async def test_a_handler_that_swallows_its_cancellation_is_left_behind(
    settings: Settings, client: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(execute, "UNWIND_SECONDS", 0.1)
    async with harness.worker(settings):
        job = await harness.follow(client, await submit(client, sleep=30, stubborn=True))
    assert (job["status"], job["attempt"]) == ("failed", 3)
    assert job["error"] == "scripted: timed out after 2 s"


async def test_a_blocked_loop_loses_its_lease_and_no_result_counts_twice(
    settings: Settings, client: ClientSession
) -> None:
    """One worker alone: when it wakes it rescues its own job and runs it again, with the first run fenced off."""
    short = settings.model_copy(update={"lease_seconds": 1.1})
    async with harness.worker(short):
        job = await harness.follow(client, await submit(client, steps=3, block=1.6, sleep=0.2))
    assert (job["status"], job["processedItems"]) == ("completed", 3)


async def test_an_outcome_that_cannot_be_written_fails_its_job_alone(settings: Settings, client: ClientSession) -> None:
    scripts: list[dict[str, float]] = [{"sleep": 0.1}, {"sleep": 0.1, "snooze": 1e300}, {"sleep": 0.1}]
    async with client.post("/api/v1/jobs", json=[{"type": "scripted", "data": data} for data in scripts]) as made:
        ids = [job["jobId"] for job in (await made.json())["jobs"]]
    async with harness.worker(settings):
        first, broken, last = [await harness.follow(client, job_id) for job_id in ids]
    assert (first["status"], broken["status"], last["status"]) == ("completed", "failed", "completed")
    assert "Snooze.delay" in broken["error"]


async def test_a_slot_takes_on_the_next_job_of_its_queue(settings: Settings, client: ClientSession) -> None:
    async with client.post("/api/v1/jobs", json=[{"type": "noop"}] * 500) as made:
        jobs = (await made.json())["jobs"]
    async with harness.worker(settings) as running:
        for one in jobs:
            assert (await harness.follow(client, one["jobId"]))["status"] == "completed"
        assert (running.slots.used, running.running) == (0, {})
