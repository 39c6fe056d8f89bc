"""What requests to a provider took of late."""

from __future__ import annotations

from collections import deque

#: Requests that are remembered.
REMEMBERED = 256


class Latencies:
    """A ring of durations in seconds, from sending to the end of the answer or of the patience."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=REMEMBERED)

    def add(self, seconds: float) -> None:
        """One more request."""
        self._seconds.append(seconds)

    def percentile(self, share: float) -> float | None:
        """The duration in seconds that `share` (0 to 1) of the requests did not exceed; None before the first."""
        if not self._seconds:
            return None
        ordered = sorted(self._seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
