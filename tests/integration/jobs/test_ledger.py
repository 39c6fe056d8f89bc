"""Fences, leases, admission: what holds whatever the workers do."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from app.db.core.connect import Timeouts, open_pool
from app.db.core.pool import CONNECTION_LOST, Pool
from app.db.jobs import admission, item_errors, ledger
from app.db.jobs.ledger import ItemError
from app.domain.jobs.attempts import MAX_CRASHES
from app.domain.jobs.outcomes import Completed, Interrupted, Retry, Snooze
from tests.integration.jobs.claims import LEASE, Ledger


@pytest.fixture
async def book(db_pool: Pool, admin_id: UUID) -> Ledger:
    return await Ledger(db_pool, admin_id).open()


async def step(book: Ledger, job: ledger.Claimed, *, processed: int = 1, error: str | None = None) -> bool | None:
    async with book.pool.acquire() as conn, conn.transaction():
        return await ledger.checkpoint(
            conn,
            job.id,
            job.fence,
            state={"at": processed},
            processed=processed,
            failed=1 if error else 0,
            total=10,
            errors=[ItemError("1", None, error)] if error else [],
            lease=LEASE,
        )


async def expire(book: Ledger) -> None:
    await book.pool.execute("UPDATE jobs SET lease_until = now() - interval '1 s' WHERE lease_until IS NOT NULL")


async def test_a_fenced_runner_writes_nothing(book: Ledger) -> None:
    (job_id,) = await book.insert()
    frozen = await book.start()
    assert await step(book, frozen) is False
    await expire(book)
    assert await book.rescue() == (1, 0)
    successor = await book.start()
    assert (successor.id, successor.fence, successor.attempt) == (job_id, frozen.fence + 1, 1)
    assert (successor.checkpoint, successor.processed_items) == ({"at": 1}, 1)
    assert await step(book, frozen) is None
    assert not await book.finish(frozen, Completed.of({"by": "frozen"}))
    assert await step(book, successor) is False
    assert await book.finish(successor, Completed.of({"by": "successor"}))
    row = await book.pool.fetchrow("SELECT result, processed_items FROM jobs")
    assert row is not None and (row["result"], row["processed_items"]) == ('{"by": "successor"}', 2)


async def test_a_dispatch_delivered_twice_is_claimed_once(book: Ledger) -> None:
    await book.insert(5)
    dispatches = await book.admit()
    claims = await asyncio.gather(*(book.claim(dispatches) for _ in range(4)))
    assert sorted(len(claim) for claim in claims) == [0, 0, 0, 5]


async def test_a_late_dispatch_claims_nothing(book: Ledger) -> None:
    await book.insert()
    late = await book.admit()
    await expire(book)
    assert await book.rescue() == (0, 1)
    (job,) = await book.claim(await book.admit())
    assert await book.claim(late) == []
    assert job.attempt == 1


async def test_concurrency_holds_whichever_process_admits(book: Ledger) -> None:
    await book.insert(40)
    admitted = await asyncio.gather(*(book.admit() for _ in range(8)))
    assert sum(len(d.job_ids) for dispatches in admitted for d in dispatches) == 5
    jobs = await book.claim([d for dispatches in admitted for d in dispatches])
    assert await book.admit() == []
    await book.finish(jobs[0], Completed.of({}))
    await book.finish(jobs[1], Snooze(60))
    assert sum(len(d.job_ids) for d in await book.admit()) == 2


async def test_best_priority_first_then_oldest(book: Ledger) -> None:
    usual = await book.insert(3)
    urgent = await book.insert(2, priority=1)
    claimed = await book.claim(await book.admit())
    assert [job.id for job in claimed] == [*urgent, *usual]


async def test_scarce_slots_go_to_the_better_queue(book: Ledger) -> None:
    await book.pool.execute(
        """INSERT INTO queues (name, route, priority, concurrency) VALUES ('better', 'default', 1, 10);
           UPDATE workers SET slots = 3"""
    )
    worse = await book.insert(3)
    better = await book.insert(2)
    await book.pool.execute("UPDATE jobs SET queue = 'better' WHERE id = ANY($1)", better)
    sent = [job_id for dispatch in await book.admit() for job_id in dispatch.job_ids]
    assert set(sent) == {*better, worse[0]}


async def test_a_route_is_served_by_its_own_workers_alone(book: Ledger) -> None:
    await book.pool.execute("UPDATE queues SET route = 'apart'")
    await book.insert(3)
    assert await book.admit() == []
    async with book.pool.acquire() as conn:
        await book.register(conn, uuid7(), route="apart", slots=2)
    assert [d.route for d in await book.admit() for _ in d.job_ids] == ["apart", "apart"]


async def test_concurrency_per_worker_grows_with_the_workers(book: Ledger) -> None:
    await book.pool.execute("UPDATE queues SET per_worker = true, concurrency = 2")
    await book.insert(10)
    assert sum(len(d.job_ids) for d in await book.admit()) == 2
    async with book.pool.acquire() as conn:
        await book.register(conn, uuid7())
    assert sum(len(d.job_ids) for d in await book.admit()) == 2


@pytest.mark.parametrize(
    ("change", "admitted"),
    [
        ("paused_at = now()", 0),
        ("paused_at = now(), paused_until = now() + interval '1 h'", 0),
        ("paused_at = now(), paused_until = now() - interval '1 s'", 5),
        ("concurrency_override = 2", 2),
        ("concurrency_override = 0", 0),
    ],
)
async def test_a_queue_obeys_its_admin(book: Ledger, change: str, admitted: int) -> None:
    await book.pool.execute(f"UPDATE queues SET {change}")
    await book.insert(10)
    assert sum(len(d.job_ids) for d in await book.admit()) == admitted


@pytest.mark.parametrize("gone", ["beat_at = now() - interval '1 min'", "stopping = true"])
async def test_nothing_is_sent_to_workers_that_are_gone(book: Ledger, gone: str) -> None:
    await book.pool.execute(f"UPDATE workers SET {gone}")
    await book.insert()
    assert await book.admit() == []


async def test_a_job_that_brings_its_workers_down_fails(book: Ledger) -> None:
    (job_id,) = await book.insert()
    for _ in range(MAX_CRASHES):
        assert await book.status(job_id) == "pending"
        await book.start()
        await expire(book)
        await book.rescue()
    row = await book.pool.fetchrow("SELECT status, attempt, error FROM jobs")
    assert row is not None and (row["status"], row["attempt"]) == ("failed", 1)
    assert "5 workers were lost" in row["error"]


async def test_progress_clears_the_count_of_crashes(book: Ledger) -> None:
    (job_id,) = await book.insert()
    for _ in range(2 * MAX_CRASHES):
        await step(book, await book.start())
        await expire(book)
        await book.rescue()
    assert await book.status(job_id) == "pending"


async def test_interruptions_without_progress_fail_it_too(book: Ledger) -> None:
    (job_id,) = await book.insert()
    for _ in range(MAX_CRASHES):
        job = await book.start()
        assert await book.finish(job, Interrupted("lost Postgres", 0.0))
    assert await book.status(job_id) == "failed"


async def test_a_retry_waits_until_it_is_due(book: Ledger) -> None:
    await book.insert()
    job = await book.start()
    await book.finish(job, Retry("x", 60))
    async with book.pool.acquire() as conn:
        assert await ledger.wake_due(conn) == 0
        assert await book.admit() == []
        await conn.execute("UPDATE jobs SET run_at = now()")
        assert await ledger.wake_due(conn) == 1
    again = await book.start()
    assert (again.attempt, again.fence) == (2, 2)


async def test_a_snooze_gives_the_attempt_its_time_back(book: Ledger) -> None:
    await book.insert()
    job = await book.start()
    await book.pool.execute("UPDATE jobs SET deadline = now() + interval '1 ms'")
    await book.finish(job, Snooze(0.0))
    again = await book.start()
    assert (again.attempt, again.fence) == (1, 2)
    assert again.seconds_left > 0.5


async def test_a_cancellation_is_not_lost_on_the_way(book: Ledger) -> None:
    (job_id,) = await book.insert()
    job = await book.start()
    await book.pool.execute("UPDATE jobs SET cancel_requested_at = now()")
    assert await step(book, job) is True
    await book.finish(job, Retry("x", 60))
    assert await book.status(job_id) == "cancelled"


async def test_renewal_returns_the_leases_that_are_lost(book: Ledger) -> None:
    await book.insert(2)
    kept, lost = await book.claim(await book.admit())
    await book.finish(lost, Completed.of({}))
    await book.pool.execute("UPDATE jobs SET lease_until = now() + interval '1 s' WHERE status = 'processing'")
    async with book.pool.acquire() as conn:
        held = [(kept.id, kept.fence), (lost.id, lost.fence)]
        assert await ledger.renew(conn, held, LEASE) == {held[1]}
        left: timedelta = await conn.fetchval("SELECT lease_until - now() FROM jobs WHERE id = $1", kept.id)
    assert left > timedelta(seconds=LEASE - 5)


async def test_a_step_is_all_or_nothing(book: Ledger) -> None:
    await book.insert()
    job = await book.start()
    with pytest.raises(asyncpg.CheckViolationError):
        await step(book, job, processed=0, error="one failed of none")
    row = await book.pool.fetchrow("SELECT checkpoint, (SELECT count(*) FROM job_errors) AS errors FROM jobs")
    assert row is not None and (row["checkpoint"], row["errors"]) == (None, 0)


async def test_texts_that_postgres_cannot_hold_are_mended(book: Ledger) -> None:
    await book.insert()
    job = await book.start()
    await step(book, job, error="a NUL \0 and a lone \ud800")
    await book.finish(job, Completed.of({"nul": "\0"}))
    assert await book.pool.fetchval("SELECT result FROM jobs") == '{"nul": "\ufffd"}'
    assert await book.pool.fetchval("SELECT error FROM job_errors") == "a NUL \ufffd and a lone ?"


def test_a_dispatch_takes_no_more_than_one_workers_share() -> None:
    jobs = [admission.Candidate(uuid7(), "q", "default", 25, 3, 100) for _ in range(10)]
    assert [len(d.job_ids) for d in admission.build_dispatches(jobs)] == [4, 4, 2]
    assert [len(d.job_ids) for d in admission.build_dispatches(jobs[:1])] == [1]


async def test_a_worker_frozen_in_a_transaction_does_not_stop_others(book: Ledger, database_url: str) -> None:
    await book.insert(2)
    frozen = await open_pool(database_url, size=1, name="frozen", timeouts=Timeouts(5, 5, idle_transaction_seconds=0.3))
    async with frozen.acquire() as conn:
        transaction = conn.transaction()
        await transaction.start()
        await admission.list_candidates(conn)  # holds the lock, and sends nothing more
        async with asyncio.timeout(5):
            assert sum(len(d.job_ids) for d in await book.admit()) == 2
        with pytest.raises(CONNECTION_LOST):
            await conn.fetch("SELECT 1")
    await frozen.close()


async def test_errors_of_items_are_cut_and_say_so(book: Ledger) -> None:
    await book.insert()
    job = await book.start()
    deep: dict[str, object] = {}
    for _ in range(400):
        deep = {"a": deep}
    details: list[dict[str, object] | None] = [{"line": 3, "text": "x" * 100_000}, deep, {"nul": "\0"}, None]
    async with book.pool.acquire() as conn, conn.transaction():
        await ledger.checkpoint(
            conn,
            job.id,
            job.fence,
            state=None,
            processed=4,
            failed=4,
            total=4,
            errors=[ItemError("i" * 10_000, "a" * 10_000 + "\0", "e" * 10_000, detail) for detail in details],
            lease=LEASE,
        )
        errors = (await item_errors.list_errors(conn, job.id, limit=10)).rows
    long, not_shown, nul, none = errors
    assert long.item_id == "i" * 500 + "… (9,500 characters more)"
    assert long.address == "a" * 500 + "… (9,501 characters more)"
    assert long.error == "e" * 4_000 + "… (6,000 characters more)"
    assert long.detail == {"line": 3, "text": "x" * 1_000 + "… (99,000 characters more)"}
    assert not_shown.detail == {"notShown": "JSON cannot express it: Recursion limit reached"}
    assert (nul.detail, none.detail) == ({"nul": "\ufffd"}, None)
