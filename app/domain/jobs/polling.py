"""How often a client should look at a job."""

from __future__ import annotations

from math import ceil

FIRST_MS = 500
RUNNING_MS = 2_000
LONGEST_MS = 10_000
YOUNG_SECONDS = 5
OLD_SECONDS = 600


def poll_interval_ms(age: float, eta: float | None = None, *, ended: bool = False) -> int:
    """Milliseconds until the next look: 500 in the first seconds, then 2,000, growing with age to 10,000.

    Shorter when the job is nearly done: never later than its end is expected. `age` and `eta` in seconds.
    """
    if ended:
        return LONGEST_MS
    if age < YOUNG_SECONDS:
        return FIRST_MS
    grown = RUNNING_MS + (LONGEST_MS - RUNNING_MS) * min(age / OLD_SECONDS, 1.0)
    return int(grown if eta is None else max(FIRST_MS, min(grown, eta * 1000)))


def retry_after(interval_ms: int) -> str:
    """The same as the whole seconds of a Retry-After header."""
    return str(ceil(interval_ms / 1000))


def eta_seconds(processed: int, total: int | None, running: float | None) -> float | None:
    """Seconds left at the pace so far; None while nothing is known."""
    if not total or not processed or not running:
        return None
    return round(max(total - processed, 0) * running / processed, 1)


def progress(processed: int, total: int | None, *, completed: bool) -> int:
    """Whole per cent; 100 only when completed."""
    if completed:
        return 100
    return min(99, 100 * processed // total) if total else 0
