"""From admitted to on its way: admit in one transaction, send after its commit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from app.db.core.notifications import announce_new
from app.db.core.pool import TRY_AGAIN, Pool
from app.db.jobs import admission
from app.db.jobs.admission import Dispatch
from app.queue import Sender

logger = logging.getLogger(__name__)


class Dispatcher:
    """Admits and sends. `nudge` returns at once and coalesces: what comes while a pass is under way shares the next."""

    def __init__(self, pool: Pool, sender: Sender) -> None:
        self._pool = pool
        self._sender = sender
        self._nudged = False
        self._task: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[bool]] = set()

    async def pump(self, *, news: bool = False) -> int:
        """One pass; answers how many jobs it sent. `news`: tell whoever looks on that there may be new jobs."""
        async with self._pool.acquire() as conn, conn.transaction():
            dispatches = await admission.admit(conn)
            if news:
                await announce_new(conn)
        if dispatches:
            await self._sender.send(dispatches)
        return sum(len(d.job_ids) for d in dispatches)

    def nudge(self) -> None:
        """Something may have become admissible. Should this process die now, the sweep finds it."""
        self._nudged = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._pass())

    def send_soon(self, dispatches: Sequence[Dispatch]) -> None:
        """Send what a committed transaction admitted, without waiting for it."""
        task = asyncio.create_task(self._sender.send(dispatches))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _pass(self) -> None:
        while self._nudged:
            self._nudged = False
            try:
                await self.pump(news=True)
            except TRY_AGAIN as error:
                logger.warning("admission left to the sweep: %r", error)

    async def close(self) -> None:
        """Wait for what is under way."""
        await asyncio.gather(*([self._task] if self._task else []), *self._sending, return_exceptions=True)
