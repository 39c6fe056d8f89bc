"""A circuit breaker: stops requests to a provider that keeps failing, and probes it with a single request later.

    closed ──FAILURES in a row──► open ──after the pause──► half open ──one probe──► closed
                                   ▲                                      │
                                   └────────fails: a longer pause─────────┘

Every process has its own breakers: a provider may be reachable from one machine and not from another, and finding out
costs a handful of requests. Pauses that a provider asks for are shared by all processes through the rate limiter.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

FAILURES = 5
"""Consecutive failures that open the breaker."""
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
"""Seconds of the first pause. Each failed probe doubles it, up to the maximum."""


class State(StrEnum):
    """CLOSED lets every request through, OPEN none, HALF_OPEN one at a time."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class BreakerAttempt:
    """A request in progress. If it ends without a result (cancelled, never sent), the breaker does not change."""

    def __init__(self, breaker: Breaker) -> None:
        self._breaker = breaker

    def succeeded(self) -> None:
        """Record that the provider answered, even with an error of its own."""
        self._breaker._close()

    def failed(self) -> None:
        """Record that the provider did not answer, or not readably."""
        self._breaker._count(self)


class Breaker:
    """The breaker of one provider. `clock` returns monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._until: float | None = None  # when the pause ends; None: closed
        self._probe: BreakerAttempt | None = None

    @property
    def state(self) -> State:
        """The current state."""
        if self._until is None:
            return State.CLOSED
        return State.OPEN if self._clock() < self._until else State.HALF_OPEN

    def reason(self) -> str | None:
        """Why requests are blocked now, or None if they are allowed."""
        match self.state:
            case State.OPEN:
                return f"left alone after {self._failures} failures in a row"
            case State.HALF_OPEN if self._probe is not None:
                return "one request is finding out whether it answers again"
        return None

    @contextmanager
    def trial(self) -> Iterator[BreakerAttempt]:
        """Wrap one request that `reason` allows."""
        trial = BreakerAttempt(self)
        if self.state is State.HALF_OPEN and self._probe is None:
            self._probe = trial
        try:
            yield trial
        finally:
            if self._probe is trial:
                self._probe = None

    def _close(self) -> None:
        self._failures, self._pause, self._until = 0, FIRST_PAUSE, None

    def _count(self, trial: BreakerAttempt) -> None:
        self._failures += 1
        if self._until is None:
            if self._failures >= FAILURES:
                self._until = self._clock() + self._pause
        elif trial is self._probe:  # the others were sent before the breaker opened
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
            self._until = self._clock() + self._pause
