"""A circuit breaker: who failed several times in a row is left alone for a while, and then tried with one request.

    closed ──FAILURES in a row──► open ──after the pause──► half open ──one probe──► closed
                                   ▲                                      │
                                   └────────fails: a longer pause─────────┘

Each process has its own: what a provider looks like from one machine need not hold for another, and to find out costs
each of them a handful of requests. What must be shared, pauses that a provider asks for, the rate limiter shares.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

#: Failures in a row that open it.
FAILURES = 5
#: Seconds of the first pause; each failed probe doubles it, up to the longest.
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0


class State(StrEnum):
    """CLOSED lets everyone through, OPEN nobody, HALF_OPEN one at a time."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Trial:
    """One request under way. Who ends without a verdict (cancelled, not sent) leaves everything as it was."""

    def __init__(self, breaker: Breaker) -> None:
        self._breaker = breaker

    def succeeded(self) -> None:
        """The provider answered, whatever it said."""
        self._breaker._close()

    def failed(self) -> None:
        """It did not answer, or nothing that can be read."""
        self._breaker._count(self)


class Breaker:
    """One provider's. `clock` gives seconds that never run backwards."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._until: float | None = None  # when the pause ends; None: closed
        self._probe: Trial | None = None

    @property
    def state(self) -> State:
        """As it is now."""
        if self._until is None:
            return State.CLOSED
        return State.OPEN if self._clock() < self._until else State.HALF_OPEN

    def reason(self) -> str | None:
        """Why the provider is not to be asked now; None where it may be."""
        match self.state:
            case State.OPEN:
                return f"left alone after {self._failures} failures in a row"
            case State.HALF_OPEN if self._probe is not None:
                return "one request is finding out whether it answers again"
        return None

    @contextmanager
    def trial(self) -> Iterator[Trial]:
        """Around each request that `reason` does not forbid."""
        trial = Trial(self)
        if self.state is State.HALF_OPEN and self._probe is None:
            self._probe = trial
        try:
            yield trial
        finally:
            if self._probe is trial:
                self._probe = None

    def _close(self) -> None:
        self._failures, self._pause, self._until = 0, FIRST_PAUSE, None

    def _count(self, trial: Trial) -> None:
        self._failures += 1
        if self._until is None:
            if self._failures >= FAILURES:
                self._until = self._clock() + self._pause
        elif trial is self._probe:  # others were sent before it opened, and tell nothing new
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
            self._until = self._clock() + self._pause
