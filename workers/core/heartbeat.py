"""A worker's heartbeat: reports that it is alive, renews leases, and stops jobs that it lost or that were cancelled."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Collection, Mapping
from uuid import UUID

import structlog

from app import metrics
from app.db.core.pool import TRY_AGAIN, Connection
from app.db.jobs import ledger, workers
from app.version import VERSION
from workers.core.context import JobContext, Stop, stop_job
from workers.core.worker import Worker

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 2.0
ALIVE_LOG_SECONDS = 60.0


def heartbeat_interval(lease_seconds: float) -> float:
    """Return the seconds between heartbeats, so that a lease outlives several of them."""
    return min(HEARTBEAT_SECONDS, lease_seconds / 4)


async def send_heartbeat(worker: Worker, loop_lag_ms: float = 0.0) -> None:
    """Send one heartbeat: at most three short statements."""
    async with worker.pool.acquire() as conn:
        await workers.register(
            conn,
            worker.id,
            hostname=socket.gethostname(),
            pid=os.getpid(),
            route=worker.route,
            slots=worker.slots.total,
            version=VERSION,
            loop_lag_ms=loop_lag_ms,
        )
        ended = worker.recorder.waiting
        if worker.running or ended:
            await renew_leases(conn, worker.running, worker.id, worker.lease_seconds, ended)
    worker.beat_at = time.monotonic()


async def renew_leases(
    conn: Connection,
    running: Mapping[tuple[UUID, int], JobContext],
    worker_id: UUID,
    lease_seconds: float,
    ended: Collection[tuple[UUID, int]] = (),
) -> None:
    """Renew the leases of running jobs, and of ended jobs whose outcome is not recorded yet.

    Stops the jobs whose lease was lost and those that should be cancelled.
    """
    lost = await ledger.renew(conn, [*running, *ended], lease_seconds)
    cancelled = await ledger.cancel_requests(conn, worker_id)
    for key, context in list(running.items()):
        if key in lost:
            stop_job(context, Stop.FENCED)
        elif context.id in cancelled:
            stop_job(context, Stop.CANCEL)


async def keep_sending_heartbeats(worker: Worker) -> None:
    """Send heartbeats until cancelled. The next heartbeat makes up for one that failed."""
    measuring = asyncio.create_task(worker.lag.measure())
    try:
        await _keep_sending(worker)
    finally:
        measuring.cancel()


async def _keep_sending(worker: Worker) -> None:
    logged_at = time.monotonic()
    while True:
        await asyncio.sleep(heartbeat_interval(worker.lease_seconds))
        metrics.SLOTS.set(worker.slots.total)
        metrics.SLOTS_USED.set(worker.slots.used)
        try:
            await send_heartbeat(worker, worker.lag.take())
        except TRY_AGAIN as error:
            metrics.HEARTBEATS_FAILED.inc()
            log.warning("heartbeat_failed", error=repr(error))
        except Exception:
            metrics.HEARTBEATS_FAILED.inc()
            log.exception("heartbeat_failed")  # continue: without heartbeats the worker loses every job that it takes
        if time.monotonic() - logged_at > ALIVE_LOG_SECONDS:
            logged_at = time.monotonic()
            log.info("worker_alive", slots=worker.slots.total, running=len(worker.running))
