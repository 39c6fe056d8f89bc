"""Running jobs: claim → invoke the handler → turn its end into an outcome → record. Reads from top to bottom."""

from __future__ import annotations

import asyncio
import inspect
import logging
import time
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol
from uuid import UUID

import structlog
from pydantic import ValidationError

from app import metrics
from app.db.core.pool import MAY_PASS, ServerLost
from app.db.jobs import admission, ledger
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
    job_error,
)
from app.domain.jobs.request_id import request_id
from providers.errors import ProviderError
from workers.core import normalisation
from workers.core.context import UNWIND_SECONDS, FencedOff, JobContext, Stop, stop_job
from workers.core.exit_containment import HandlerExit, contain_exits
from workers.core.full_disk import wait_for_space
from workers.core.handler_threads import use_own_threads
from workers.core.kinds import Kind
from workers.core.resources import Resources
from workers.core.worker import Worker

log = structlog.get_logger(__name__)

UNKNOWN_KIND_SECONDS = 15.0
"""Delay of a job whose kind this worker does not know, as an old worker during a rolling deploy."""


async def dispatch(ctx: dict[str, Any], dispatch_id: str, job_ids: list[str]) -> None:
    """Run the admitted jobs of a dispatch, and then the next jobs of their queues. The only function known to arq."""
    worker: Worker = ctx["worker"]
    await ctx["redis"].remove_from_queue(ctx["job_id"])
    claimed = await claim(worker, UUID(dispatch_id), [UUID(job_id) for job_id in job_ids])
    await asyncio.gather(*(run_slot(worker, job) for job in claimed))


async def claim(worker: Worker, dispatch_id: UUID, job_ids: list[UUID]) -> list[Claimed]:
    """Claim as many jobs as there are free slots, and release the rest to other workers. Returns the claimed jobs."""
    reserved = worker.slots.reserve(len(job_ids))
    claimed: list[Claimed] = []
    try:
        async with worker.pool.acquire() as conn, conn.transaction():
            if reserved:
                claimed = await ledger.claim(
                    conn, job_ids[:reserved], worker.id, worker.lease_seconds, dispatch_id=dispatch_id
                )
            unclaimed = reserved < len(job_ids) and await admission.release_unclaimed(conn, dispatch_id)
        if unclaimed:
            worker.dispatcher.schedule_pass()
    except MAY_PASS as error:
        # The commit may have succeeded: then nobody runs these jobs, and their lease brings them back.
        log.warning("claim_failed", dispatch_id=str(dispatch_id), error=repr(error))
    finally:
        worker.slots.release(reserved - len(claimed))
    return claimed


async def run_slot(worker: Worker, job: Claimed | None) -> None:
    """Use one slot: run a job, record its outcome, and continue with the next job that the recorder claims for it."""
    try:
        while job is not None:
            outcome = await run(worker, job)
            job = await worker.recorder.record(job, outcome)
    except Exception:
        log.exception("slot_failed", job_id=str(job and job.id))  # the job's lease brings it back
    finally:
        worker.slots.release(1)


class Host(Protocol):
    """Runs jobs: a worker, or a request that runs jobs without one."""

    kinds: Mapping[str, Kind]
    resources: Resources
    running: dict[tuple[UUID, int], JobContext]

    @property
    def stopping(self) -> bool: ...


async def run(host: Host, job: Claimed) -> Outcome | Superseded:
    """Run the handler of a job. Returns Superseded if the job continues elsewhere and nothing may be recorded."""
    if host.stopping:
        return HandOver()
    kind = host.kinds.get(job.kind)
    if kind is None:
        return Snooze(UNKNOWN_KIND_SECONDS, f"this worker does not know the kind {job.kind!r}")
    context = JobContext(job, host.resources, is_long=kind.spec.queue.dispatch_size == 1)
    log_job(context, "job_started")
    measured = metrics.of_kind(kind.spec.kind)
    measured.started(job.attempt, job.waited_seconds)
    started = time.monotonic()
    context.task = asyncio.create_task(invoke(kind, context), name=f"job {job.id}")
    host.running[job.id, job.fence] = context
    try:
        ended = await await_handler(context)
    finally:
        del host.running[job.id, job.fence]
    outcome = normalise(kind, job, context, ended)
    try:
        seconds = time.monotonic() - started
        measured.ended(EVENTS[type(outcome)].removeprefix("job_"), seconds, context.processed)
        log_outcome(context, outcome, seconds=round(seconds, 3))
    except BaseException as error:  # the handler damaged its context
        log.error("outcome_not_logged", **fields_of(job), error=describe_error(error))
    return outcome


@dataclass(frozen=True)
class Returned:
    """The return value of a handler, of any type."""

    result: Any


async def invoke(kind: Kind, context: JobContext) -> Returned | BaseException:
    """Run the kind's own code. Returns its result or its exception.

    Raises nothing, because a SystemExit or KeyboardInterrupt that leaves a task would end the event loop.
    """
    threads = use_own_threads()
    try:
        contain_exits(partial(end_after_exit, weakref.ref(context), fields_of(context.job)))
        request_id.set(context.job.request_id)  # jobs that this one creates carry it, too; this task is its own context
        try:
            args = kind.spec.args.model_validate_json(context.job.data)
        except ValidationError as error:
            return InvalidData(error)
        running = kind.run(context, args)
        if not inspect.isawaitable(running):
            return normalisation.not_awaitable(running)
        return Returned(await running)
    except BaseException as error:
        return error
    finally:
        threads.close()


