"""The sweep, a loop in every worker: rescues the abandoned, wakes the deferred, ticks schedules, sends the unsent.

Whatever a crash, a lost Redis or a lost message left behind is found here from the ledger alone.
"""

from __future__ import annotations

import asyncio
import random

import structlog

from app.db.core import locks
from app.db.core.locks import Lock
from app.db.core.pool import TRY_AGAIN
from app.db.jobs import ledger, schedules, workers
from workers.core.runtime import Runtime

log = structlog.get_logger("trigpoint.sweep")


async def sweep(runtime: Runtime) -> None:
    """One sweep; where another worker is at it this one only admits."""
    async with runtime.pool.acquire() as conn:
        async with conn.transaction():
            if await locks.try_acquire(conn, Lock.SWEEP):
                lost, undelivered = await ledger.rescue(conn)
                if lost or undelivered:
                    log.warning("rescued", jobs=lost, undelivered=undelivered)
                await ledger.wake_due(conn)
                await workers.delete_dead(conn)
        async with conn.transaction():
            if made := await schedules.tick(conn, runtime.specs):
                log.info("scheduled", jobs=len(made))
    await runtime.dispatcher.pump()


async def keep_sweeping(runtime: Runtime, interval: float) -> None:
    """Sweep every `interval` seconds, give or take a tenth so that workers spread out, until cancelled."""
    while True:
        try:
            await sweep(runtime)
        except TRY_AGAIN as error:
            log.warning("sweep failed", error=repr(error))
        except Exception:
            log.exception("sweep failed")
        await asyncio.sleep(interval * random.uniform(0.9, 1.1))
