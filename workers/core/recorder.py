"""Records the outcomes of jobs, many in one transaction, and claims the next jobs for the freed slots.

Only one write runs at a time. Jobs that end in the meantime share the next write, so the commit, which is the main cost
of a job in Postgres, is paid once for many of them.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar
from uuid import UUID

import asyncpg
import structlog

from app.db.core.coalesce import Coalescer
from app.db.core.pool import TRY_AGAIN, Pool, is_writable
from app.db.jobs import admission, ledger
from app.db.jobs.admission import Candidate
from app.db.jobs.ledger import Claimed, Ended
from app.dispatch import Dispatcher
from app.domain.jobs.outcomes import Failed, Outcome, Superseded, describe_error, job_error
from workers.core.context import JobContext
from workers.core.normalisation import describe_traceback

T = TypeVar("T")

log = structlog.get_logger(__name__)

MAX_OUTCOMES_PER_WRITE = 200
FIRST_PAUSE_SECONDS = 0.1
MAX_PAUSE_SECONDS = 2.0
OUTAGE: tuple[type[Exception], ...] = (
    *TRY_AGAIN,
    asyncpg.InsufficientResourcesError,  # disk or memory full
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,  # a standby that is about to be promoted
)
"""Postgres cannot write at the moment; the same write may succeed later."""
UNFINISHED: tuple[type[Exception], ...] = (
    TimeoutError,
    asyncpg.QueryCanceledError,
    asyncpg.TransactionTimeoutError,
)
"""The write was begun, and Postgres did not finish it. The reason may be the write itself: its size, or a lock."""
MAX_UNFINISHED_TRIES = 3
"""Of one outcome, while Postgres finishes other writes."""


class SlotOwner(Protocol):
    """The part of a worker that the recorder needs."""

    @property
    def id(self) -> UUID: ...
    @property
    def pool(self) -> Pool: ...
    @property
    def dispatcher(self) -> Dispatcher: ...
    @property
    def route(self) -> str: ...
    @property
    def lease_seconds(self) -> float: ...
    @property
    def stopping(self) -> bool: ...
    @property
    def running(self) -> Mapping[tuple[UUID, int], JobContext]: ...


@dataclass(frozen=True)
class Refused:
    """Postgres did not accept the write in which this outcome was one of many."""


@dataclass(frozen=True)
class EndedRun:
    """A run that ended, whose slot waits for the next job."""

    job: Claimed
    outcome: Outcome | Superseded


class NotFinished(Exception):
    """Postgres finishes other writes, but not this one."""


Repeat = Callable[[Callable[[], Awaitable[None]]], Awaitable[None]]


async def once(write: Callable[[], Awaitable[None]]) -> None:
    """Write, and raise what the write raises."""
    await write()


async def record_alone(pool: Pool, job: Claimed, outcome: Outcome, repeat: Repeat = once) -> None:
    """Record one outcome, or a failure that says why it could not be recorded.

    `repeat` makes each write, and decides for how long. Raises its OUTAGE errors only.
    """
    try:
        await repeat(partial(_finish, pool, job, outcome))
        return
    except OUTAGE:
        raise
    except Exception as error:
        refused = error
    log.error("outcome_refused", job_id=str(job.id), kind=job.kind, error=describe_error(refused))
    failed = Failed(job_error(job.kind, f"the outcome could not be recorded: {describe_error(refused)}"))
    try:
        await repeat(partial(_finish, pool, job, failed))
    except OUTAGE:
        raise
    except Exception as error:  # the job's lease brings it back
        log.error("outcome_lost", job_id=str(job.id), kind=job.kind, exception=describe_traceback(error))


async def _finish(pool: Pool, job: Claimed, outcome: Outcome) -> None:
    async with pool.acquire() as conn, conn.transaction():
        await ledger.finish(conn, [Ended(job.id, job.fence, outcome)])


class Recorder:
    """Records the outcomes of one worker's jobs."""

    def __init__(self, worker: SlotOwner) -> None:
        self._worker = worker
        self._writes = Coalescer(self._write_together, max_items=MAX_OUTCOMES_PER_WRITE)
        self.waiting: set[tuple[UUID, int]] = set()
        """Ended jobs, by id and fence, whose outcome is not recorded yet: the heartbeat renews their leases, too."""

    async def record(self, job: Claimed, outcome: Outcome | Superseded) -> Claimed | None:
        """Record an outcome (nothing for Superseded). Returns the next job for the slot, already claimed, if any."""
        key = job.id, job.fence
        self.waiting.add(key)
        try:
            recorded = await self._writes(EndedRun(job, outcome))
            if not isinstance(recorded, Refused):
                return recorded
            if not isinstance(outcome, Superseded):
                repeat = partial(self._outlast_outages, tries=MAX_UNFINISHED_TRIES)
                await record_alone(self._worker.pool, job, outcome, repeat)
        finally:
            self.waiting.discard(key)
        self._worker.dispatcher.schedule_pass()  # admission sends the next jobs
        return None

    async def _write_together(self, ended: Sequence[EndedRun]) -> Sequence[Claimed | None | Refused]:
        """Record all outcomes. Returns the next job for each slot, or Refused for all: each is then recorded alone.

        So the outcomes that are not the cause do not wait for the one that is.
        """
        try:
            return await self._outlast_outages(partial(self._write, ended), tries=1)
        except Exception as error:
            log.error("outcomes_refused", jobs=len(ended), exception=describe_traceback(error))
        return [Refused()] * len(ended)

    async def _outlast_outages(self, write: Callable[[], Awaitable[T]], tries: int) -> T:
        """Repeat a write until Postgres accepts it, so that no outcome is lost and no slot waits for ever.

        If an earlier try was committed after all, the fence voids the repetition. If the lease expires first, the job
        continues elsewhere, and the fence voids the write as well. Raises NotFinished if the write is not finished
        `tries` times although Postgres is available, and the errors that are no OUTAGE.
        """
        pause = FIRST_PAUSE_SECONDS
        unfinished = 0
        while True:
            try:
                return await write()
            except OUTAGE as error:
                log.warning("outcomes_wait_for_postgres", error=describe_error(error))
                if isinstance(error, UNFINISHED) and await is_writable(self._worker.pool):
                    unfinished += 1
                    if unfinished >= tries:
                        raise NotFinished(
                            f"Postgres is available but did not finish the write: {describe_error(error)}"
                        ) from error
                await asyncio.sleep(pause)
                pause = min(2 * pause, MAX_PAUSE_SECONDS)

    async def _write(self, ended: Sequence[EndedRun]) -> list[Claimed | None]:
        """Finish, admit and claim in one transaction. Returns the next job for each slot."""
        worker = self._worker
        outcomes = [
            Ended(run.job.id, run.job.fence, run.outcome) for run in ended if not isinstance(run.outcome, Superseded)
        ]
        followers: dict[str, list[Claimed]] = defaultdict(list)
        async with worker.pool.acquire() as conn, conn.transaction():
            if outcomes:
                accepted = await ledger.finish(conn, outcomes)
                for outcome in outcomes:
                    if outcome.id not in accepted:
                        log.warning("outcome_void", job_id=str(outcome.id), reason="the job continued elsewhere")
            candidates = await admission.list_candidates(conn)
            chosen = self._choose_followers(candidates, Counter(run.job.queue for run in ended))
            if chosen:
                ids = [candidate.id for candidate in chosen]
                for job in await ledger.claim_ready(conn, ids, worker.id, worker.lease_seconds):
                    followers[job.queue].append(job)
            chosen_ids = {candidate.id for candidate in chosen}
            dispatches = admission.build_dispatches(c for c in candidates if c.id not in chosen_ids)
            await admission.mark_dispatched(conn, dispatches)
        if dispatches:
            worker.dispatcher.send_soon(dispatches)
        return [followers[run.job.queue].pop(0) if followers[run.job.queue] else None for run in ended]

    def _choose_followers(self, candidates: Iterable[Candidate], freed: Counter[str]) -> list[Candidate]:
        """Choose jobs for the freed slots, at most this worker's share of each queue."""
        worker = self._worker
        if worker.stopping:
            return []
        running = Counter(context.job.queue for context in worker.running.values())
        chosen: list[Candidate] = []
        for candidate in candidates:
            queue = candidate.queue
            share = -(-candidate.concurrency // candidate.workers)
            if candidate.route == worker.route and freed[queue] and running[queue] < share:
                freed[queue] -= 1
                running[queue] += 1
                chosen.append(candidate)
        return chosen
