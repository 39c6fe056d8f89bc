"""Any interleaving of moves keeps the ledger's promises: hypothesis plays workers, people and the sweep, old and new.

The model is deliberately small: what a runner may still write, and the counters that must follow.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.db.accounts import admins
from app.db.core.connect import Timeouts, open_pool
from app.db.core.pool import Pool
from app.db.jobs import actions, ledger
from app.db.jobs.admission import Dispatch
from app.db.jobs.creator import Creator
from app.db.jobs.ledger import Claimed, Ended, ItemError
from app.domain.jobs.attempts import MAX_CRASHES
from app.domain.jobs.outcomes import Cancelled, Completed, Failed, HandOver, Interrupted, Outcome, Retry, Snooze
from app.domain.jobs.status import TERMINAL
from app.embedded import EmbeddedPostgres
from tests import harness, scripted
from tests.conftest import database
from tests.faults.invariants import MOVES
from tests.integration.jobs.claims import Ledger

T = TypeVar("T")

CONCURRENCY = scripted.SPEC.queue.concurrency
ENDED = {str(status) for status in TERMINAL}
OUTCOMES: dict[str, Outcome] = {
    "completed": Completed.of({}),
    "failed": Failed("as requested"),
    "cancelled": Cancelled(),
    "retried": Retry("as requested", 3600),
    "snoozed": Snooze(3600),
    "handed_over": HandOver(),
    "interrupted": Interrupted("as requested", 3600),
}
HOUR = 3600.0
"""Longer than any example takes: leases end and jobs become due only by a rule."""
PLACES = st.integers(0, 2**16)
"""Which of what there is, modulo how many there are."""


@dataclass
class Job:
    """What the model knows of a job."""

    status: str = "pending"
    fence: int = 0
    attempt: int = 0
    open: bool = False
    """Whether the attempt continues with the next claim."""
    crashes: int = 0
    dispatch: UUID | None = None
    """Of the dispatch that may claim it."""
    deferred: bool = False
    unwanted: bool = False
    expired: bool = False
    processed: int = 0
    failed: int = 0
    steps: int = 0
    runs: list[Claimed] = field(default_factory=list)

    def end(self, status: str) -> None:
        self.status, self.open = status, False
        self.settle()

    def settle(self) -> None:
        """No worker holds it."""
        self.unwanted = self.expired = False
        self.dispatch = None

    def put_back(self, *, crash: bool, deferred: bool, open_: bool) -> None:
        self.crashes += crash
        if self.unwanted:
            self.end("cancelled")
        elif self.crashes >= MAX_CRASHES:
            self.end("failed")
        else:
            self.status, self.open, self.deferred = "pending", open_, deferred
            self.settle()


class Moves(RuleBasedStateMachine):
    """One queue of five slots and many workers. Any earlier claim and dispatch may be used again."""

    runner: asyncio.Runner
    book: Ledger

    def __init__(self) -> None:
        super().__init__()
        self.jobs: dict[UUID, Job] = {}
        self.claims: list[Claimed] = []
        self.dispatches: list[Dispatch] = []
        self.do(self.book.pool.execute("TRUNCATE jobs, job_events, job_errors, workers CASCADE"))
        self.do(self.book.open())

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def current(self, run: Claimed) -> bool:
        """Whether a runner may still write."""
        job = self.jobs[run.id]
        return job.status == "processing" and job.fence == run.fence

    # ── the moves ────────────────────────────────────────────────────────────────────────────────────────────────────

    @initialize(number=st.integers(1, 8))
    def begin(self, number: int) -> None:
        self.insert(number, 5)
        self.start()

    @precondition(lambda self: len(self.jobs) < 20)
    @rule(number=st.integers(1, 4), priority=st.integers(1, 9))
    def insert(self, number: int, priority: int) -> None:
        self.jobs |= {job_id: Job() for job_id in self.do(self.book.insert(number, priority=priority))}

    def admitted(self) -> list[Dispatch]:
        slots = CONCURRENCY - sum(job.dispatch is not None or job.status == "processing" for job in self.jobs.values())
        ready = {i for i, j in self.jobs.items() if j.status == "pending" and j.dispatch is None and not j.deferred}
        dispatches = self.do(self.book.admit())
        ids = [job_id for dispatch in dispatches for job_id in dispatch.job_ids]
        assert set(ids) <= ready and len(ids) == min(slots, len(ready))
        for dispatch in dispatches:
            for job_id in dispatch.job_ids:
                self.jobs[job_id].dispatch = dispatch.id
        self.dispatches += dispatches
        travel = "UPDATE jobs SET lease_until = now() + interval '1 hour' WHERE id = ANY($1)"
        self.do(self.book.pool.execute(travel, ids))
        return dispatches

    @rule()
    def admit(self) -> None:
        self.admitted()

    @rule()
    def start(self) -> None:
        """The usual way: what is admitted is claimed."""
        for dispatch in self.admitted():
            self.take(dispatch)

    @precondition(lambda self: self.dispatches)
    @rule(place=PLACES)
    def deliver(self, place: int) -> None:
        """Any dispatch that ever was sent arrives, perhaps again."""
        self.take(self.dispatches[place % len(self.dispatches)])

    def take(self, dispatch: Dispatch) -> None:
        claimed = self.do(self.book.claim([dispatch], HOUR))
        assert {run.id for run in claimed} == {i for i, job in self.jobs.items() if job.dispatch == dispatch.id}
        for run in claimed:
            job = self.jobs[run.id]
            assert run.fence == job.fence + 1 and run.attempt == job.attempt + (not job.open) <= run.max_attempts
            assert (run.processed_items, run.failed_items) == (job.processed, job.failed)
            assert run.checkpoint == ({"steps": job.steps} if job.steps else None)
            job.status, job.fence, job.attempt, job.open = "processing", run.fence, run.attempt, True
            job.dispatch, job.expired = None, False
        self.claims += claimed

    @precondition(lambda self: self.claims)
    @rule(place=PLACES, processed=st.integers(0, 3), failed=st.integers(0, 3))
    def checkpoint(self, place: int, processed: int, failed: int) -> None:
        run = self.claims[place % len(self.claims)]
        job, failed = self.jobs[run.id], min(failed, processed)

        async def step() -> bool | None:
            async with self.book.pool.acquire() as conn, conn.transaction():
                errors = [ItemError(str(i), None, "as requested") for i in range(failed)]
                return await ledger.checkpoint(
                    conn,
                    run.id,
                    run.fence,
                    state={"steps": job.steps + 1},
                    processed=processed,
                    failed=failed,
                    total=None,
                    errors=errors,
                    lease=HOUR,
                )

        if not self.current(run):
            assert self.do(step()) is None
            return
        assert self.do(step()) is job.unwanted
        job.steps += 1
        job.processed += processed
        job.failed += failed
        job.crashes, job.expired = 0, False

    @precondition(lambda self: self.claims)
    @rule(
        places=st.lists(PLACES, min_size=1, max_size=4), names=st.lists(st.sampled_from(sorted(OUTCOMES)), min_size=4)
    )
    def finish(self, places: list[int], names: list[str]) -> None:
        """Runners that end in one write; some of them may be fenced off, some even of the same job."""
        runs = {place % len(self.claims): name for place, name in zip(places, names, strict=False)}
        ended, reported = [], []
        for place, name in runs.items():
            run = self.claims[place]
            if name == "retried" and run.attempt >= run.max_attempts:
                name = "failed"  # as the executor has it
            ended.append(Ended(run.id, run.fence, OUTCOMES[name]))
            reported.append((run, name))

        async def write() -> set[UUID]:
            async with self.book.pool.acquire() as conn, conn.transaction():
                return await ledger.finish(conn, ended)

        accepted = {run.id for run, _ in reported if self.current(run)}
        assert self.do(write()) == accepted
        for run, name in reported:
            job = self.jobs[run.id]
            if self.current(run):
                if name in ENDED:
                    job.end(name)
                else:
                    job.put_back(crash=name == "interrupted", deferred=name != "handed_over", open_=name != "retried")

    @precondition(lambda self: self.claims)
    @rule(places=st.lists(PLACES, min_size=1, max_size=4, unique=True))
    def renew(self, places: list[int]) -> None:
        runs = [self.claims[index] for index in {place % len(self.claims) for place in places}]

        async def beat() -> set[tuple[UUID, int]]:
            async with self.book.pool.acquire() as conn:
                return await ledger.renew(conn, [(run.id, run.fence) for run in runs], HOUR)

        assert self.do(beat()) == {(run.id, run.fence) for run in runs if not self.current(run)}
        for run in runs:
            if self.current(run):
                self.jobs[run.id].expired = False

    def held(self) -> list[UUID]:
        return [i for i, job in self.jobs.items() if job.status == "processing" or job.dispatch is not None]

    @precondition(lambda self: self.held())
    @rule(place=PLACES, found=st.booleans())
    def expire(self, place: int, found: bool) -> None:
        """A worker is killed or frozen, or a dispatch is lost: a lease expires, and a sweep may find it."""
        job_id = self.held()[place % len(self.held())]
        self.jobs[job_id].expired = True
        self.do(
            self.book.pool.execute(
                "UPDATE jobs SET lease_until = now() - interval '1 s' WHERE id = $1 AND lease_until IS NOT NULL", job_id
            )
        )
        if found:
            self.rescue()

    @precondition(lambda self: any(job.expired for job in self.jobs.values()))
    @rule()
    def rescue(self) -> None:
        lost = [job for job in self.jobs.values() if job.expired]
        running = [job for job in lost if job.status == "processing"]
        assert self.do(self.book.rescue()) == (len(running), len(lost) - len(running))
        for job in lost:
            if job.status == "processing":
                job.put_back(crash=True, deferred=False, open_=True)
            else:
                job.settle()

    @precondition(lambda self: any(job.deferred for job in self.jobs.values()))
    @rule()
    def wake(self) -> None:
        """All deferred jobs are due."""

        async def due() -> int:
            async with self.book.pool.acquire() as conn, conn.transaction():
                await conn.execute("UPDATE jobs SET run_at = now() WHERE run_at IS NOT NULL")
                return await ledger.wake_due(conn)

        assert self.do(due()) == sum(job.deferred for job in self.jobs.values())
        for job in self.jobs.values():
            job.deferred = False

    @precondition(lambda self: self.jobs)
    @rule(place=PLACES)
    def cancel(self, place: int) -> None:
        job_id = list(self.jobs)[place % len(self.jobs)]
        job = self.jobs[job_id]

        async def ask() -> bool:
            async with self.book.pool.acquire() as conn, conn.transaction():
                return await actions.cancel(conn, job_id)

        assert self.do(ask()) is (job.status == "pending" or (job.status == "processing" and not job.unwanted))
        if job.status == "pending":
            job.deferred = False
            job.end("cancelled")
        elif job.status == "processing":
            job.unwanted = True

    @precondition(lambda self: self.jobs)
    @rule(place=PLACES, from_start=st.booleans())
    def send_in_again(self, place: int, from_start: bool) -> None:
        job_id = list(self.jobs)[place % len(self.jobs)]
        job = self.jobs[job_id]

        async def ask() -> bool:
            async with self.book.pool.acquire() as conn, conn.transaction():
                return await actions.retry(conn, job_id, Creator(self.book.user_id), from_start=from_start)

        assert self.do(ask()) is (job.status in ("failed", "cancelled"))
        if job.status in ("failed", "cancelled"):
            job.status, job.attempt, job.crashes = "pending", 0, 0
            if from_start:
                job.processed = job.failed = job.steps = 0

    # ── what holds after each ────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def rows_are_as_the_model_has_them(self) -> None:
        rows = self.do(self.book.pool.fetch("SELECT *, lease_until < now() AS expired FROM jobs"))
        assert {row["id"] for row in rows} == self.jobs.keys()
        for row in rows:
            job = self.jobs[row["id"]]
            assert (row["status"], row["fence"], row["attempt"]) == (job.status, job.fence, job.attempt)
            assert (row["processed_items"], row["failed_items"]) == (job.processed, job.failed)
            assert row["attempt"] <= row["max_attempts"] and row["crashes"] == job.crashes < MAX_CRASHES + 1
            assert (row["run_at"] is not None, bool(row["expired"])) == (job.deferred, job.expired)
            assert (row["lease_until"] is not None) == (job.status == "processing" or job.dispatch is not None)
        assert sum(row["lease_until"] is not None for row in rows) <= CONCURRENCY

    @invariant()
    def timelines_are_lawful(self) -> None:
        state = dict.fromkeys(self.jobs, "waiting")
        for event in self.do(self.book.pool.fetch("SELECT job_id, event FROM job_events ORDER BY id")):
            state[event["job_id"]] = MOVES[state[event["job_id"]], event["event"]]
        words = {"pending": "waiting", "processing": "running"}
        assert state == {job_id: words.get(job.status, "ended") for job_id, job in self.jobs.items()}

    @invariant()
    def errors_are_as_many_as_counted(self) -> None:
        rows = self.do(self.book.pool.fetch("SELECT job_id, count(*) AS errors FROM job_errors GROUP BY job_id"))
        counted = {row["job_id"]: row["errors"] for row in rows}
        assert counted == {job_id: job.failed for job_id, job in self.jobs.items() if job.failed}


@pytest.fixture
def machine(postgres: EmbeddedPostgres, template: str) -> Iterator[type[Moves]]:
    """The machine on a database and a loop that all its examples share."""
    name = "ledger_properties"

    async def open_book() -> tuple[Pool, Ledger]:
        conn = await asyncpg.connect(postgres.dsn)
        await conn.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log")
        await conn.close()
        pool = await open_pool(database(postgres.dsn, name), size=2, name="test", timeouts=Timeouts(10, 10, 10))
        async with pool.acquire() as pooled:
            await admins.ensure_admin(pooled, harness.ADMIN_KEY)
        return pool, Ledger(pool, await pool.fetchval("SELECT id FROM users WHERE role = 'admin'"))

    with asyncio.Runner() as runner:
        pool, book = runner.run(open_book())
        yield type("TestMoves", (Moves,), {"runner": runner, "book": book})
        runner.run(pool.close())


def test_any_interleaving_keeps_the_promises(machine: type[Moves]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30,
            stateful_step_count=40,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
