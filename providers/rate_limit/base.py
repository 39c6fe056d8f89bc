"""The promise of a rate limiter, and the arithmetic that both limiters share.

A send gets a *slot*: the moment at which it may leave. Slots follow each other evenly within the shortest window, at
`period / limit` stretched by MARGIN; longer windows are kept exactly, by a log of the last slots. A slot is good for
`lateness` seconds after its moment: a caller that wakes up later than that (a busy event loop, a stopped process) gives
it up and takes another, since sending late would bring it too near to the next ones. So, for any two sends `limit`
apart, at least `period` passes even if the first left as late as it may and the second was on time, and what remains
of the margin absorbs the jitter of the network.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

#: Every window is stretched by this share. It is what a limit costs in speed (98 % of it are used), and what the delays
#: between slot and arrival may differ by: 20 ms for a window of one second.
MARGIN = 0.02
#: The share of the margin that lateness on our side may take; the rest is for the network.
LATENESS = 0.25
#: Seconds that a slot may be taken ahead. Enough to hide the way to Redis and back; little enough that a cancelled
#: caller or a dead process leaves no gap worth noticing.
HORIZON = 0.1
#: A penalty longer than this, in seconds, is not waited for: `acquire` raises RateLimited, and the caller asks others.
MAX_PENALTY_WAIT = 10.0


@dataclass(frozen=True, slots=True)
class Window:
    """At most `limit` sends in any `period` seconds."""

    limit: int
    period: float

    def __post_init__(self) -> None:
        if self.limit < 1 or not 0 < self.period < math.inf:
            raise ValueError(f"a window needs a limit of at least 1 and a positive period: {self}")


def window_of_rate(rate: float) -> Window:
    """The window of a rate per second: 20 → 20 in 1 s, 2.5 → 2 in 0.8 s, 0.1 → 1 in 10 s."""
    if not 0 < rate < math.inf:
        raise ValueError(f"a rate must be a positive number of requests a second, not {rate!r}")
    limit = max(1, math.floor(rate))
    return Window(limit, limit / rate)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a key stands: what was sent in this UTC day, and for how many seconds (0: not at all) and why it pauses."""

    used_today: int
    paused_for: float
    reason: str


class RateLimiter(Protocol):
    """Admits sends to what `key` names (a provider), however many callers there are."""

    async def acquire(self, key: str, windows: Sequence[Window], daily: int | None = None, cost: int = 1) -> None:
        """Return at the moment when the caller may send; callers of one process are served in their order.

        `daily` is the allowance for a day in UTC, of which this send takes `cost`. Raises QuotaExceeded when that is
        used up, without spending anything, and RateLimited when a penalty of more than MAX_PENALTY_WAIT lies on the
        key.
        """
        ...

    async def try_acquire(
        self, key: str, windows: Sequence[Window], daily: int | None = None, within: float = 0.05
    ) -> bool:
        """`acquire` if the slot is at most `within` seconds (up to HORIZON) away and nobody of this process waits for
        one; otherwise False, and nothing is spent."""
        ...

    def expected_wait(self, key: str, windows: Sequence[Window]) -> float:
        """Seconds that a new caller of `acquire` would wait, as far as this process knows."""
        ...

    async def penalise(self, key: str, seconds: float, reason: str = "") -> None:
        """Nobody sends to `key` before `seconds` from now (Retry-After). A shorter penalty never ends a longer one."""
        ...

    async def standing(self, key: str) -> Standing:
        """What is known of `key`; never waits long."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """Windows as the limiters use them: `spacing` in the shortest one, all of them stretched, times in seconds.

    `interval` is what lies between two sends in the long run, whichever window rules then.
    """

    spacing: float
    interval: float
    lateness: float
    windows: tuple[Window, ...]

    @classmethod
    def of(cls, windows: Sequence[Window]) -> Pace:
        """The pace that keeps all `windows`; no windows at all need none."""
        if not windows:
            return cls(0.0, 0.0, math.inf, ())
        stretched = tuple(Window(w.limit, w.period * (1 + MARGIN)) for w in windows)
        shortest = min(stretched, key=lambda w: w.period)
        return cls(
            spacing=shortest.period / shortest.limit,
            interval=max(w.period / w.limit for w in stretched),
            lateness=min(w.period for w in windows) * MARGIN * LATENESS,
            windows=stretched,
        )
