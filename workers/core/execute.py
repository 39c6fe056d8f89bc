"""Running jobs: claim → invoke the handler → normalise its end to an outcome → record. Reads from top to bottom."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import structlog
from pydantic import ValidationError

from app.db.core.pool import TRY_AGAIN, ServerLost
from app.db.jobs import ledger
from app.db.jobs.ledger import Claimed
from app.domain.jobs.outcomes import (
    Cancelled,
    Completed,
    Failed,
    HandOver,
    Interrupted,
    Outcome,
    Retry,
    Snooze,
    Superseded,
    describe_error,
    error_text,
)
from workers.core import normalisation
from workers.core.containment import contain_exits
from workers.core.context import UNWIND_SECONDS, FencedOff, JobContext, Stop
from workers.core.kinds import Kind
from workers.core.resources import Resources
from workers.core.runtime import Runtime

log = structlog.get_logger("trigpoint.worker")

UNKNOWN_KIND_SECONDS = 15.0
"""A rolling deploy may hand an old worker a kind that only new ones know."""


async def dispatch(ctx: dict[str, Any], dispatch_id: str, job_ids: list[str]) -> None:
    """The one arq function: carry the admitted jobs of a dispatch, and by its licence those that follow them."""
    runtime: Runtime = ctx["runtime"]
    await runtime.redis.take_off(ctx["job_id"])
    claimed = await claim(runtime, UUID(dispatch_id), [UUID(job_id) for job_id in job_ids])
    await asyncio.gather(*(run_slot(runtime, job) for job in claimed))


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


async def run_slot(runtime: Runtime, job: Claimed | None) -> None:
    """The life of one slot: run a job, record how it ended, go on with the next of its queue."""
    try:
        while job is not None:
            outcome = await run(runtime, job)
            job = await runtime.recorder.record(job, outcome)
    except Exception:
        log.exception("slot failed", job_id=str(job and job.id))  # the job's lease brings it back
    finally:
        runtime.unreserve(1)


class Host(Protocol):
    """What runs a job: a worker, or a request that does without one."""

    kinds: Mapping[str, Kind]
    resources: Resources
    running: dict[tuple[UUID, int], JobContext]
    stopping: bool


async def run(host: Host, job: Claimed) -> Outcome | Superseded:
    """Run the handler to its outcome; Superseded where the job is no longer ours and nothing may be recorded."""
    if host.stopping:
        return HandOver()
    kind = host.kinds.get(job.kind)
    if kind is None:
        return Snooze(UNKNOWN_KIND_SECONDS, f"worker knows no kind {job.kind!r}")
    context = JobContext(job, host.resources, is_long=kind.spec.queue.dispatch_size == 1)
    log_job(context, "job started")
    started = time.monotonic()
    context.task = asyncio.create_task(invoke(kind, context), name=f"job {job.id}")
    host.running[job.id, job.fence] = context
    try:
        ended = await await_handler(context)
    finally:
        del host.running[job.id, job.fence]
    outcome = normalise(kind, context, ended)
    log_outcome(context, outcome, seconds=round(time.monotonic() - started, 3))
    return outcome


@dataclass(frozen=True)
class Returned:
    """What a handler returned, whatever it is."""

    result: Any


async def invoke(kind: Kind, context: JobContext) -> Returned | BaseException:
    """Run the kind's own code and return its result or its exception.

    Nothing is raised: a SystemExit or KeyboardInterrupt that leaves a task would end the event loop.
    """
    try:
        contain_exits()
        args = kind.spec.args.model_validate_json(context.job.data)
        return Returned(await kind.run(context, args))
    except BaseException as error:
        return error


async def await_handler(context: JobContext) -> Returned | BaseException:
    """Wait for the handler's end, at most until its deadline; one that will not stop is left behind, fenced off."""
    task = context.task
    assert task is not None
    until = max(0.0, context.job.seconds_left)
    await asyncio.wait({task, context.stopped}, timeout=until, return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        context.stop(Stop.TIMEOUT)
        await asyncio.wait({task}, timeout=UNWIND_SECONDS)
    if not task.done():
        return TimeoutError("the handler did not stop when asked to")
    if task.cancelled():  # before it began
        return asyncio.CancelledError()
    ended: Returned | BaseException = task.result()
    return ended


def normalise(kind: Kind, context: JobContext, ended: Returned | BaseException) -> Outcome | Superseded:
    """Return what the end of a handler means for its job. Never raises, whatever the kind's own code does."""
    try:
        if isinstance(ended, Returned):
            return from_returned(kind, context, ended.result)
        return from_raised(kind, context, ended)
    except BaseException as error:
        log.error("handler result invalid", **fields_of(context), error=describe_error(error))
        detail = str(error) if isinstance(error, normalisation.InvalidResult) else describe_error(error)
        return Failed(error_text(f"the handler of kind {kind.spec.kind} {detail}"))


def from_returned(kind: Kind, context: JobContext, result: Any) -> Outcome:
    """The outcome of a handler that returned. A Retry counts as an attempt."""
    outcome = normalisation.from_result(
        result,
        progressed=context.steps_committed > 0,
        stopping=context.shutdown_asked or context.stop_reason is not None,
    )
    if isinstance(outcome, Retry) and context.job.attempt >= context.job.max_attempts:
        return Failed(outcome.error)
    return outcome


def from_raised(kind: Kind, context: JobContext, raised: BaseException) -> Outcome | Superseded:
    """The outcome of a handler that was stopped, lost its server or failed."""
    job = context.job
    match context.stop_reason:
        case Stop.FENCED:
            return Superseded()
        case Stop.CANCEL:
            return Cancelled()
        case Stop.SHUTDOWN:
            return HandOver()
        case Stop.TIMEOUT:
            error = f"timed out after {kind.spec.timeout.total_seconds():g} s"
            return normalisation.failed_attempt(kind.spec, job.attempt, job.max_attempts, error)
    cause = normalisation.root_cause(raised, ServerLost, FencedOff)
    if isinstance(cause, ServerLost):
        return Interrupted(describe_error(cause))
    if isinstance(cause, ValidationError):
        return Failed(error_text(f"invalid data: {cause}"))
    log.error("handler failed", **fields_of(context), exception=normalisation.describe_traceback(cause))
    return normalisation.from_error(kind.spec, job.attempt, job.max_attempts, cause)


def fields_of(context: JobContext) -> dict[str, Any]:
    """The fields that every log line about a job has."""
    return {"job_id": str(context.id), "kind": context.job.kind, "attempt": context.job.attempt}


def log_job(context: JobContext, event: str, level: int = logging.INFO, **fields: Any) -> None:
    """Log a line about a job. Of short kinds only what went wrong: two lines a job would cost more than the job."""
    if level > logging.INFO or context.is_long:
        log.log(level, event, **fields_of(context), **fields)


def log_outcome(context: JobContext, outcome: Outcome | Superseded, *, seconds: float) -> None:
    """Log how a run ended; what went wrong at WARNING, with the error as a field."""
    event = EVENTS[type(outcome)]
    fields: dict[str, Any] = {"seconds": seconds, "items": context.processed}
    match outcome:
        case Failed(error) | Retry(error, _) | Interrupted(error, _):
            log_job(context, event, logging.WARNING, error=error, **fields)
        case Superseded():
            log_job(context, event, logging.WARNING, **fields)
        case _:
            log_job(context, event, **fields)


EVENTS: dict[type[Outcome | Superseded], str] = {
    Completed: "job completed",
    Failed: "job failed",
    Retry: "job retried",
    Snooze: "job snoozed",
    HandOver: "job handed over",
    Interrupted: "job interrupted",
    Cancelled: "job cancelled",
    Superseded: "job superseded",
}
