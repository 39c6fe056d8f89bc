"""Records how jobs ended, many in one transaction, and hands freed slots the next jobs of their queues.

One write is under way at a time; what ends meanwhile shares the next one. So the commit, which is what a job costs
in Postgres, is paid once for many.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import asyncpg
import structlog

from app.db.core.pool import TRY_AGAIN
from app.db.jobs import admission, ledger
from app.db.jobs.admission import Candidate
from app.db.jobs.ledger import Claimed, Ended
from app.domain.jobs.outcomes import Failed, Outcome
from workers.core.runtime import Runtime

log = structlog.get_logger("trigpoint.worker")

MOST_A_WRITE = 200
REFUSED = (asyncpg.DataError, asyncpg.ProgramLimitExceededError)
"""An outcome that no table holds, however often it is written: a delay of a thousand years, a text without an end."""


class _Entry:
    """An ended job, and the slot that waits for what to do next."""

    def __init__(self, job: Claimed, outcome: Outcome | None) -> None:
        self.job = job
        self.outcome = outcome
        self.next: asyncio.Future[Claimed | None] = asyncio.get_running_loop().create_future()


class Recorder:
    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._pile: list[_Entry] = []
        self._writer: asyncio.Task[None] | None = None

    async def record(self, job: Claimed, outcome: Outcome | None) -> Claimed | None:
        """Record an outcome (None: fenced off, nothing to record); answers the next job for this slot, claimed."""
        entry = _Entry(job, outcome)
        self._pile.append(entry)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())
        return await entry.next

    async def _write_all(self) -> None:
        pause, most, suspects = 0.1, MOST_A_WRITE, 0
        while self._pile:
            entries, self._pile = self._pile[:most], self._pile[most:]
            try:
                followers = await self._write(entries)
                pause = 0.1
            except Exception as error:
                # Whatever it is, an outcome must not be lost, nor the slot that waits for it. Should it have been
                # committed all the same, the fence makes a second write of it void; should the lease run out first,
                # the job goes on elsewhere and it is void too.
                unforeseen = None if isinstance(error, TRY_AGAIN) else error
                log.warning("outcomes wait for Postgres", jobs=len(entries), error=repr(error), exc_info=unforeseen)
                if isinstance(error, REFUSED) and len(entries) > 1:  # it is one of them: which?
                    most, suspects = 1, len(entries)
                elif isinstance(error, REFUSED):
                    entries[0].outcome = Failed(f"its outcome could not be recorded: {error}")
                self._pile = entries + self._pile
                await asyncio.sleep(pause)
                pause = min(2 * pause, 2.0)
                continue
            suspects -= len(entries)
            most = 1 if suspects > 0 else MOST_A_WRITE
            for entry in entries:
                queue = followers[entry.job.queue]
                entry.next.set_result(queue.pop(0) if queue else None)

    async def _write(self, entries: Sequence[_Entry]) -> dict[str, list[Claimed]]:
        """Finish, admit and claim in one transaction; answers the claimed followers by queue."""
        runtime = self._runtime
        ended = [Ended(e.job.id, e.job.fence, e.outcome) for e in entries if e.outcome is not None]
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
