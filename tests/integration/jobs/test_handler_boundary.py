"""A handler is other people's code: whatever it does ends its own job and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession

from app.db.core.pool import Pool
from app.db.jobs import ledger
from app.domain.jobs.outcomes import Completed, HandOver
from app.settings import Settings
from tests import harness, misbehaving
from tests.integration.jobs.claims import Ledger
from workers import shutdown
from workers.core.worker import Worker


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"extra_kinds": ("tests.benchmarks.noop", "tests.scripted", "tests.misbehaving")})


@pytest.fixture
async def worker(settings: Settings) -> AsyncIterator[Worker]:
    async with harness.worker(settings) as running:
        yield running


async def submit(client: ClientSession, *modes: str, kind: str = "misbehaving") -> list[str]:
    new = [{"type": kind, "data": {"mode": mode}} for mode in modes]
    async with client.post("/api/v1/jobs", json=new) as response:
        assert response.status == 202, await response.text()
        return [job["jobId"] for job in (await response.json())["jobs"]]


async def assert_all_slots_free(worker: Worker, client: ClientSession) -> None:
    [innocent] = await submit(client, "fine")
    assert (await harness.follow(client, innocent))["status"] == "completed"

    async def free() -> bool:
        return worker.slots.used == 0 and not worker.running

    await harness.eventually(free)


async def test_a_wrong_result_fails_its_own_job(worker: Worker, client: ClientSession) -> None:
    modes = list(misbehaving.WRONG_RESULTS)
    ids = await submit(client, *modes)
    ends = {mode: await harness.follow(client, job_id) for mode, job_id in zip(modes, ids, strict=True)}
    assert {mode: job["status"] for mode, job in ends.items()} == dict.fromkeys(modes, "failed")
    assert all("misbehaving" in job["error"] for job in ends.values()), {m: j["error"] for m, j in ends.items()}
    assert "returned a list" in ends["list"]["error"]
    assert "returned None" in ends["none"]["error"]
    await assert_all_slots_free(worker, client)


async def test_any_exception_fails_its_own_job(worker: Worker, client: ClientSession) -> None:
    modes = [*misbehaving.RAISED, "cancels itself", "spawned exit"]
    ids = await submit(client, *modes)
    ends = {mode: await harness.follow(client, job_id) for mode, job_id in zip(modes, ids, strict=True)}
    assert {mode: job["status"] for mode, job in ends.items()} == dict.fromkeys(modes, "failed")
    assert all(job["attempt"] == 2 and job["error"] for job in ends.values()), "backoff fails, too"
    assert "SystemExit" in ends["exit"]["error"] and "SystemExit" in ends["spawned exit"]["error"]
    assert ends["huge text"]["error"].startswith("ValueError: EEEE")
    assert ends["huge text"]["error"].endswith(" characters more)")
    assert len(ends["huge text"]["error"]) < 4_200
    await assert_all_slots_free(worker, client)


async def test_a_handler_may_give_up_waiting_for_a_stop(worker: Worker, client: ClientSession) -> None:
    [job_id] = await submit(client, "gives up waiting for a stop")
    job = await harness.follow(client, job_id)
    assert (job["status"], job["attempt"], job["result"]) == ("completed", 1, {"waited": True}), job["error"]
    await assert_all_slots_free(worker, client)


async def test_a_damaged_context_harms_only_its_own_job(worker: Worker, client: ClientSession) -> None:
    ids = await submit(client, "damages its context", "empties its context")
    damaged, emptied = [await harness.follow(client, job_id) for job_id in ids]
    assert (damaged["status"], damaged["attempt"]) == ("completed", 1)
    assert (emptied["status"], emptied["attempt"]) == ("failed", 1)
    assert "the handler of kind misbehaving" in emptied["error"]
    await assert_all_slots_free(worker, client)


async def test_a_damaged_context_does_not_keep_others_from_being_stopped(
    settings: Settings, client: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutdown, "UNWIND_SECONDS", 0.1)
    monkeypatch.setattr(shutdown, "RECORD_SECONDS", 5)
    async with harness.worker(settings) as running:
        await submit(client, "empties its context and stays")
        [innocent] = await submit(client, "waits")

        async def both_run() -> bool:
            return len(running.running) == 2

        await harness.eventually(both_run)
        await shutdown.shut_down(running, 0.1)
    async with client.get(f"/api/v1/jobs/{innocent}") as response:
        job = await response.json()
    assert (job["status"], job["attempt"]) == ("pending", 1)


async def test_a_returned_retry_counts_as_an_attempt(worker: Worker, client: ClientSession) -> None:
    [job_id] = await submit(client, "retry")
    job = await harness.follow(client, job_id)
    assert (job["status"], job["attempt"], job["error"]) == ("failed", 2, "later")


async def test_a_validator_that_breaks_is_a_refusal(client: ClientSession) -> None:
    body = {"type": "misbehaving", "data": {"number": 13}}
    async with client.post("/api/v1/jobs", json=body) as response:
        assert response.status == 422, await response.text()
        assert "ZeroDivisionError" in await response.text()


async def test_a_poison_outcome_is_isolated_from_the_others(worker: Worker, client: ClientSession) -> None:
    """Even where the table refuses what the worker took for a good outcome."""
    ids = await submit(client, *["huge number", "fine", "fine", "list", "fine"])
    ends = [(await harness.follow(client, job_id))["status"] for job_id in ids]
    assert ends == ["failed", "completed", "completed", "failed", "completed"]


@pytest.fixture
async def book(db_pool: Pool, admin_id: Any) -> Ledger:
    return await Ledger(db_pool, admin_id).open()


async def let_run(book: Ledger, seconds: float) -> None:
    """Make it as if the running job had run for this long."""
    await book.pool.execute("UPDATE jobs SET deadline = deadline - make_interval(secs => $1)", seconds)


async def pause(book: Ledger, seconds: float) -> None:
    """Make it as if nobody had run the job for this long."""
    await book.pool.execute("UPDATE jobs SET deadline = deadline - make_interval(secs => $1)", seconds)


async def test_a_crash_costs_no_time(book: Ledger) -> None:
    await book.insert()
    job = await book.start()
    whole = job.seconds_left
    await let_run(book, whole * 2 / 3)
    await book.pool.execute("UPDATE jobs SET lease_until = now() - interval '1 s'")
    await book.rescue()
    await pause(book, 3600)
    again = await book.start()
    assert again.attempt == 1
    assert again.seconds_left == pytest.approx(whole, abs=0.1)


async def test_a_deploy_costs_no_time_though_the_pause_is_long(book: Ledger) -> None:
    await book.insert()
    job = await book.start()
    whole = job.seconds_left
    await let_run(book, whole * 2 / 3)
    await book.finish(job, HandOver())
    await pause(book, 3600)
    again = await book.start()
    assert again.attempt == 1
    assert again.seconds_left == pytest.approx(whole, abs=0.1)


async def test_a_job_that_hangs_times_out_however_often_it_is_handed_over(book: Ledger) -> None:
    await book.insert()
    left = []
    for _ in range(4):
        job = await book.start()
        left.append(job.seconds_left)
        await let_run(book, left[0] / 2)
        await book.finish(job, HandOver())
    whole = left[0]
    assert left == [pytest.approx(whole * part, abs=0.1) for part in (1, 1, 1, 0.5)]
    last = await book.start()
    assert last.seconds_left < 0.1
    await book.finish(last, Completed.of({}))
    assert await book.pool.fetchval("SELECT spent_seconds FROM jobs") == 0


async def test_item_errors_are_cut(book: Ledger) -> None:
    await book.insert()
    job = await book.start()
    async with book.pool.acquire() as conn, conn.transaction():
        await ledger.checkpoint(
            conn,
            job.id,
            job.fence,
            state=None,
            processed=1,
            failed=1,
            total=1,
            errors=[ledger.ItemError("1", None, "x" * 20_000_000)],
            lease=30,
        )
    error = await book.pool.fetchval("SELECT error FROM job_errors")
    assert error == "x" * 4_000 + "… (19,996,000 characters more)"


async def test_a_shutdown_ends_though_a_slot_is_never_released(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutdown, "UNWIND_SECONDS", 0.1)
    monkeypatch.setattr(shutdown, "RECORD_SECONDS", 0.1)
    async with harness.worker(settings) as running:
        running.slots.reserve(1)
        async with asyncio.timeout(30):
            await shutdown.shut_down(running, 0.1)
        assert running.slots.used == 1
