"""The checks find violations: each invariant is violated once, in a ledger that is correct otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from app.db.core.pool import Pool
from app.db.jobs import ledger
from app.db.jobs.ledger import Ended
from app.domain.jobs.outcomes import Completed, HandOver
from tests.faults import invariants
from tests.faults.counting import EFFECTS, CountArgs
from tests.faults.workload import Wanted
from tests.integration.jobs.claims import LEASE, Ledger

ITEMS = 4
LIMITS = {"scripted": 2}
WANTED = Wanted("count_bulk", CountArgs(items=ITEMS))


@pytest.fixture
async def sound(db_pool: Pool, admin_id: UUID) -> UUID:
    """A job that was handed over half-way and has ended, with an effect an item; its id."""
    book = await Ledger(db_pool, admin_id).open()
    await db_pool.execute(EFFECTS)
    (job_id,) = await book.insert()
    await db_pool.execute("UPDATE jobs SET kind = 'count_bulk'")
    for first, outcome in ((0, HandOver()), (2, Completed.of({}))):
        job = await book.start()
        async with db_pool.acquire() as conn, conn.transaction():
            await conn.execute(
                "INSERT INTO effects SELECT $1, item, $2 FROM generate_series($3::int, $3 + 1) AS item",
                job.id,
                job.fence,
                first,
            )
            await ledger.checkpoint(
                conn, job.id, job.fence, state=None, processed=2, failed=0, total=ITEMS, errors=(), lease=LEASE
            )
        async with db_pool.acquire() as conn, conn.transaction():
            await ledger.finish(conn, [Ended(job.id, job.fence, outcome)])
    return job_id


async def findings(pool: Pool, wanted: Mapping[UUID, Wanted]) -> str:
    async with pool.acquire() as conn:
        return "\n".join(invariants.check(await invariants.Ledger.read(conn), wanted, LIMITS))


async def test_a_sound_ledger_has_no_findings(db_pool: Pool, sound: UUID) -> None:
    assert await findings(db_pool, {sound: WANTED}) == ""


EVENT = "INSERT INTO job_events (job_id, event, attempt, fence) SELECT id, '{}', 1, 2 FROM jobs"
BREAKS = {
    "items done more than once": "UPDATE effects SET item = 0 WHERE item = 1",
    "4 effects, and 3 items counted": "UPDATE jobs SET processed_items = 3",
    "completed with 4 of 5 items": "UPDATE jobs SET total_items = 5",
    "a later effect has an earlier fence": "UPDATE effects SET fence = 3 - fence",
    "was done under fence 1 outside of its run": "UPDATE effects SET at = at + interval '1 hour' WHERE fence = 1",
    "is pending, and by its timeline ended": "UPDATE jobs SET status = 'pending', completed_at = NULL",
    "completed while ended": EVENT.format("completed"),
    "ended 2 times in 1 lives": EVENT.format("failed"),
    "claimed under fence 1": "UPDATE job_events SET fence = 1 WHERE event = 'claimed'",
    "completed in attempt 2 instead of 1": "UPDATE jobs SET attempt = 2",
    "failed instead of completed": "UPDATE jobs SET status = 'failed'",
}


@pytest.mark.parametrize(("finding", "harm"), BREAKS.items(), ids=list(BREAKS))
async def test_violations_are_found(db_pool: Pool, sound: UUID, finding: str, harm: str) -> None:
    await db_pool.execute(harm)
    assert finding in await findings(db_pool, {sound: WANTED})


async def test_a_job_that_was_promised_must_be_there(db_pool: Pool, sound: UUID) -> None:
    assert "promised and are not there" in await findings(db_pool, {sound: WANTED, uuid4(): WANTED})


async def test_a_create_with_a_response_creates_no_second_job(db_pool: Pool, sound: UUID) -> None:
    assert "no answer named" in await findings(db_pool, {})


async def test_more_at_once_than_a_queue_allows_is_seen_in_the_timeline(sound: UUID) -> None:
    now = datetime.now(UTC)
    runs = [
        invariants.Run(sound, "scripted", 1, now + timedelta(seconds=i), now + timedelta(seconds=i + 2))
        for i in range(5)
    ]
    assert list(invariants.limited(runs, {"scripted": 2})) == []
    runs.append(invariants.Run(sound, "scripted", 1, now + timedelta(seconds=2.5), now + timedelta(seconds=2.6)))
    assert list(invariants.limited(runs, {"scripted": 2})) == ["queue scripted ran 3 jobs at once and may run 2"]
