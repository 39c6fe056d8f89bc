"""A worker's beat: says that it lives, renews the leases of what it runs, and hears what it should stop."""

from __future__ import annotations

import asyncio
import os
import socket
import time

import structlog

from app.db.core.pool import TRY_AGAIN
from app.db.jobs import ledger, workers
from workers.core.context import Stop
from workers.core.lag import LoopLag
from workers.core.runtime import Runtime
from workers.version import VERSION

log = structlog.get_logger("trigpoint.worker")

BEAT_SECONDS = 2.0
LOG_SECONDS = 60.0


async def beat(runtime: Runtime, loop_lag_ms: float = 0.0) -> None:
    """One beat: at most three short statements."""
    async with runtime.pool.acquire() as conn:
        await workers.register(
            conn,
            runtime.worker_id,
            hostname=socket.gethostname(),
            pid=os.getpid(),
            route=runtime.route,
            slots=runtime.slots,
            version=VERSION,
            loop_lag_ms=loop_lag_ms,
        )
        if not runtime.running:
            return
        lost = await ledger.renew(conn, list(runtime.running), runtime.lease_seconds)
        unwanted = await ledger.cancel_requests(conn, runtime.worker_id)
    for context in list(runtime.running.values()):
        if (context.id, context.fence) in lost:
            context.stop(Stop.FENCED)
        elif context.id in unwanted:
            context.stop(Stop.CANCEL)


async def keep_beating(runtime: Runtime) -> None:
    """Beat until cancelled. A beat that fails is made up for by the next; the lease outlives several."""
    pause = min(BEAT_SECONDS, runtime.lease_seconds / 4)
    lag = LoopLag()
    measuring = asyncio.create_task(lag.measure())
    try:
        await _keep_beating(runtime, lag, pause)
    finally:
        measuring.cancel()


async def _keep_beating(runtime: Runtime, lag: LoopLag, pause: float) -> None:
    logged = time.monotonic()
    while True:
        await asyncio.sleep(pause)
        try:
            await beat(runtime, lag.take())
        except TRY_AGAIN as error:
            log.warning("beat failed", error=repr(error))
        except Exception:
            log.exception("beat failed")  # and goes on: a worker that beats no more loses every job it takes
        if time.monotonic() - logged > LOG_SECONDS:
            logged = time.monotonic()
            log.info("alive", slots=runtime.slots, running=len(runtime.running))
