"""What a job is: its states, the moves between them, and what a kind declares.

`TRANSITIONS` is the life cycle; the SQL in `app.db.jobs.ledger`, the CHECKs in `app.db.tables` and the diagram in
`docs/lifecycle.md` say the same, and a test holds them together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel


class Status(StrEnum):
    PENDING = "pending"
    """Waiting: due now, due later (`run_at`), or admitted and on its way to a worker (`lease_until`)."""
    PROCESSING = "processing"
    """A worker holds its lease."""
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


TERMINAL = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELLED})
ACTIVE = frozenset(Status) - TERMINAL

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.PROCESSING, Status.CANCELLED}),
    # back to pending: retry with backoff, snooze, hand-over at shutdown, rescue from a dead worker
    Status.PROCESSING: frozenset({Status.PENDING, Status.COMPLETED, Status.FAILED, Status.CANCELLED}),
    Status.COMPLETED: frozenset(),
    # only at a person's word
    Status.FAILED: frozenset({Status.PENDING}),
    Status.CANCELLED: frozenset({Status.PENDING}),
}

MAX_CRASHES = 5
"""Workers a job may bring down without its checkpoint moving before it fails."""


@dataclass(frozen=True)
class QueueSpec:
    """How the jobs of some kinds are run."""

    name: str
    concurrency: int
    """Jobs at once, over all workers; times the live workers where `per_worker`."""
    per_worker: bool = False
    priority: int = 2
    """Rank among queues where slots are scarce; 1 first."""
    route: str = "default"
    """The arq queue its dispatches travel on; served by workers started with that WORKER_ROUTE."""
    dispatch_size: int = 1
    """Most jobs that share one dispatch: 1 for long kinds, some tens for short ones."""
    variable: str | None = None
    """Its name in ENABLE_…_WORKER and …_WORKER_CONCURRENCY, where that is not the queue's own."""


def exponential_backoff(attempt: int) -> float:
    """Seconds before the next attempt after `attempt` failed ones: 2, 4, 8 … at most an hour."""
    return float(min(2**attempt, 3600))


@dataclass(frozen=True)
class JobSpec:
    """What a kind declares of itself."""

    kind: str
    queue: QueueSpec
    args: type[BaseModel]
    """The schema of the job's `data`."""
    timeout: timedelta
    max_attempts: int = 1
    """The first included."""
    backoff: Callable[[int], float] = exponential_backoff
    aliases: tuple[str, ...] = ()
    """Other names a filter by type understands."""
    dedupe_key: Callable[[Any], str | None] = lambda args: None
    """Key under which only one job of the kind may be active."""


@dataclass(frozen=True)
class Ran:
    """What became of a job that ran: pending again where an attempt failed, it waits, or the time was up."""

    id: UUID
    kind: str
    status: Status
    error: str | None


@dataclass(frozen=True)
class Processed:
    """The jobs that were run, and how many are still due."""

    jobs: list[Ran]
    remaining: int


@dataclass(frozen=True)
class NewJob:
    """A job to insert; `data` is the validated arguments as JSON text."""

    spec: JobSpec
    data: bytes
    priority: int = 5
    dedupe_key: str | None = None
    total_items: int | None = None
