"""The argument of every handler: its job, the shared resources, and steps in which it commits its work."""

from __future__ import annotations

import asyncio
import operator
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog

from app.db.core.pool import Connection, connection
from app.db.jobs import ledger
from app.db.jobs.ledger import Claimed, ItemError
from app.domain.jobs.outcomes import describe_error, type_name
from workers.core.exit_containment import HandlerExit
from workers.core.resources import Resources

log = structlog.get_logger(__name__)


PROGRESS_PERCENT = 10
PROGRESS_SECONDS = 10.0
MAX_ITEMS = 2**31 - 1
"""The largest counter of a job in Postgres."""
UNWIND_SECONDS = 5.0
"""How long an interrupted handler may clean up before it is abandoned."""


class Stop(StrEnum):
    """Why a running handler must stop."""

    CANCEL = "cancel"
    """Somebody cancelled the job."""
    FENCED = "fenced"
    """The lease was lost: the job continues elsewhere."""
    SHUTDOWN = "shutdown"
    """The worker is stopping: another one continues from the checkpoint."""
    TIMEOUT = "timeout"
    EXIT = "exit"
    """A task or a callback of the handler raised SystemExit or KeyboardInterrupt."""


@dataclass
class Step:
    """One transaction of a handler: write rows with `conn`, and set the counters and the checkpoint."""

    conn: Connection
    checkpoint: dict[str, Any] | None = None
    """The state to resume from; None keeps the previous one."""
    processed: int = 0
    """Items processed in this step, including failed ones."""
    failed: int = 0
    total: int | None = None
    errors: list[ItemError] = field(default_factory=list)


class JobContext:
    """A running job, from its claim to its outcome."""

    def __init__(self, job: Claimed, resources: Resources, *, is_long: bool) -> None:
        self.job = job
        self.is_long = is_long
        self.resources = resources
        self.checkpoint = job.checkpoint
        self.processed = job.processed_items
        self.failed = job.failed_items
        self.total = job.total_items
        self.stop_reason: Stop | None = None
        self.shutdown_requested = False
        self.exit_error: HandlerExit | None = None
        self.task: asyncio.Task[Any] | None = None
        self._stopped: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.steps_committed = 0
        self._logged_percent = 0
        self._logged_at = time.monotonic()

    @property
    def id(self) -> UUID:
        """The id of the job."""
        return self.job.id

    @property
    def fence(self) -> int:
        """The fence of this claim."""
        return self.job.fence

    @property
    def stopped(self) -> asyncio.Future[None]:
        """A future that is done when the handler must stop. Cancelling it, as a timeout does, affects nobody else."""
        return asyncio.shield(self._stopped)

    def stop(self, reason: Stop) -> None:
        """Interrupt the handler. The first reason counts."""
        if self.task and not self.task.done() and self.stop_reason is None:
            self.stop_reason = reason
            self._stopped.set_result(None)
            self.task.cancel()

    def exit(self, error: HandlerExit) -> None:
        """End the handler because one of its tasks or callbacks raised an exit. The first one counts."""
        self.exit_error = self.exit_error or error
        self.stop(Stop.EXIT)

    @asynccontextmanager
    async def step(self) -> AsyncIterator[Step]:
        """Commit rows, counters and checkpoint together, or nothing. Keep it under a second: it holds row locks.

        After the commit, a handler that must stop (cancelled, fenced off, shutting down) is interrupted here, where
        no work is left half done. Rolls the transaction back and raises FencedOff if the job continues elsewhere,
        InvalidStep for a counter that is not a count.
        """
        async with connection(self.resources.pool) as conn:
            async with conn.transaction():
                step = Step(conn)
                yield step
                self._check_counters(step)
                cancel_requested = await ledger.checkpoint(
                    conn,
                    self.id,
                    self.fence,
                    state=step.checkpoint,
                    processed=step.processed,
                    failed=step.failed,
                    total=step.total,
                    errors=step.errors,
                    lease=self.resources.lease_seconds,
                )
                if cancel_requested is None:
                    self.stop(Stop.FENCED)
                    raise FencedOff
            self.steps_committed += 1
            self.checkpoint = step.checkpoint if step.checkpoint is not None else self.checkpoint
            self.processed += step.processed
            self.failed += step.failed
            self.total = step.total if step.total is not None else self.total
            self._log_progress()
        if cancel_requested:
            self.stop(Stop.CANCEL)
        elif self.shutdown_requested:
            self.stop(Stop.SHUTDOWN)
        await asyncio.sleep(0)  # a stop takes effect here

    def _check_counters(self, step: Step) -> None:
        processed = self.processed + count("processed", step.processed)
        failed = self.failed + count("failed", step.failed)
        if step.total is not None:
            count("total", step.total)
        if processed > MAX_ITEMS:
            raise InvalidStep(f"{processed:,} items were processed in all; the counter ends at {MAX_ITEMS:,}")
        if failed > processed:
            raise InvalidStep(
                f"{failed:,} failed items are more than the {processed:,} processed ones, which include them"
            )

    def _log_progress(self) -> None:
        """Log the progress at most every PROGRESS_PERCENT and every PROGRESS_SECONDS."""
        percent = 100 * self.processed // self.total if self.total else 0
        now = time.monotonic()
        if percent - self._logged_percent >= PROGRESS_PERCENT and now - self._logged_at >= PROGRESS_SECONDS:
            self._logged_percent, self._logged_at = percent, now
            log.info(
                "job_progress",
                job_id=str(self.id),
                kind=self.job.kind,
                attempt=self.job.attempt,
                percent=percent,
                processed=self.processed,
                total=self.total,
            )


class InvalidStep(ValueError):
    """A handler set a counter of a step to something that is not a count."""

    permanent = True


def count(name: str, value: Any) -> int:
    """Return a counter of a step. Raises InvalidStep unless it is a whole number from 0 to MAX_ITEMS."""
    try:
        number = operator.index(value)
    except TypeError:
        shown = f"a {type_name(value)}"
    else:
        if 0 <= number <= MAX_ITEMS:
            return number
        shown = f"{number:,}" if number < 0 else f"more than {MAX_ITEMS:,}"
    raise InvalidStep(f"step.{name} is {shown}; expected a whole number from 0 to {MAX_ITEMS:,}")


class FencedOff(Exception):
    """The job continues elsewhere; this transaction is rolled back."""


def stop_job(context: JobContext, reason: Stop) -> bool:
    """Interrupt a handler. Returns False if the handler damaged its context, so that other jobs are not affected."""
    try:
        context.stop(reason)
    except Exception as error:
        log.warning("job_stop_failed", reason=reason, error=describe_error(error))
        return False
    return True
