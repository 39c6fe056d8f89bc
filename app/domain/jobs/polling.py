"""The polling interval for a job, and the progress that a client receives."""

from __future__ import annotations

from math import ceil

FIRST_MS = 500
RUNNING_INTERVAL_MS = 2_000
MAX_INTERVAL_MS = 10_000
YOUNG_SECONDS = 5
OLD_SECONDS = 600


def poll_interval_ms(age: float, eta: float | None = None, *, ended: bool = False) -> int:
    """Return the milliseconds until the next poll: 500 in the first seconds, then 2,000, growing with age to 10,000.

    Never longer than the job is expected to take. `age` and `eta` are in seconds.
    """
    if ended:
        return MAX_INTERVAL_MS
    if age < YOUNG_SECONDS:
        return FIRST_MS
    grown = RUNNING_INTERVAL_MS + (MAX_INTERVAL_MS - RUNNING_INTERVAL_MS) * min(age / OLD_SECONDS, 1.0)
    return int(grown if eta is None else max(FIRST_MS, min(grown, eta * 1000)))


def retry_after(interval_ms: int) -> str:
    """Return the interval in whole seconds, for a Retry-After header."""
    return str(ceil(interval_ms / 1000))


def eta_seconds(processed: int, total: int | None, running: float | None) -> float | None:
    """Return the seconds left at the pace so far, or None if it is not known. `running` is in seconds."""
    if not total or not processed or not running:
        return None
    return round(max(total - processed, 0) * running / processed, 1)


def progress(processed: int, total: int | None, *, completed: bool) -> int:
    """Return the progress in whole per cent; 100 only if the job is completed."""
    if completed:
        return 100
    return min(99, 100 * processed // total) if total else 0
