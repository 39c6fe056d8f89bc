"""The sweep, a loop in every worker: rescues abandoned jobs, wakes deferred jobs, runs schedules, resends dispatches.

It finds from the ledger alone whatever a crash, a lost Redis or a lost message left behind.
"""

from __future__ import annotations

import asyncio
import random

import structlog

from app import metrics
from app.db.core import locks
from app.db.core.locks import Lock
from app.db.core.pool import MAY_PASS
from app.db.jobs import ledger, schedule_ticks, workers
from workers.core.worker import Worker

log = structlog.get_logger(__name__)


async def sweep(worker: Worker) -> None:
    """Sweep once. If another worker is sweeping, only run schedules and admit jobs."""
    async with worker.pool.acquire() as conn:
        async with conn.transaction():
            if await locks.try_acquire(conn, Lock.SWEEP):
                lost, undelivered = await ledger.rescue(conn)
                metrics.LEASES_EXPIRED.inc(lost)
                metrics.UNDELIVERED.inc(undelivered)
                if lost or undelivered:
                    log.warning("jobs_rescued", jobs=lost, undelivered=undelivered)
                await ledger.wake_due(conn)
                await workers.delete_dead(conn)
        async with conn.transaction():
            if created := await schedule_ticks.tick(conn, worker.specs):
                log.info("jobs_scheduled", jobs=len(created))
    await worker.dispatcher.admit_and_send()


async def keep_sweeping(worker: Worker, interval: float) -> None:
    """Sweep until cancelled, about every `interval` seconds (plus or minus 10 %, so that workers spread out)."""
    while True:
        try:
            await sweep(worker)
        except MAY_PASS as error:
            log.warning("sweep_failed", error=repr(error))
        except Exception:
            log.exception("sweep_failed")
        await asyncio.sleep(interval * random.uniform(0.9, 1.1))
