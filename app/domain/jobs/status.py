"""The statuses of a job and the transitions between them.

`TRANSITIONS` is the life cycle. The SQL in `app.db.jobs.ledger`, the CHECK constraints in `app.db.tables` and the
diagram in `docs/lifecycle.md` must agree with it, and a test compares them.
"""

from __future__ import annotations

from enum import StrEnum


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
    # only when a person retries the job
    Status.FAILED: frozenset({Status.PENDING}),
    Status.CANCELLED: frozenset({Status.PENDING}),
}
