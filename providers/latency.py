"""Durations of recent requests to a provider."""

from __future__ import annotations

from collections import deque

REMEMBERED = 256
"""Number of requests to remember."""


class Latencies:
    """A ring buffer of durations in seconds, from sending to the end of the answer or the timeout."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=REMEMBERED)

    def add(self, seconds: float) -> None:
        """Add the duration of a request."""
        self._seconds.append(seconds)

    def percentile(self, share: float) -> float | None:
        """Return the duration in seconds that `share` (0 to 1) of requests did not exceed; None without requests."""
        if not self._seconds:
            return None
        ordered = sorted(self._seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
