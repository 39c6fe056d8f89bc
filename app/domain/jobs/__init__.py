"""The life cycle of a job: specs, outcomes, schedules and polling. Modules of additional kinds import from here."""

from app.domain.jobs.outcomes import Cancelled, Completed, Failed, HandOver, Interrupted, Outcome, Retry, Snooze
from app.domain.jobs.spec import JobSpec, QueueSpec

__all__ = [
    "Cancelled",
    "Completed",
    "Failed",
    "HandOver",
    "Interrupted",
    "JobSpec",
    "Outcome",
    "QueueSpec",
    "Retry",
    "Snooze",
]
