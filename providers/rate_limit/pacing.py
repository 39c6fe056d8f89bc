"""How a caller waits for its slot: the part of a rate limiter that does not depend on where the slots are kept."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from providers.errors import RateLimited
from providers.rate_limit.base import MAX_PENALTY_WAIT, Pace, Window


@dataclass(frozen=True, slots=True)
class Slot:
    """The right to send at `at` (seconds of `PacedRateLimiter.now`) or up to `width` and the pace's lateness after it.

    `entry` is what the log of slots holds for it, kept to take it out again.
    """

    at: float
    width: float
    entry: int


@dataclass(frozen=True, slots=True)
class NotYet:
    """No slot within the horizon: ask again in `wait` seconds. `penalised` says that a penalty is the reason."""

    wait: float
    penalised: bool


class PacedRateLimiter(ABC):
    """Waits for slots; a subclass keeps them. Holds one asyncio lock a key, so it belongs to one event loop."""

    def __init__(self) -> None:
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._penalties: dict[str, float] = {}  # this process' own, to give up slots that are already taken

    @abstractmethod
    def now(self) -> float:
        """The present on the clock of the slots, in seconds."""

    @abstractmethod
    async def sleep(self, seconds: float) -> None:
        """Let `seconds` pass on that clock."""

    @abstractmethod
    async def reserve(
        self, key: str, pace: Pace, daily: int | None, given_up: Slot | None, width: float
    ) -> Slot | NotYet:
        """Take the next slot of `key`, if it is near, and log it; without windows the log stays empty.

        `given_up` is taken out of the log if nobody took a slot after it; it was paid for in the daily count. `width`
        widens the slot: those after it keep their distance from its end. Raises QuotaExceeded.
        """

    @abstractmethod
    async def punish(self, key: str, seconds: float) -> None:
        """Remember a penalty for everyone."""

    async def acquire(self, key: str, windows: Sequence[Window], daily: int | None = None) -> None:
        """See RateLimiter."""
        pace = Pace.of(windows)
        given_up: Slot | None = None
        width = 0.0
        while True:
            async with self._turns[key]:
                slot = await self._next(key, pace, daily, given_up, width)
            await self._sleep_until(slot.at)
            now = self.now()
            late = now - slot.at > pace.lateness + slot.width
            if not late and self._penalties.get(key, 0.0) <= now:
                return
            given_up = slot
            if late:  # where the loop is always late, only a wider slot can be met: slower, but safe, and it goes on
                width = max(pace.lateness, 2 * width)

    async def penalise(self, key: str, seconds: float) -> None:
        """See RateLimiter."""
        self._penalties[key] = max(self._penalties.get(key, 0.0), self.now() + seconds)
        await self.punish(key, seconds)

    async def _next(self, key: str, pace: Pace, daily: int | None, given_up: Slot | None, width: float) -> Slot:
        while True:
            answer = await self.reserve(key, pace, daily, given_up, width)
            if isinstance(answer, Slot):
                return answer
            if answer.penalised and answer.wait > MAX_PENALTY_WAIT:
                raise RateLimited("paused at the provider's request", provider=key, retry_after=answer.wait)
            await self.sleep(answer.wait)

    async def _sleep_until(self, moment: float) -> None:
        while (left := moment - self.now()) > 0:
            await self.sleep(left)
