"""Stopping a worker, from the signal to the last outcome. Reads from top to bottom.

A deploy costs no attempt and loses nothing: short jobs get a grace period to finish, long jobs are handed over at their
next step, and the rest is interrupted. Whatever cannot be recorded in time is brought back by its lease.
"""

from __future__ import annotations

import asyncio

import structlog
from arq.worker import Worker as ArqWorker

from app.db.core.pool import TRY_AGAIN
from app.db.jobs import workers
from workers.core.context import UNWIND_SECONDS, Stop, stop_job
from workers.core.worker import Worker

log = structlog.get_logger(__name__)

SIGN_OFF_SECONDS = 2.0
RECORD_SECONDS = 2.0
"""How long recording the outcomes of interrupted jobs may take."""
EXIT_SECONDS = 3.0
"""How long closing may take after that, before the process exits regardless."""


def longest_shutdown(grace: float) -> float:
    """Return after how many seconds a process that is stopping exits regardless."""
    return grace + UNWIND_SECONDS + EXIT_SECONDS


async def shut_down(worker: Worker, grace: float) -> None:
    """Stop taking jobs, and finish or hand over the running ones.

    Takes at most `grace` seconds and a few more, whatever the handlers do.
    """
    log.info("worker_stopping", running=len(worker.running), grace_seconds=grace)
    worker.slots.close()
    await sign_off(worker, stopping=True)
    await finish_running_jobs(worker, grace)
    await finish_dispatches()


async def sign_off(worker: Worker, *, stopping: bool) -> None:
    """Tell admission that this worker takes no more jobs (`stopping`), or that it is gone."""
    try:
        async with asyncio.timeout(SIGN_OFF_SECONDS), worker.pool.acquire() as conn:
            await workers.leave(conn, worker.id, stopping=stopping)
    except TRY_AGAIN as error:
        log.warning("worker_sign_off_failed", error=repr(error))


async def finish_running_jobs(worker: Worker, grace: float) -> None:
    """Ask running jobs to hand over at their next step; interrupt what is left after `grace` seconds."""
    for context in list(worker.running.values()):
        context.shutdown_requested = True
    if await worker.slots.wait_until_idle(grace):
        return
    for context in list(worker.running.values()):
        stop_job(context, Stop.SHUTDOWN)
    if not await worker.slots.wait_until_idle(UNWIND_SECONDS + RECORD_SECONDS):
        log.error("worker_slots_in_use_after_shutdown", slots=worker.slots.used, running=len(worker.running))


async def finish_dispatches() -> None:
    """Let arq remove the finished dispatches from Redis. Cancelled in the middle of that, arq's exit would fail."""
    tasks = [task for task in asyncio.all_tasks() if _coroutine_name(task) == ArqWorker.run_job.__qualname__]
    if tasks:
        await asyncio.wait(tasks, timeout=EXIT_SECONDS)


def _coroutine_name(task: asyncio.Task[object]) -> str | None:
    return getattr(task.get_coro(), "__qualname__", None)
