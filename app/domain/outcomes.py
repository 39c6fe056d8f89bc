"""Deprecated: import from `app.domain.jobs`. Kept for the modules of additional kinds written for version 0.1."""

from app.domain.jobs.outcomes import Cancelled, Completed, Failed, HandOver, Interrupted, Outcome, Retry, Snooze

__all__ = ["Cancelled", "Completed", "Failed", "HandOver", "Interrupted", "Outcome", "Retry", "Snooze"]
