"""A rate limiter for one process: for a single use of a provider, and for tests."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from providers.errors import QuotaExceeded, next_utc_midnight
from providers.rate_limit.base import HORIZON, Pace
from providers.rate_limit.pacing import NotYet, PacedRateLimiter, Slot


@dataclass(slots=True)
class _State:
    log: deque[float] = field(default_factory=deque)  # ends of the slots taken, newest first
    penalised_until: float = 0.0
    day: date = date.min
    count: int = 0


class LocalRateLimiter(PacedRateLimiter):
    """Slots in memory. `clock` gives seconds since the epoch (the day of a daily allowance depends on it)."""

    def __init__(
        self,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        super().__init__()
        self._clock = clock
        self._sleep = sleep
        self._states: dict[str, _State] = {}

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._clock()

    async def sleep(self, seconds: float) -> None:
        """Sleep on the clock given."""
        await self._sleep(seconds)

    async def reserve(
        self, key: str, pace: Pace, daily: int | None, given_up: Slot | None, width: float
    ) -> Slot | NotYet:
        """See PacedRateLimiter; the same steps as the script of the Redis one."""
        state = self._states.setdefault(key, _State())
        now = self.now()
        today = datetime.fromtimestamp(now, UTC)
        count = state.count if state.day == today.date() else 0
        if daily is not None and given_up is None and count >= daily:
            raise QuotaExceeded(f"daily quota of {daily} used up", provider=key, resets_at=next_utc_midnight(today))
        if given_up is not None and state.log and state.log[0] == given_up.at + given_up.width:
            state.log.popleft()
        at = max(now, state.penalised_until)
        if state.log and pace.windows:
            at = max(at, state.log[0] + pace.spacing)
        for window in pace.windows:
            if len(state.log) >= window.limit:
                at = max(at, state.log[window.limit - 1] + window.period)
        if at > now + HORIZON:
            return NotYet(wait=at - now - HORIZON, penalised=at == state.penalised_until)
        if pace.windows:
            state.log.appendleft(at + width)
            longest = max(window.limit for window in pace.windows)
            while len(state.log) > longest:
                state.log.pop()
        if daily is not None and given_up is None:
            state.day, state.count = today.date(), count + 1
        return Slot(at, width, entry=0)

    async def punish(self, key: str, seconds: float) -> None:
        """See PacedRateLimiter."""
        state = self._states.setdefault(key, _State())
        state.penalised_until = max(state.penalised_until, self.now() + seconds)
