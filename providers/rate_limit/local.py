"""A rate limiter for a single process, for one-off use of a provider and for tests."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from providers.errors import QuotaExceeded, next_utc_midnight
from providers.rate_limit.base import LimiterState
from providers.rate_limit.pacing import NotYet, PacedRateLimiter, Slot, SlotRequest


@dataclass(slots=True)
class _State:
    log: deque[float] = field(default_factory=deque)  # ends of the slots taken, newest first
    penalised_until: float = 0.0
    reason: str = ""  # of the penalty
    day: date = date.min
    count: int = 0


class LocalRateLimiter(PacedRateLimiter):
    """Keeps slots in memory. `clock` returns seconds since the epoch (it determines the day of a daily allowance)."""

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
        """Return seconds since the epoch."""
        return self._clock()

    async def sleep(self, seconds: float) -> None:
        """Sleep on the given clock."""
        await self._sleep(seconds)

    async def reserve(self, key: str, claim: SlotRequest) -> Slot | NotYet:
        """See PacedRateLimiter. The steps are those of the Redis limiter's script."""
        state = self._states.setdefault(key, _State())
        pace, given_up = claim.pace, claim.given_up
        now = self.now()
        today = datetime.fromtimestamp(now, UTC)
        count = state.count if state.day == today.date() else 0
        if claim.daily is not None and given_up is None and count + claim.cost > claim.daily:
            raise QuotaExceeded(
                f"daily quota of {claim.daily} used up",
                provider=key,
                asked=False,
                resets_at=next_utc_midnight(today),
            )
        if given_up is not None and state.log and state.log[0] == given_up.at + given_up.width:
            state.log.popleft()
        at = max(now, state.penalised_until)
        if state.log and pace.windows:
            at = max(at, state.log[0] + pace.spacing)
        for window in pace.windows:
            if len(state.log) >= window.limit:
                at = max(at, state.log[window.limit - 1] + window.period)
        if at > now + claim.horizon:
            return NotYet(at - now - claim.horizon, penalised=at == state.penalised_until, reason=state.reason)
        if pace.windows:
            state.log.appendleft(at + claim.width)
            longest = max(window.limit for window in pace.windows)
            while len(state.log) > longest:
                state.log.pop()
        if given_up is None:
            state.day, state.count = today.date(), count + claim.cost
        return Slot(at, claim.width, entry=0)

    async def punish(self, key: str, seconds: float, reason: str) -> None:
        """See PacedRateLimiter."""
        state = self._states.setdefault(key, _State())
        ends = self.now() + seconds
        if ends > state.penalised_until:
            state.penalised_until, state.reason = ends, reason

    async def standing(self, key: str) -> LimiterState:
        """See RateLimiter."""
        state = self._states.get(key, _State())
        now = self.now()
        used = state.count if state.day == datetime.fromtimestamp(now, UTC).date() else 0
        paused_for = max(0.0, state.penalised_until - now)
        return LimiterState(used, paused_for, state.reason if paused_for else "")
