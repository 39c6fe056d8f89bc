"""Whatever a handler does affects its own job and nothing else."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
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
from workers import main, shutdown
from workers.core.worker import Worker
from workers.providers import handler_timeouts


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
    errors = {mode: job["error"] for mode, job in ends.items()}
    assert all(error.startswith("misbehaving: the ") for error in errors.values()), errors
    assert "returned a list" in ends["list"]["error"]
    assert "returned None" in ends["none"]["error"]
    await assert_all_slots_free(worker, client)


async def test_any_exception_fails_its_own_job(worker: Worker, client: ClientSession) -> None:
    modes = [*misbehaving.RAISED, "cancels itself", "spawned exit"]
    ids = await submit(client, *modes)
    ends = {mode: await harness.follow(client, job_id) for mode, job_id in zip(modes, ids, strict=True)}
    assert {mode: job["status"] for mode, job in ends.items()} == dict.fromkeys(modes, "failed")
    assert all(job["attempt"] == 2 and job["error"] for job in ends.values()), "backoff fails, too"
    errors = {mode: job["error"] for mode, job in ends.items()}
    assert all(error.startswith("misbehaving: ") for error in errors.values()), errors
    assert errors["error"] == "misbehaving: ValueError: broken"
    assert "SystemExit: 3" in errors["exit"] and "SystemExit: 4" in errors["spawned exit"]
    assert errors["huge text"].startswith("misbehaving: ValueError: EEEE")
    assert ends["huge text"]["error"].endswith(" characters more)")
    assert len(ends["huge text"]["error"]) < 4_200
    await assert_all_slots_free(worker, client)


async def test_an_exit_of_a_callback_fails_its_own_job(worker: Worker, client: ClientSession) -> None:
    modes = [*misbehaving.CALLBACKS, "exits and ignores it"]
    ids = await submit(client, *modes)
    ends = {mode: await harness.follow(client, job_id) for mode, job_id in zip(modes, ids, strict=True)}
    assert {mode: job["status"] for mode, job in ends.items()} == dict.fromkeys(modes, "failed")
    errors = {mode: job["error"] for mode, job in ends.items()}
    assert errors.pop("call soon, interrupt") == "misbehaving: HandlerExit: KeyboardInterrupt"
    assert set(errors.values()) == {"misbehaving: HandlerExit: SystemExit: 7"}, errors
    assert all(job["attempt"] == 2 for job in ends.values())
    await assert_all_slots_free(worker, client)


async def test_a_counter_that_is_not_a_count_fails_its_own_job(worker: Worker, client: ClientSession) -> None:
    modes = list(misbehaving.COUNTERS)
    ids = await submit(client, *modes)
    ends = {mode: await harness.follow(client, job_id) for mode, job_id in zip(modes, ids, strict=True)}
    seen = {mode: (job["status"], job["attempt"], job["processedItems"]) for mode, job in ends.items()}
    assert seen == dict.fromkeys(modes, ("failed", 1, 0))
    errors = {mode: job["error"] for mode, job in ends.items()}
    assert all(error.startswith("misbehaving: InvalidStep: ") for error in errors.values()), errors
    await assert_all_slots_free(worker, client)


async def test_what_others_use_cannot_be_closed(worker: Worker, client: ClientSession) -> None:
    modes = list(misbehaving.SHARED)
    ids = await submit(client, *modes)
    ends = {mode: await harness.follow(client, job_id) for mode, job_id in zip(modes, ids, strict=True)}
    seen = {mode: (job["status"], job["attempt"]) for mode, job in ends.items()}
    assert seen == dict.fromkeys(modes, ("failed", 1))
    errors = {mode: job["error"] for mode, job in ends.items()}
    assert (
        errors.pop("take a connection without a block") == "misbehaving: UseWithBlock: use `async with pool.acquire()`"
    )
    assert all(" a handler must not call " in error for error in errors.values()), errors
    assert not worker.resources.http.closed
    await assert_all_slots_free(worker, client)


async def test_threads_that_do_not_return_are_those_of_their_own_job(worker: Worker, client: ClientSession) -> None:
    [blocking] = await submit(client, "fills all threads")
    try:
        await harness.eventually(lambda: worker_runs(worker, blocking))
        [innocent] = await submit(client, "uses a thread")
        assert (await harness.follow(client, innocent))["result"] == {"answer": 42}
        assert await worker_runs(worker, blocking)
    finally:
        misbehaving.RELEASED.set()
    assert (await harness.follow(client, blocking))["status"] == "failed", "it returns None"


async def test_a_huge_checkpoint_fails_its_own_job(worker: Worker, client: ClientSession) -> None:
    [job_id] = await submit(client, "keeps a huge checkpoint")
    job = await harness.follow(client, job_id)
    assert (job["status"], job["attempt"]) == ("failed", 1)
    assert job["error"].startswith("misbehaving: CheckpointTooLarge: the checkpoint has 10,000,012 characters")
    await assert_all_slots_free(worker, client)


async def test_a_worker_that_shares_its_process_does_not_end_it(settings: Settings, client: ClientSession) -> None:
    async with harness.worker(settings) as running:
        await assert_all_slots_free(running, client)
    assert not [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]


async def worker_runs(worker: Worker, job_id: str) -> bool:
    return any(str(running) == job_id for running, _ in worker.running)


async def test_a_timeout_of_the_handler_within_a_step_is_its_own_failure(worker: Worker, client: ClientSession) -> None:
    [job_id] = await submit(client, "times out in a step")
    job = await harness.follow(client, job_id)
    assert (job["status"], job["attempt"]) == ("failed", 2)
    assert job["error"] == "misbehaving: TimeoutError: the handler's own"


async def test_odd_results_that_json_can_express_are_stored(worker: Worker, client: ClientSession) -> None:
    modes = list(misbehaving.FINE_RESULTS)
    ids = await submit(client, *modes)
    ends = {mode: await harness.follow(client, job_id) for mode, job_id in zip(modes, ids, strict=True)}
    assert {mode: job["result"] for mode, job in ends.items()} == {
        "slow": {"slow": True},
        "broken dict": {"n": 1},
        "datetime": {"at": "2020-01-01T00:00:00+00:00"},
        "not finite": {"n": [None, None]},
        "number key": {"1": "NUL \ufffd"},
    }


async def test_a_handler_may_give_up_waiting_for_a_stop(worker: Worker, client: ClientSession) -> None:
    [job_id] = await submit(client, "gives up waiting for a stop")
    job = await harness.follow(client, job_id)
    assert (job["status"], job["attempt"], job["result"]) == ("completed", 1, {"waited": True}), job["error"]
    await assert_all_slots_free(worker, client)


async def test_a_damaged_context_harms_only_its_own_job(worker: Worker, client: ClientSession) -> None:
    ids = await submit(client, "damages its context", "empties its context", "hidden class")
    damaged, emptied, hidden = [await harness.follow(client, job_id) for job_id in ids]
    assert (damaged["status"], damaged["attempt"]) == ("completed", 1)
    assert (emptied["status"], emptied["attempt"]) == ("failed", 1)
    assert emptied["error"].startswith("misbehaving: the handler ended in a way that cannot be read: ")
    assert hidden["error"] == "misbehaving: the handler ended in a way that cannot be read: SystemExit"
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


async def test_returned_interruptions_end(worker: Worker, client: ClientSession) -> None:
    [job_id] = await submit(client, "interrupted")
    job = await harness.follow(client, job_id)
    assert (job["status"], job["attempt"]) == ("failed", 1)
    assert job["error"] == "misbehaving: interrupted 5 times without getting any further; last: lost something"


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
async def slow_result(db_pool: Pool) -> AsyncIterator[None]:
    """Postgres does not finish to write a result with the member `slow`."""
    await db_pool.execute(
        """CREATE FUNCTION wait_long() RETURNS trigger LANGUAGE plpgsql AS $$
               BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$;
           CREATE TRIGGER slow_result BEFORE UPDATE ON jobs FOR EACH ROW WHEN (NEW.result ? 'slow')
               EXECUTE FUNCTION wait_long()"""
    )
    yield
    await db_pool.execute("DROP TRIGGER slow_result ON jobs; DROP FUNCTION wait_long()")


@pytest.mark.usefixtures("slow_result")
async def test_an_outcome_whose_write_never_finishes_fails_its_own_job(
    settings: Settings, client: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeouts = dataclasses.replace(handler_timeouts(settings), command_seconds=0.5)
    monkeypatch.setattr(main, "handler_timeouts", lambda _: timeouts)
    async with harness.worker(settings) as running:
        ids = await submit(client, "fine", "slow", "fine", "slow")
        ends = [await harness.follow(client, job_id) for job_id in ids]
        await assert_all_slots_free(running, client)
        assert not running.recorder.waiting
    assert [(job["status"], job["attempt"]) for job in ends] == [("completed", 1), ("failed", 1)] * 2
    assert ends[1]["error"] == (
        "misbehaving: the outcome could not be recorded: "
        "NotFinished: Postgres is available but did not finish the write: TimeoutError"
    )


@pytest.fixture
async def book(db_pool: Pool, admin_id: Any) -> Ledger:
    return await Ledger(db_pool, admin_id).open()


LONG = 100 * 3600.0  # seconds
SLACK = 600.0
"""Seconds that a test may take itself without changing its result."""


async def insert_long_job(book: Ledger) -> None:
    """Insert a job that may take so long that the time of the test itself does not count."""
    await book.insert()
    await book.pool.execute("UPDATE jobs SET timeout_seconds = $1", LONG)


async def let_run(book: Ledger, seconds: float) -> None:
    """Shift the times of the job as if it had run for this long."""
    await book.pool.execute("UPDATE jobs SET deadline = deadline - make_interval(secs => $1)", seconds)


async def pause(book: Ledger, seconds: float) -> None:
    """Shift the times of the job as if no worker had run it for this long."""
    await book.pool.execute("UPDATE jobs SET deadline = deadline - make_interval(secs => $1)", seconds)


async def test_a_crash_costs_no_time(book: Ledger) -> None:
    await insert_long_job(book)
    await book.start()
    await let_run(book, LONG * 2 / 3)
    await book.pool.execute("UPDATE jobs SET lease_until = now() - interval '1 s'")
    await book.rescue()
    await pause(book, 3600)
    again = await book.start()
    assert again.attempt == 1
    assert again.seconds_left == pytest.approx(LONG, abs=SLACK)


async def test_a_deploy_costs_no_time_though_the_pause_is_long(book: Ledger) -> None:
    await insert_long_job(book)
    job = await book.start()
    await let_run(book, LONG * 2 / 3)
    await book.finish(job, HandOver())
    await pause(book, 3600)
    again = await book.start()
    assert again.attempt == 1
    assert again.seconds_left == pytest.approx(LONG, abs=SLACK)


async def test_a_job_that_hangs_times_out_however_often_it_is_handed_over(book: Ledger) -> None:
    await insert_long_job(book)
    left = []
    for _ in range(4):
        job = await book.start()
        left.append(job.seconds_left)
        await let_run(book, LONG / 2)
        await book.finish(job, HandOver())
    assert left == [pytest.approx(LONG * part, abs=SLACK) for part in (1, 1, 1, 0.5)]
    last = await book.start()
    assert last.seconds_left < SLACK
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
