"""What a handler is given: its job, the platform's resources, and steps to commit its work in."""

from __future__ import annotations

import asyncio
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
from workers.core.resources import Resources

log = structlog.get_logger("trigpoint.worker")


UNWIND_SECONDS = 5.0
"""How long an interrupted handler may clean up before it is left behind."""


class Stop(StrEnum):
    """Why a running handler is told to stop."""

    CANCEL = "cancel"
    """A person wants the job cancelled."""
    FENCED = "fenced"
    """The lease was lost: the job is someone else's now."""
    SHUTDOWN = "shutdown"
    """The worker stops: another goes on from the checkpoint."""
    TIMEOUT = "timeout"


@dataclass
class Step:
    """One transaction of a handler: write rows with `conn`, then say what it amounts to."""

    conn: Connection
    checkpoint: dict[str, Any] | None = None
    """The state to resume from; None leaves the last one."""
    processed: int = 0
    """Items done by this step, failed ones included."""
    failed: int = 0
    total: int | None = None
    errors: list[ItemError] = field(default_factory=list)


class JobContext:
    """A running job. Lives from claim to outcome."""

    def __init__(self, job: Claimed, resources: Resources, *, is_long: bool) -> None:
        self.job = job
        self.is_long = is_long
        self.resources = resources
        self.checkpoint = job.checkpoint
        self.processed = job.processed_items
        self.failed = job.failed_items
        self.total = job.total_items
        self.stop_reason: Stop | None = None
        self.shutdown_asked = False
        self.task: asyncio.Task[Any] | None = None
        self.stopped: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done once the handler is told to stop."""
        self.steps_committed = 0
        self._logged_percent = 0

    @property
    def id(self) -> UUID:
        return self.job.id

    @property
    def fence(self) -> int:
        return self.job.fence

    def stop(self, reason: Stop) -> None:
        """Interrupt the handler; the first reason counts."""
        if self.task and not self.task.done() and self.stop_reason is None:
            self.stop_reason = reason
            self.stopped.set_result(None)
            self.task.cancel()

    @asynccontextmanager
    async def step(self) -> AsyncIterator[Step]:
        """Commit rows, counters and checkpoint together, or nothing. Keep it under a second: it holds row locks.

        After the commit a handler that should stop (cancelled, fenced, shutting down) is interrupted here, where
        nothing is half done.
        """
        async with connection(self.resources.pool) as conn:
            async with conn.transaction():
                step = Step(conn)
                yield step
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
        elif self.shutdown_asked:
            self.stop(Stop.SHUTDOWN)
        await asyncio.sleep(0)  # where a stop takes effect

    def _log_progress(self) -> None:
        """A line every five per cent."""
        percent = 100 * self.processed // self.total if self.total else 0
        if percent // 5 > self._logged_percent // 5:
            self._logged_percent = percent
            log.info(f"Job {self.id} ({self.job.kind}) progress {percent}% ({self.processed}/{self.total})")


class FencedOff(Exception):
    """The job went on elsewhere; this transaction is rolled back."""
