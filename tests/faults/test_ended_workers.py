"""Handlers that try to end their worker: the process continues, and a handler that kills it fails only its own job."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from app.settings import Settings
from tests import harness, misbehaving
from tests.processes import Platform, Process

EXTRA_KINDS = ("tests.benchmarks.noop", "tests.misbehaving")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"extra_kinds": EXTRA_KINDS})


@pytest.fixture
async def worker(settings: Settings, tmp_path: Path) -> AsyncIterator[Process]:
    env = Platform(tmp_path).env | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "TRIGPOINT_EXTRA_KINDS": ",".join(EXTRA_KINDS),
        "TRIGPOINT_LEASE_SECONDS": "2",
        "TRIGPOINT_SHUTDOWN_GRACE_SECONDS": "0",
        "WORKER_POLL_INTERVAL": "200",
    }
    argv = [sys.executable, "-m", "arq", "workers.Settings"]
    process = await Process("worker", argv, env, tmp_path / "worker.log").start()
    yield process
    await process.end(signal.SIGKILL)


async def submit(client: ClientSession, kind: str, *modes: str) -> list[str]:
    new = [{"type": kind, "data": {"mode": mode} if kind == "misbehaving" else {}} for mode in modes]
    async with client.post("/api/v1/jobs", json=new) as response:
        assert response.status == 202, await response.text()
        return [job["jobId"] for job in (await response.json())["jobs"]]


async def test_exits_do_not_end_the_process(worker: Process, client: ClientSession) -> None:
    own = [*misbehaving.CALLBACKS, "exit", "interrupt", "spawned exit", "group"]
    for job_id in await submit(client, "misbehaving", *own):
        assert (await harness.follow(client, job_id))["status"] == "failed"
    for stray in "exits from a plain thread", "stops the loop":
        [job_id] = await submit(client, "misbehaving", stray)
        assert (await harness.follow(client, job_id))["status"] == "completed"
    [innocent] = await submit(client, "noop", "")
    assert (await harness.follow(client, innocent))["status"] == "completed"
    assert worker.alive
    log = worker.log.read_text()
    assert [event in log for event in ("callback_exit_ignored", "loop_stop_ignored")] == [True, True]
    assert await worker.end(signal.SIGTERM) == 0


async def test_a_handler_cannot_cancel_tasks_of_others(worker: Process, client: ClientSession) -> None:
    [waiting] = await submit(client, "misbehaving", "waits")
    [vandal] = await submit(client, "misbehaving", "cancels all others")
    result = (await harness.follow(client, vandal))["result"]
    assert result["others"] > 5
    assert result["cancelled"] == 0
    [innocent] = await submit(client, "noop", "")
    assert (await harness.follow(client, innocent))["status"] == "completed"
    async with client.get(f"/api/v1/jobs/{waiting}") as response:
        job = await response.json()
    assert (job["status"], job["attempt"]) == ("processing", 1)
    assert worker.alive


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_still_ends_the_process(worker: Process, client: ClientSession, number: signal.Signals) -> None:
    [first, waiting] = await submit(client, "misbehaving", "call soon", "waits")
    assert (await harness.follow(client, first))["status"] == "failed"
    assert await worker.end(number) == 0
    async with client.get(f"/api/v1/jobs/{waiting}") as response:
        job = await response.json()
    assert (job["status"], job["attempt"]) == ("pending", 1)


async def test_a_job_that_kills_its_workers_fails_with_that_reason(worker: Process, client: ClientSession) -> None:
    [killer] = await submit(client, "misbehaving", "kills its worker")
    for _ in range(5):
        await worker.process.wait()
        await worker.start()
    job = await harness.follow(client, killer)
    assert (job["status"], job["attempt"]) == ("failed", 1)
    assert job["error"] == "misbehaving: 5 workers were lost while they ran this job, and it got no further"
    [innocent] = await submit(client, "noop", "")
    assert (await harness.follow(client, innocent))["status"] == "completed"


async def test_a_thread_that_never_returns_does_not_keep_the_process(worker: Process, client: ClientSession) -> None:
    [careless] = await submit(client, "misbehaving", "leaves a thread")
    assert (await harness.follow(client, careless))["status"] == "completed"
    assert await worker.end(signal.SIGTERM) == 0


async def test_a_handler_that_blocks_the_loop_does_not_keep_the_process(worker: Process, client: ClientSession) -> None:
    [blocking] = await submit(client, "misbehaving", "blocks for ever")

    async def is_running() -> bool:
        async with client.get(f"/api/v1/jobs/{blocking}") as response:
            return bool((await response.json())["status"] == "processing")

    await harness.eventually(is_running)
    assert await worker.end(signal.SIGTERM) == 0


async def test_what_a_handler_changes_in_the_process_is_put_right(worker: Process, client: ClientSession) -> None:
    [vandal] = await submit(client, "misbehaving", "changes the process")
    assert (await harness.follow(client, vandal))["status"] == "completed"

    async def is_undone() -> bool:
        return worker.log.read_text().count("process_change_undone") == 5

    await harness.eventually(is_undone)
    assert await worker.end(signal.SIGTERM) == 0


BLOCKED = """
import asyncio
from workers.core import process_guard

async def main():
    guard = process_guard.ProcessGuard(lambda: None, stop_seconds=60, lease_seconds=0.01)
    guard.start()
    checking = asyncio.create_task(guard.keep_checking())
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(run_for_ever)
    await checking

def run_for_ever():
    while True:
        pass

process_guard.MIN_BLOCKED_SECONDS = 0.5
asyncio.run(main())
"""


async def test_a_process_whose_loop_stands_still_ends_and_says_where(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", BLOCKED]
    process = await Process("blocked", argv, Platform(tmp_path).env, tmp_path / "blocked.log").start()
    async with asyncio.timeout(60):
        assert await process.process.wait() == 1
    assert "run_for_ever" in process.log.read_text()
