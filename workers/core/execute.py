"""Running jobs: claim → run under lease and timeout → record. Reads from top to bottom."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

import structlog
from pydantic import ValidationError

from app.db.core.pool import TRY_AGAIN, ServerLost
from app.db.jobs import ledger
from app.db.jobs.ledger import Claimed
from app.domain.jobs.outcomes import Cancelled, Completed, Failed, HandOver, Interrupted, Outcome, Retry, Snooze
from workers.core.context import FencedOff, JobContext, Stop
from workers.core.kinds import Kind
from workers.core.resources import Resources
from workers.core.runtime import Runtime

log = structlog.get_logger("trigpoint.worker")

UNWIND_SECONDS = 5.0
"""What an interrupted handler gets to clean up before it is left to itself."""
UNKNOWN_KIND_SECONDS = 15.0
"""A rolling deploy may hand an old worker a kind that only new ones know."""


async def dispatch(ctx: dict[str, Any], dispatch_id: str, job_ids: list[str]) -> None:
    """The one arq function: carry the admitted jobs of a dispatch, and by its licence those that follow them."""
    runtime: Runtime = ctx["runtime"]
    await runtime.redis.take_off(ctx["job_id"])
    claimed = await claim(runtime, UUID(dispatch_id), [UUID(job_id) for job_id in job_ids])
    await asyncio.gather(*(carry(runtime, job) for job in claimed))


async def claim(runtime: Runtime, dispatch_id: UUID, job_ids: list[UUID]) -> list[Claimed]:
    """Claim as many as there are free slots; the rest is given back for other workers."""
    mine = runtime.reserve(job_ids)
    claimed: list[Claimed] = []
    try:
        async with runtime.pool.acquire() as conn, conn.transaction():
            if mine:
                claimed = await ledger.claim(
                    conn, mine, runtime.worker_id, runtime.lease_seconds, dispatch_id=dispatch_id
                )
            if len(mine) < len(job_ids):
                await runtime.give_back(conn, dispatch_id)
    except TRY_AGAIN as error:
        # The commit may have gone through: then nobody runs these jobs, and their lease brings them back.
        log.warning("claim failed", dispatch=str(dispatch_id), error=repr(error))
    finally:
        runtime.unreserve(len(mine) - len(claimed))
    return claimed


async def carry(runtime: Runtime, job: Claimed | None) -> None:
    """The life of one slot: run a job, record how it ended, go on with the next of its queue."""
    while job is not None:
        outcome = await run(runtime, job)
        job = await runtime.recorder.record(job, outcome)
    runtime.unreserve(1)


class Host(Protocol):
    """What runs a job: a worker, or a request that does without one."""

    kinds: Mapping[str, Kind]
    resources: Resources
    running: dict[tuple[UUID, int], JobContext]
    stopping: bool


async def run(runtime: Host, job: Claimed) -> Outcome | None:
    """Run the handler to its outcome; None where the job is no longer ours and nothing may be recorded."""
    kind = runtime.kinds.get(job.kind)
    if kind is None:
        return Snooze(UNKNOWN_KIND_SECONDS, f"worker knows no kind {job.kind!r}")
    context = JobContext(job, runtime.resources, is_long=kind.spec.queue.dispatch_size == 1)
    narrate(context, "job started")
    started = time.monotonic()
    context.task = asyncio.create_task(call(kind, context), name=f"job {job.id}")
    runtime.running[job.id, job.fence] = context
    if runtime.stopping:
        context.shutdown_asked = True
    try:
        ended = await watch(context)
    finally:
        del runtime.running[job.id, job.fence]
    outcome = settle(kind, context, ended)
    level, event = summary(outcome)
    narrate(context, event, level, seconds=round(time.monotonic() - started, 3), items=context.processed)
    return outcome


def narrate(context: JobContext, event: str, level: int = logging.INFO, **fields: Any) -> None:
    """A log line about a job. Of short kinds only what went wrong: two lines a job would cost more than the job."""
    if level > logging.INFO or context.is_long:
        log.log(level, event, job_id=str(context.id), kind=context.job.kind, attempt=context.job.attempt, **fields)


async def call(kind: Kind, context: JobContext) -> Outcome:
    """The handler's answer as an outcome; its exceptions stay exceptions."""
    args = kind.spec.args.model_validate_json(context.job.data)
    answer = await kind.run(context, args)
    return Completed.of(answer) if isinstance(answer, dict) else answer


async def watch(context: JobContext) -> Outcome | BaseException:
    """Wait for the handler's end, at most until its deadline; one that will not stop is left behind, fenced off."""
    task = context.task
    assert task is not None
    until = max(0.0, context.job.seconds_left)
    await asyncio.wait({task, context.stopped}, timeout=until, return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        context.stop(Stop.TIMEOUT)
        await asyncio.wait({task}, timeout=UNWIND_SECONDS)
    if not task.done():
        return TimeoutError("the handler did not stop when told to")
    if task.cancelled():
        return asyncio.CancelledError()
    return root_cause(task.exception()) or task.result()


def root_cause(error: BaseException | None) -> BaseException | None:
    """What broke a handler's task group: the loss of a server if there was one, else its first error."""
    while isinstance(error, BaseExceptionGroup):
        error = next((e for e in error.exceptions if isinstance(e, ServerLost | FencedOff)), error.exceptions[0])
    return error


def settle(kind: Kind, context: JobContext, ended: Outcome | BaseException) -> Outcome | None:
    """What the end of the handler means for the job."""
    if not isinstance(ended, BaseException):
        return ended
    match context.stop_reason:
        case Stop.FENCED:
            return None
        case Stop.CANCEL:
            return Cancelled()
        case Stop.SHUTDOWN:
            return HandOver()
        case Stop.TIMEOUT:
            return failure(kind, context, f"timed out after {kind.spec.timeout.total_seconds():g} s")
    if isinstance(ended, FencedOff):
        return None
    if isinstance(ended, asyncio.CancelledError):
        return HandOver()
    if isinstance(ended, ServerLost):
        return Interrupted(str(ended))
    if isinstance(ended, ValidationError):
        return Failed(f"invalid data: {ended}")
    log.error("handler failed", job_id=str(context.id), kind=kind.spec.kind, exc_info=ended)
    error = f"{type(ended).__name__}: {ended}"
    if getattr(ended, "permanent", False):
        return Failed(error)
    return failure(kind, context, error, at_least=getattr(ended, "retry_after", None) or 0.0)


def failure(kind: Kind, context: JobContext, error: str, at_least: float = 0.0) -> Outcome:
    """A failed attempt: the next one with backoff and up to a quarter of jitter, or none."""
    attempt = context.job.attempt
    if attempt >= context.job.max_attempts:
        return Failed(error)
    delay = kind.spec.backoff(attempt) * random.uniform(1.0, 1.25)
    return Retry(error, max(delay, at_least))


def summary(outcome: Outcome | None) -> tuple[int, str]:
    """How an outcome reads in the log: level and event."""
    match outcome:
        case None:
            return logging.WARNING, "job went on elsewhere; nothing recorded"
        case Completed():
            return logging.INFO, "job completed"
        case Failed(error) | Retry(error, _) | Interrupted(error, _):
            return logging.WARNING, f"job {type(outcome).__name__.lower()}: {error}"
        case _:
            return logging.INFO, f"job {type(outcome).__name__.lower()}"
