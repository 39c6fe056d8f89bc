"""The result of running due jobs inside a request."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.domain.jobs.status import Status


@dataclass(frozen=True, slots=True)
class JobRun:
    """A job that was run, and its status afterwards.

    The status is pending if the attempt failed and another follows, if the job snoozes, or if the time was up.
    """

    id: UUID
    kind: str
    status: Status
    error: str | None


@dataclass(frozen=True, slots=True)
class ProcessResult:
    jobs: list[JobRun]
    """In the order in which they were claimed."""
    remaining: int
    """Jobs that are still due."""
