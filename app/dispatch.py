"""Dispatching: admit jobs in one transaction, and send them to arq after its commit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from app.db.core.coalesce import Coalescer
from app.db.core.notifications import announce_new_jobs
from app.db.core.pool import TRY_AGAIN, Pool
from app.db.jobs import admission
from app.db.jobs.admission import Dispatch
from app.queue.sender import Sender

log = structlog.get_logger(__name__)


EMPTY_PASS_PAUSE_SECONDS = 0.02
"""After a pass that admitted nothing, because queues are full, paused or without workers. Otherwise creates that pour
in would cause passes without end, which compete with them for the database."""


class Dispatcher:
    """Admits jobs and sends their dispatches."""

    def __init__(self, pool: Pool, sender: Sender) -> None:
        self._pool = pool
        self._sender = sender
        self._passes: Coalescer[None, None] = Coalescer(self._pass)
        self._sending: set[asyncio.Task[bool]] = set()

    async def admit_and_send(self, *, announce: bool = False) -> int:
        """Admit what may run now and send it. Returns the number of jobs.

        `announce` notifies listeners that there may be new jobs.
        """
        async with self._pool.acquire() as conn, conn.transaction():
            dispatches = await admission.admit(conn)
            if announce:
                await announce_new_jobs(conn)
        if dispatches:
            await self._sender.send(dispatches)
        return sum(len(dispatch.job_ids) for dispatch in dispatches)

    def schedule_pass(self) -> None:
        """Schedule a pass, because jobs may have become admissible. Returns immediately.

        Calls during a pass share the next one. If this process dies before it, the sweep of a worker finds the jobs.
        """
        self._passes(None)

    def send_soon(self, dispatches: Sequence[Dispatch]) -> None:
        """Send the dispatches of a committed transaction in the background."""
        task = asyncio.create_task(self._sender.send(dispatches))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _pass(self, calls: Sequence[None]) -> Sequence[None]:
        admitted = 0
        try:
            admitted = await self.admit_and_send(announce=True)
        except TRY_AGAIN as error:
            log.warning("admission_left_to_sweep", error=repr(error))
        if not admitted:
            await asyncio.sleep(EMPTY_PASS_PAUSE_SECONDS)
        return calls

    async def close(self) -> None:
        """Wait for the passes and sends in progress."""
        await self._passes.finish()
        await asyncio.gather(*self._sending, return_exceptions=True)
