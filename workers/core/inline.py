"""Running due jobs within a request, in the API's own process: for installations without a worker, and hosted crons.

The life cycle is a worker's: claim under the queues' limits, lease and fence, steps, outcome. What a sweep would do
first (rescue, wake, tick the schedules) is done first, since there may be nobody else to do it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from uuid import UUID

import structlog
from uuid_utils.compat import uuid7

from app.db.core.pool import TRY_AGAIN
from app.db.jobs import inline, ledger, schedules
from app.db.jobs.ledger import Claimed
from app.dispatch import Dispatcher
from app.domain.jobs.outcomes import Outcome, Superseded
from app.domain.jobs.processing import ProcessResult
from workers.core import execute
from workers.core.context import JobContext, Stop
from workers.core.kinds import Kind
from workers.core.recorder import OUTAGE, record_alone
from workers.core.resources import Resources

log = structlog.get_logger("trigpoint.request")

AT_ONCE = 10
"""Jobs that one request runs side by side, where their queues let it."""
BEAT_SECONDS = 2.0


class InRequest:
    """See `app.web.platform.Processor`."""

    def __init__(self, kinds: Mapping[str, Kind], resources: Resources, dispatcher: Dispatcher) -> None:
        self._kinds, self._resources, self._dispatcher = kinds, resources, dispatcher
        self.worker_id = uuid7()

    async def run(self, job: Claimed) -> None:
        """See Processor."""
        await _Run(self._kinds, self._resources, None, self.worker_id).one(job)
        self._dispatcher.nudge()

    async def process(self, *, at_most: int, within: float, owner: UUID | None = None) -> ProcessResult:
        """See Processor. Raises what Postgres raises when it is away."""
        pool = self._resources.pool
        async with pool.acquire() as conn, conn.transaction():
            await ledger.rescue(conn)
            await ledger.wake_due(conn)
            await schedules.tick(conn, {name: kind.spec for name, kind in self._kinds.items()})
        ids = await _Run(self._kinds, self._resources, owner).until(within, at_most)
        self._dispatcher.nudge()  # of the queues' other jobs some may go now, where there are workers
        async with pool.acquire() as conn:
            return ProcessResult(await inline.ran(conn, ids), await inline.remaining(conn, list(self._kinds), owner))


class _Run:
    """One request's jobs; a `Host` of `workers.core.execute`."""

    def __init__(
        self, kinds: Mapping[str, Kind], resources: Resources, owner: UUID | None, holder: UUID | None = None
    ) -> None:
        self.kinds, self.resources = kinds, resources
        self.running: dict[tuple[UUID, int], JobContext] = {}
        self.stopping = False
        self._owner = owner
        self._holder = holder or uuid7()
        self._tasks: set[asyncio.Task[None]] = set()

    async def until(self, within: float, at_most: int) -> list[UUID]:
        """Run what is due for so many seconds; answers which jobs, all of which are out of hand at the end."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        ids: list[UUID] = []
        beating = asyncio.create_task(self._beat())
        try:
            while (left := deadline - loop.time()) > 0:
                room = min(AT_ONCE - len(self._tasks), at_most - len(ids))
                claimed = await self._take(room) if room else []
                ids += [job.id for job in claimed]
                self._tasks |= {asyncio.create_task(self._carry(job)) for job in claimed}
                if not self._tasks:
                    break
                _, self._tasks = await asyncio.wait(self._tasks, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await self._hand_back()
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)
        return list(dict.fromkeys(ids))  # one that was tried again at once stands there twice

    async def one(self, job: Claimed) -> None:
        """Run a job that is claimed for the holder."""
        beating = asyncio.create_task(self._beat())
        self._tasks = {asyncio.create_task(self._carry(job))}
        try:
            await asyncio.wait(self._tasks)
        finally:
            await self._hand_back()
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)

    async def _take(self, room: int) -> list[Claimed]:
        resources = self.resources
        async with resources.pool.acquire() as conn, conn.transaction():
            return await inline.take(conn, list(self.kinds), self._owner, room, self._holder, resources.lease_seconds)

    async def _carry(self, job: Claimed) -> None:
        outcome = await execute.run(self, job)
        if not isinstance(outcome, Superseded):
            await self._record(job, outcome)

    async def _record(self, job: Claimed, outcome: Outcome) -> None:
        try:
            await record_alone(self.resources.pool, job, outcome)
        except OUTAGE as error:
            # its lease runs out, and it goes on from the checkpoint
            log.warning("outcome lost", job_id=str(job.id), error=repr(error))

    async def _hand_back(self) -> None:
        """The time is up: what runs is interrupted and pending again."""
        self.stopping = True
        for context in list(self.running.values()):
            context.stop(Stop.SHUTDOWN)
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _beat(self) -> None:
        """As a worker's: renews the leases, and hears what should stop."""
        while True:
            await asyncio.sleep(min(BEAT_SECONDS, self.resources.lease_seconds / 4))
            if not self.running:
                continue
            try:
                async with self.resources.pool.acquire() as conn:
                    lost = await ledger.renew(conn, list(self.running), self.resources.lease_seconds)
                    unwanted = await ledger.cancel_requests(conn, self._holder)
            except TRY_AGAIN as error:
                log.warning("beat failed", error=repr(error))
                continue
            for key, context in list(self.running.items()):
                if key in lost:
                    context.stop(Stop.FENCED)
                elif context.id in unwanted:
                    context.stop(Stop.CANCEL)
