"""Limits of a job's attempts, and the delays between them."""

from __future__ import annotations

MAX_CRASHES = 5
"""Workers that a job may lose without moving its checkpoint before it fails."""

MAX_BACKOFF_SECONDS = 3600

DELIVERY_ATTEMPTS = 8
DELIVERY_DELAYS_SECONDS = (5.0, 30.0, 120.0, 600.0, 3600.0, 3 * 3600.0, 6 * 3600.0, 12 * 3600.0)
"""Waiting time after each failed delivery of a webhook or notification; the last one repeats."""


def exponential_backoff(attempt: int) -> float:
    """Return the seconds to wait after `attempt` failed attempts: 2, 4, 8 … up to MAX_BACKOFF_SECONDS."""
    return float(min(2**attempt, MAX_BACKOFF_SECONDS))


def delivery_backoff(attempt: int) -> float:
    """Return the seconds to wait after `attempt` failed deliveries of a message to somebody else's server."""
    return DELIVERY_DELAYS_SECONDS[min(attempt, len(DELIVERY_DELAYS_SECONDS)) - 1]
