"""Records how jobs ended, many in one transaction, and hands freed slots the next jobs of their queues.

One write is under way at a time; what ends meanwhile shares the next one. So the commit, which is what a job costs
in Postgres, is paid once for many.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

import asyncpg
import structlog

from app.db.core.pool import TRY_AGAIN, Pool
from app.db.jobs import admission, ledger
from app.db.jobs.admission import Candidate
from app.db.jobs.ledger import Claimed, Ended
from app.domain.jobs.outcomes import Failed, Outcome, Superseded, describe_error
from workers.core.normalisation import describe_traceback
from workers.core.runtime import Runtime

T = TypeVar("T")

log = structlog.get_logger("trigpoint.worker")

MAX_ENTRIES_PER_WRITE = 200
OUTAGE: tuple[type[Exception], ...] = (
    *TRY_AGAIN,
    asyncpg.InsufficientResourcesError,  # disk or memory full
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,  # a standby that is about to be promoted
)
"""Postgres cannot write anything just now, so that the same write may succeed later."""


class _Entry:
    """A run that ended, and the slot that waits for what to do next."""

    def __init__(self, job: Claimed, outcome: Outcome | Superseded) -> None:
        self.job = job
        self.outcome = outcome
        self.next: asyncio.Future[Claimed | None] = asyncio.get_running_loop().create_future()

    def release(self, follower: Claimed | None) -> None:
        if not self.next.done():
            self.next.set_result(follower)


async def record_alone(pool: Pool, job: Claimed, outcome: Outcome) -> None:
    """Record one outcome, or else a failure that says why it could not be recorded. Raises OUTAGE errors only."""
    try:
        await _finish(pool, job, outcome)
        return
    except OUTAGE:
        raise
    except Exception as error:
        refused = error
    log.error("outcome refused", job_id=str(job.id), kind=job.kind, error=describe_error(refused))
    try:
        await _finish(
            pool, job, Failed(f"the outcome of kind {job.kind} could not be recorded: {describe_error(refused)}")
        )
    except OUTAGE:
        raise
    except Exception as error:  # its lease brings the job back
        log.error("outcome lost", job_id=str(job.id), kind=job.kind, exception=describe_traceback(error))


async def _finish(pool: Pool, job: Claimed, outcome: Outcome) -> None:
    async with pool.acquire() as conn, conn.transaction():
        await ledger.finish(conn, [Ended(job.id, job.fence, outcome)])


class Recorder:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._pile: list[_Entry] = []
        self._writer: asyncio.Task[None] | None = None

    async def record(self, job: Claimed, outcome: Outcome | Superseded) -> Claimed | None:
        """Record an outcome, nothing where it is Superseded; return the next job for this slot, claimed, if any."""
        entry = _Entry(job, outcome)
        self._pile.append(entry)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())
        return await entry.next

    async def _write_all(self) -> None:
        while self._pile:
            entries, self._pile = self._pile[:MAX_ENTRIES_PER_WRITE], self._pile[MAX_ENTRIES_PER_WRITE:]
            try:
                followers = await self._outlast_outages(partial(self._write, entries))
                for entry in entries:
                    queue = followers[entry.job.queue]
                    entry.release(queue.pop(0) if queue else None)
            except Exception as error:  # it is the fault of one of them: which?
                log.error("outcomes refused", jobs=len(entries), exception=describe_traceback(error))
                await self._write_singly(entries)
            finally:
                for entry in entries:
                    entry.release(None)

    async def _outlast_outages(self, write: Callable[[], Awaitable[T]]) -> T:
        """Repeat a write until Postgres can take it: an outcome must not be lost, nor the slot that waits for it.

        Should an earlier try have been committed all the same, the fence makes the next one void; should the lease
        run out first, the job goes on elsewhere and it is void too.
        """
        pause = 0.1
        while True:
            try:
                return await write()
            except OUTAGE as error:
                log.warning("outcomes wait for Postgres", error=describe_error(error))
                await asyncio.sleep(pause)
                pause = min(2 * pause, 2.0)

    async def _write_singly(self, entries: Sequence[_Entry]) -> None:
        """Record each outcome in a transaction of its own, without followers: admission sends the next jobs."""
        for entry in entries:
            job, outcome = entry.job, entry.outcome
            if not isinstance(outcome, Superseded):
                await self._outlast_outages(partial(record_alone, self._runtime.pool, job, outcome))
            entry.release(None)
        self._runtime.dispatcher.nudge()

    async def _write(self, entries: Sequence[_Entry]) -> dict[str, list[Claimed]]:
        """Finish, admit and claim in one transaction; return the claimed followers by queue."""
        runtime = self._runtime
        ended = [Ended(e.job.id, e.job.fence, e.outcome) for e in entries if not isinstance(e.outcome, Superseded)]
        followers: dict[str, list[Claimed]] = defaultdict(list)
        async with runtime.pool.acquire() as conn, conn.transaction():
            if ended:
                accepted = await ledger.finish(conn, ended)
                for entry in ended:
                    if entry.id not in accepted:
                        log.warning("outcome void: the job went on elsewhere", job_id=str(entry.id))
            candidates = await admission.select(conn)
            kept = self._choose(candidates, Counter(e.job.queue for e in entries))
            if kept:
                ids = [candidate.id for candidate in kept]
                for job in await ledger.claim_ready(conn, ids, runtime.worker_id, runtime.lease_seconds):
                    followers[job.queue].append(job)
            chosen = {candidate.id for candidate in kept}
            dispatches = admission.pack(c for c in candidates if c.id not in chosen)
            await admission.mark(conn, dispatches)
        if dispatches:
            runtime.dispatcher.send_soon(dispatches)
        return followers

    def _choose(self, candidates: Iterable[Candidate], freed: Counter[str]) -> list[Candidate]:
        """Followers for the freed slots, at most this worker's share of each queue: others should have theirs."""
        runtime = self._runtime
        if runtime.stopping:
            return []
        running = Counter(context.job.queue for context in runtime.running.values())
        chosen: list[Candidate] = []
        for candidate in candidates:
            queue = candidate.queue
            share = -(-candidate.concurrency // candidate.workers)
            if candidate.route == runtime.route and freed[queue] and running[queue] < share:
                freed[queue] -= 1
                running[queue] += 1
                chosen.append(candidate)
        return chosen
