"""The arq worker is built as meant: arq reads its settings without a word about what it does not know."""

from __future__ import annotations

import inspect

import pytest
from aiohttp import ClientSession
from arq.worker import Worker

from app.queue import WorkerPool, deserialize, serialize
from app.settings import Settings
from tests import harness
from workers import registry
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
