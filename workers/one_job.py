"""Running one job within the request that made it, in the API's own process.

Its life is any job's: claimed with a lease and a fence, stopped at its deadline, its outcome recorded. An API that dies
in the midst of it leaves it to the workers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from uuid import UUID

import structlog

from app.db import ledger
from app.db.ledger import Claimed, Ended
from app.db.pool import TRY_AGAIN
from app.dispatch import Dispatcher
from app.queue import WorkerPool, queue_name
from workers import execute
from workers.context import Stop
from workers.kinds import Kind
from workers.resources import Resources
from workers.runtime import Runtime

log = structlog.get_logger("trigpoint.request")


class OneJob:
    """See app.web.platform.Runner."""

    def __init__(self, kinds: Mapping[str, Kind], resources: Resources, dispatcher: Dispatcher) -> None:
        settings = resources.settings
        unused = WorkerPool(settings.redis_url, queue_name(settings.queue_prefix, "requests"))
        self._runtime = Runtime(kinds, resources, unused, dispatcher)

    @property
    def worker_id(self) -> UUID:
        return self._runtime.worker_id

    async def run(self, job: Claimed) -> None:
        """See Runner. What the request's end interrupts is handed over."""
        beating = asyncio.create_task(self._beat())
        try:
            outcome = await execute.run(self._runtime, job)
        except asyncio.CancelledError:
            for context in self._runtime.running.values():
                if context.id == job.id:
                    context.stop(Stop.SHUTDOWN)
            raise
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)
        if outcome is not None:
            async with self._runtime.pool.acquire() as conn, conn.transaction():
                await ledger.finish(conn, [Ended(job.id, job.fence, outcome)])
        self._runtime.dispatcher.nudge()

    async def _beat(self) -> None:
        runtime = self._runtime
        while True:
            await asyncio.sleep(min(2.0, runtime.lease_seconds / 4))
            try:
                async with runtime.pool.acquire() as conn:
                    lost = await ledger.renew(conn, list(runtime.running), runtime.lease_seconds)
                    unwanted = await ledger.cancel_requests(conn, runtime.worker_id)
            except TRY_AGAIN as error:
                log.warning("beat failed", error=repr(error))
                continue
            for key, context in list(runtime.running.items()):
                if key in lost:
                    context.stop(Stop.FENCED)
                elif context.id in unwanted:
                    context.stop(Stop.CANCEL)
