"""The interface of a rate limiter, and the arithmetic that both limiters share.

A request gets a *slot*: the time at which it may be sent. Slots are spaced evenly within the shortest window, at
`period / limit` stretched by MARGIN; longer windows are enforced exactly by a log of the last slots. A slot is valid
for `lateness` seconds: a caller that wakes up later (busy event loop, stopped process) gives it up and takes another,
because sending late would be too close to the following slots. Thus at least `period` passes between any two requests
that are `limit` apart, even if the first was as late as allowed and the second on time. The rest of the margin absorbs
the jitter of the network.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

MARGIN = 0.02
"""Share by which every window is stretched. 98 % of a limit is used; in return, the delays between slot and arrival may
differ by 20 ms for a window of one second."""
LATENESS = 0.25
"""Share of the margin for lateness on our side; the rest is for the network."""
HORIZON = 0.1
"""Seconds that a slot may be taken in advance. Long enough to hide the round trip to Redis, short enough that a
cancelled caller or a dead process leaves no noticeable gap."""
MAX_PENALTY_WAIT = 10.0
"""Longest penalty in seconds that `acquire` waits for. Beyond it, RateLimited is raised and the caller asks others."""


@dataclass(frozen=True, slots=True)
class Window:
    """At most `limit` requests in any `period` seconds."""

    limit: int
    period: float

    def __post_init__(self) -> None:
        if self.limit < 1 or not 0 < self.period < math.inf:
            raise ValueError(f"a window needs a limit of at least 1 and a positive period: {self}")


def window_of_rate(rate: float) -> Window:
    """Return the window for a rate per second: 20 → 20 in 1 s, 2.5 → 2 in 0.8 s, 0.1 → 1 in 10 s."""
    if not 0 < rate < math.inf:
        raise ValueError(f"a rate must be a positive number of requests a second, not {rate!r}")
    limit = max(1, math.floor(rate))
    return Window(limit, limit / rate)


@dataclass(frozen=True, slots=True)
class LimiterState:
    """State of a key: requests sent in this UTC day, and the remaining pause in seconds (0: none) with its reason."""

    used_today: int
    paused_for: float
    reason: str


class RateLimiter(Protocol):
    """Admits requests to the provider named by `key`, for any number of callers."""

    async def acquire(self, key: str, windows: Sequence[Window], daily: int | None = None, cost: int = 1) -> None:
        """Wait until the caller may send. Callers in one process are served in order.

        `daily` is the allowance per UTC day, of which this request takes `cost`. Raises QuotaExceeded if it is used
        up, without spending anything, and RateLimited if a penalty of more than MAX_PENALTY_WAIT applies to the key.
        """
        ...

    async def try_acquire(
        self, key: str, windows: Sequence[Window], daily: int | None = None, within: float = 0.05
    ) -> bool:
        """Like `acquire` if a slot is at most `within` seconds (up to HORIZON) away and no other caller in this process
        is waiting. Otherwise returns False and spends nothing."""
        ...

    def expected_wait(self, key: str, windows: Sequence[Window]) -> float:
        """Return the seconds that a new caller of `acquire` would wait, as far as this process knows."""
        ...

    async def penalise(self, key: str, seconds: float, reason: str = "") -> None:
        """Block `key` for `seconds` (Retry-After). A shorter penalty never ends a longer one."""
        ...

    async def standing(self, key: str) -> LimiterState:
        """Return the state of `key`. Never waits long."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """Stretched windows in the form that the limiters use; `spacing` is that of the shortest. Times are in seconds.

    `interval` is the average time between two requests in the long run, determined by the slowest window.
    """

    spacing: float
    interval: float
    lateness: float
    windows: tuple[Window, ...]

    @classmethod
    def of(cls, windows: Sequence[Window]) -> Pace:
        """Return the pace that satisfies all `windows`."""
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
