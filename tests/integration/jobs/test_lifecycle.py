"""TRANSITIONS, the SQL, the CHECKs and the diagram agree for every pair of statuses."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from itertools import product
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from app.db.core.pool import Pool
from app.db.jobs import actions
from app.db.jobs.creator import Creator
from app.db.jobs.ledger import Claimed
from app.domain.jobs.outcomes import Cancelled, Completed, Failed, HandOver, Interrupted, Outcome, Retry, Snooze
from app.domain.jobs.status import TERMINAL, TRANSITIONS, Status
from tests.integration.jobs.claims import Ledger

ENDS: dict[Status, Outcome] = {
    Status.COMPLETED: Completed.of({}),
    Status.FAILED: Failed("x"),
    Status.CANCELLED: Cancelled(),
}


async def in_state(ledger: Ledger, status: Status) -> Claimed:
    """Insert a job in this state. Returns its last claim, or an invented one for a pending job."""
    (job_id,) = await ledger.insert()
    if status is Status.PENDING:
        return Claimed(job_id, "scripted", "scripted", 0, 0, 3, 1.0, "{}", None, None, 0, 0)
    job = await ledger.start()
    assert job.id == job_id
    if status in TERMINAL:
        assert await ledger.finish(job, ENDS[status])
    return job


async def claim(ledger: Ledger, job: Claimed) -> None:
    await ledger.claim(await ledger.admit())


def ends(outcome: Outcome) -> Callable[[Ledger, Claimed], Awaitable[object]]:
    return lambda ledger, job: ledger.finish(job, outcome)


async def rescue(ledger: Ledger, job: Claimed) -> None:
    await ledger.pool.execute("UPDATE jobs SET lease_until = now() - interval '1 s' WHERE lease_until IS NOT NULL")
    await ledger.rescue()


async def cancel_pending(ledger: Ledger, job: Claimed) -> None:
    async with ledger.pool.acquire() as conn, conn.transaction():
        await actions.cancel(conn, job.id)


async def retry(ledger: Ledger, job: Claimed) -> None:
    async with ledger.pool.acquire() as conn, conn.transaction():
        await actions.retry(conn, job.id, Creator(ledger.user_id))


MOVES: dict[Status, list[Callable[[Ledger, Claimed], Awaitable[object]]]] = {
    Status.PROCESSING: [claim],
    Status.COMPLETED: [ends(Completed.of({}))],
    Status.FAILED: [ends(Failed("x"))],
    Status.CANCELLED: [ends(Cancelled()), cancel_pending],
    Status.PENDING: [
        retry,
        rescue,
        ends(Retry("x", 0)),
        ends(Snooze(60)),
        ends(HandOver()),
        ends(Interrupted("x")),
    ],
}


@pytest.mark.parametrize(("source", "target"), list(product(Status, Status)), ids=str)
async def test_every_pair_of_states(db_pool: Pool, admin_id: UUID, source: Status, target: Status) -> None:
    ledger = await Ledger(db_pool, admin_id).open()
    reached = set()
    for move in MOVES[target]:
        job = await in_state(ledger, source)
        await move(ledger, job)
        after = Status(await ledger.status(job.id))
        assert after == source or after in TRANSITIONS[source], f"{source} must not become {after}"
        reached.add(after)
        await db_pool.execute("DELETE FROM jobs")
    assert (target in reached) == (target in TRANSITIONS[source] or target == source)


@pytest.mark.parametrize("status", Status)
async def test_checks_tie_completion_and_lease_to_the_state(db_pool: Pool, admin_id: UUID, status: Status) -> None:
    ledger = await Ledger(db_pool, admin_id).open()
    job = await in_state(ledger, status)
    breaches = ["status = 'unheard of'"]
    breaches.append("completed_at = NULL" if status in TERMINAL else "completed_at = now()")
    if status is Status.PROCESSING:
        breaches += ["lease_until = NULL", "worker_id = NULL", "run_at = now()"]
    if status in TERMINAL:
        breaches += ["lease_until = now()", "run_at = now()"]
    for breach in breaches:
        with pytest.raises(asyncpg.CheckViolationError):
            await db_pool.execute(f"UPDATE jobs SET {breach} WHERE id = $1", job.id)


def test_the_diagram_is_the_transitions() -> None:
    page = (Path(__file__).parents[3] / "docs" / "lifecycle.md").read_text()
    arrows = {(source, target) for source, target in re.findall(r"^ *(\w+) --> (\w+):", page, re.MULTILINE)}
    assert arrows == {(source, target) for source, targets in TRANSITIONS.items() for target in targets}
