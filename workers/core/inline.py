"""Running due jobs inside a request, in the API process: for installations without workers, and for hosted crons.

The life cycle is that of a worker: claims within the limits of the queues, leases and fences, steps, outcomes. The work
of a sweep (rescue, wake, schedules) and the cleanup of uploads are done first, because there may be no worker to do it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from uuid import UUID

import structlog
from uuid_utils.compat import uuid7

from app.db.core.pool import TRY_AGAIN
from app.db.jobs import inline, ledger, schedule_ticks
from app.db.jobs.ledger import Claimed
from app.dispatch import Dispatcher
from app.domain.jobs.outcomes import Superseded
from app.domain.jobs.processing import ProcessResult
from app.storage.stale_uploads import remove_stale
from workers.core import execute
from workers.core.context import JobContext, Stop, stop_job
from workers.core.heartbeat import heartbeat_interval, renew_leases
from workers.core.kinds import Kind
from workers.core.recorder import OUTAGE, record_alone
from workers.core.resources import Resources

log = structlog.get_logger(__name__)

MAX_CONCURRENT_JOBS = 10
"""Jobs that one request runs concurrently, within the limits of their queues."""


class InlineProcessor:
    """Runs jobs inside requests. Implements `app.web.platform.Processor`."""

    def __init__(self, kinds: Mapping[str, Kind], resources: Resources, dispatcher: Dispatcher) -> None:
        self._kinds, self._resources, self._dispatcher = kinds, resources, dispatcher
        self.worker_id = uuid7()

    async def run(self, job: Claimed) -> None:
        """Run a job that was claimed for `worker_id`, until its outcome is recorded."""
        await _InlineRun(self._kinds, self._resources, None, self.worker_id).run_claimed(job)
        self._dispatcher.schedule_pass()

    async def process(self, *, at_most: int, within: float, owner: UUID | None = None) -> ProcessResult:
        """Run up to `at_most` due jobs (of `owner`, or of everybody) for up to `within` seconds.

        Unfinished jobs are handed back with their checkpoints. Raises the errors of Postgres.
        """
        pool = self._resources.pool
        async with pool.acquire() as conn, conn.transaction():
            await ledger.rescue(conn)
            await ledger.wake_due(conn)
            await schedule_ticks.tick(conn, {name: kind.spec for name, kind in self._kinds.items()})
        try:
            await remove_stale(pool, self._resources.settings.uploads_url)
        except OSError as error:
            log.warning("upload_cleanup_failed", error=repr(error))
        ids = await _InlineRun(self._kinds, self._resources, owner).run_due(within, at_most)
        self._dispatcher.schedule_pass()  # other jobs of these queues may be admissible now
        async with pool.acquire() as conn:
            return ProcessResult(
                await inline.list_runs(conn, ids), await inline.count_due(conn, list(self._kinds), owner)
            )


class _InlineRun:
    """The jobs of one request. Implements `Host` of `workers.core.execute`."""

    def __init__(
        self, kinds: Mapping[str, Kind], resources: Resources, owner: UUID | None, holder: UUID | None = None
    ) -> None:
        self.kinds, self.resources = kinds, resources
        self.running: dict[tuple[UUID, int], JobContext] = {}
        self.stopping = False
        self._owner = owner
        self._holder = holder or uuid7()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run_due(self, within: float, at_most: int) -> list[UUID]:
        """Run due jobs for `within` seconds. Returns their ids; none of them is still running."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        ids: list[UUID] = []
        async with self._heartbeats():
            while (left := deadline - loop.time()) > 0:
                room = min(MAX_CONCURRENT_JOBS - len(self._tasks), at_most - len(ids))
                claimed = await self._claim(room) if room else []
                ids += [job.id for job in claimed]
                self._tasks |= {asyncio.create_task(self._run(job)) for job in claimed}
                if not self._tasks:
                    break
                _, self._tasks = await asyncio.wait(self._tasks, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        return list(dict.fromkeys(ids))  # a job that was retried immediately was claimed twice

    async def run_claimed(self, job: Claimed) -> None:
        """Run a job that is claimed for the holder."""
        async with self._heartbeats():
            self._tasks = {asyncio.create_task(self._run(job))}
            await asyncio.wait(self._tasks)

    async def _claim(self, room: int) -> list[Claimed]:
        resources = self.resources
        async with resources.pool.acquire() as conn, conn.transaction():
            return await inline.claim_due(
                conn, list(self.kinds), self._owner, room, self._holder, resources.lease_seconds
            )

    async def _run(self, job: Claimed) -> None:
        outcome = await execute.run(self, job)
        if isinstance(outcome, Superseded):
            return
        try:
            await record_alone(self.resources.pool, job, outcome)
        except OUTAGE as error:  # the lease expires, and the job continues from its checkpoint
            log.warning("outcome_lost", job_id=str(job.id), kind=job.kind, error=repr(error))

    @asynccontextmanager
    async def _heartbeats(self) -> AsyncIterator[None]:
        """Renew leases while the context is open; on exit, interrupt and hand back what is still running."""
        renewing = asyncio.create_task(self._keep_renewing())
        try:
            yield
        finally:
            self.stopping = True
            for context in list(self.running.values()):
                stop_job(context, Stop.SHUTDOWN)
            if self._tasks:
                await asyncio.wait(self._tasks)
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _keep_renewing(self) -> None:
        resources = self.resources
        while True:
            await asyncio.sleep(heartbeat_interval(resources.lease_seconds))
            if not self.running:
                continue
            try:
                async with resources.pool.acquire() as conn:
                    await renew_leases(conn, self.running, self._holder, resources.lease_seconds)
            except TRY_AGAIN as error:
                log.warning("heartbeat_failed", error=repr(error))