class InvalidData(Exception):
    """The data of a job do not fit the arguments of its kind."""


def end_after_exit(context: weakref.ref[JobContext], fields: dict[str, Any], error: HandlerExit) -> None:
    """Stop the handler one of whose tasks or callbacks raised an exit, if it is still running."""
    log.error("handler_exit_contained", **fields, error=str(error))
    if running := context():
        try:
            running.exit(error)
        except Exception as broken:  # the handler damaged its context
            log.warning("job_stop_failed", **fields, reason=Stop.EXIT, error=describe_error(broken))


async def await_handler(context: JobContext) -> Returned | BaseException:
    """Wait until the handler ends, at most until its deadline. One that does not stop is abandoned and fenced off."""
    task = context.task
    assert task is not None
    until = max(0.0, context.job.seconds_left)
    await asyncio.wait({task, context.stopped}, timeout=until, return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        if not stop_job(context, Stop.TIMEOUT):
            task.cancel()
        await asyncio.wait({task}, timeout=UNWIND_SECONDS)
    if not task.done():
        return TimeoutError("the handler did not stop when asked to")
    if task.cancelled():  # before it started
        return asyncio.CancelledError()
    ended: Returned | BaseException = task.result()
    return ended


def normalise(kind: Kind, job: Claimed, context: JobContext, ended: Returned | BaseException) -> Outcome | Superseded:
    """Return the outcome for the end of a handler. Never raises, whatever the kind's own code does."""
    try:
        if not isinstance(ended, Returned):
            return from_raised(kind, job, context, ended)
        if context.exit_error is not None:
            return from_raised(kind, job, context, context.exit_error)
        return from_returned(job, context, ended.result)
    except BaseException as error:
        log.error("handler_result_invalid", **fields_of(job), error=describe_error(error))
        invalid = isinstance(error, normalisation.InvalidResult)
        detail = str(error) if invalid else f"ended in a way that cannot be read: {describe_error(error)}"
        return Failed(job_error(kind.spec.kind, f"the handler {detail}"))


def from_returned(job: Claimed, context: JobContext, result: Any) -> Outcome:
    """Return the outcome of a handler that returned. A Retry counts as an attempt."""
    outcome = normalisation.from_result(
        result,
        progressed=context.steps_committed > 0,
        stopping=context.shutdown_requested or context.stop_reason is not None,
    )
    if isinstance(outcome, Retry) and job.attempt >= job.max_attempts:
        return Failed(outcome.error)
    return outcome


def from_raised(kind: Kind, job: Claimed, context: JobContext, raised: BaseException) -> Outcome | Superseded:
    """Return the outcome of a handler that was stopped, lost its server or failed."""
    match context.stop_reason:
        case Stop.FENCED:
            return Superseded()
        case Stop.CANCEL:
            return Cancelled()
        case Stop.SHUTDOWN:
            return HandOver()
        case Stop.TIMEOUT:
            error = job_error(kind.spec.kind, f"timed out after {kind.spec.timeout.total_seconds():g} s")
            return normalisation.failed_attempt(kind.spec, job.attempt, job.max_attempts, error)
        case Stop.EXIT:
            raised = context.exit_error or raised
    cause = normalisation.root_cause(raised, ServerLost, FencedOff)
    if (waiting := wait_for_space(cause)) is not None:
        return waiting
    if isinstance(cause, ServerLost):
        return Interrupted(describe_error(cause))
    if isinstance(cause, normalisation.InvalidResult):
        raise cause
    if isinstance(cause, InvalidData):
        return Failed(job_error(kind.spec.kind, f"invalid data: {cause}"))
    if not isinstance(cause, ProviderError):  # the outcome says what an outside server did; no traceback is needed
        log.error("handler_failed", **fields_of(job), exception=normalisation.describe_traceback(cause))
    return normalisation.from_error(kind.spec, job.attempt, job.max_attempts, cause)


def fields_of(job: Claimed) -> dict[str, Any]:
    """Return the fields of every log line about a job."""
    fields = {"job_id": str(job.id), "kind": job.kind, "attempt": job.attempt}
    return fields | ({"request_id": job.request_id} if job.request_id else {})


def log_job(context: JobContext, event: str, level: int = logging.INFO, **fields: Any) -> None:
    """Log an event of a job. Short kinds log only problems, because two lines would cost more than the job itself."""
    if level > logging.INFO or context.is_long:
        log.log(level, event, **fields_of(context.job), **fields)


def log_outcome(context: JobContext, outcome: Outcome | Superseded, *, seconds: float) -> None:
    """Log the outcome of a run; problems at WARNING with the error as a field."""
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
    Completed: "job_completed",
    Failed: "job_failed",
    Retry: "job_retried",
    Snooze: "job_snoozed",
    HandOver: "job_handed_over",
    Interrupted: "job_interrupted",
    Cancelled: "job_cancelled",
    Superseded: "job_superseded",
}
