"""How a caller waits for its slot: the part of a rate limiter that does not depend on where the slots are kept."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from providers.errors import RateLimited
from providers.rate_limit.base import HORIZON, MAX_PENALTY_WAIT, Pace, Standing, Window


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
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a caller wants: a slot of `pace` that is at most `horizon` seconds ahead, for `cost` of the day's allowance.

    `given_up` is taken out of the log if nobody took a slot after it; it was paid for in the daily count. `width`
    widens the slot: those after it keep their distance from its end.
    """

    pace: Pace
    daily: int | None
    cost: int
    horizon: float = HORIZON
    given_up: Slot | None = None
    width: float = 0.0


class PacedRateLimiter(ABC):
    """Waits for slots; a subclass keeps them. Holds one asyncio lock a key, so it belongs to one event loop."""

    def __init__(self) -> None:
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._penalties: dict[str, float] = {}  # this process' own, to give up slots that are already taken
        self._queued = Counter[str]()  # callers of `acquire` without a slot yet
        self._next_slot: dict[str, float] = {}  # the earliest one there may be, as last heard

    @abstractmethod
    def now(self) -> float:
        """The present on the clock of the slots, in seconds."""

    @abstractmethod
    async def sleep(self, seconds: float) -> None:
        """Let `seconds` pass on that clock."""

    @abstractmethod
    async def reserve(self, key: str, claim: Claim) -> Slot | NotYet:
        """Take the next slot of `key`, if it is near, and log it; without windows the log stays empty.

        Raises QuotaExceeded.
        """

    @abstractmethod
    async def punish(self, key: str, seconds: float, reason: str) -> None:
        """Remember a penalty for everyone."""

    @abstractmethod
    async def standing(self, key: str) -> Standing:
        """See RateLimiter."""

    def passes(self, key: str, windows: Sequence[Window], daily: int | None, cost: int) -> bool:
        """Whether a send may leave unasked; it is counted then."""
        return False

    async def acquire(self, key: str, windows: Sequence[Window], daily: int | None = None, cost: int = 1) -> None:
        """See RateLimiter."""
        if not self.passes(key, windows, daily, cost):
            await self._acquire(key, Claim(Pace.of(windows), daily, cost))

    async def try_acquire(
        self, key: str, windows: Sequence[Window], daily: int | None = None, within: float = 0.05
    ) -> bool:
        """See RateLimiter."""
        if self.passes(key, windows, daily, cost=1):
            return True
        if self._queued[key]:
            return False
        claim = Claim(Pace.of(windows), daily, cost=1, horizon=min(within, HORIZON))
        answer = await self._reserve(key, claim)
        if isinstance(answer, NotYet):
            return False
        if (missed := await self._meet(key, claim, answer)) is not None:
            # It is paid for, so it is waited for.
            await self._acquire(key, replace(missed, horizon=HORIZON))
        return True

    def expected_wait(self, key: str, windows: Sequence[Window]) -> float:
        """See RateLimiter."""
        until_next = max(0.0, self._next_slot.get(key, 0.0) - self.now())
        return until_next + self._queued[key] * Pace.of(windows).interval

    async def penalise(self, key: str, seconds: float, reason: str = "") -> None:
        """See RateLimiter."""
        self._penalties[key] = max(self._penalties.get(key, 0.0), self.now() + seconds)
        await self.punish(key, seconds, reason)

    async def _acquire(self, key: str, claim: Claim) -> None:
        pending: Claim | None = claim
        while pending is not None:
            claim = pending
            self._queued[key] += 1
            try:
                async with self._turns[key]:
                    slot = await self._next(key, claim)
            finally:
                self._queued[key] -= 1
            pending = await self._meet(key, claim, slot)

    async def _next(self, key: str, claim: Claim) -> Slot:
        while True:
            answer = await self._reserve(key, claim)
            if isinstance(answer, Slot):
                return answer
            await self.sleep(answer.wait)

    async def _reserve(self, key: str, claim: Claim) -> Slot | NotYet:
        answer = await self.reserve(key, claim)
        if isinstance(answer, Slot):
            self._next_slot[key] = answer.at + answer.width + claim.pace.spacing
            return answer
        self._next_slot[key] = self.now() + answer.wait + claim.horizon
        if answer.penalised and answer.wait > MAX_PENALTY_WAIT:
            reason = answer.reason or "paused at the provider's request"
            raise RateLimited(reason, provider=key, asked=False, retry_after=answer.wait)
        return answer

    async def _meet(self, key: str, claim: Claim, slot: Slot) -> Claim | None:
        """Wait for the moment of `slot`; where that is missed, the claim to a later one."""
        while (left := slot.at - self.now()) > 0:
            await self.sleep(left)
        now = self.now()
        late = now - slot.at > claim.pace.lateness + slot.width
        if not late and self._penalties.get(key, 0.0) <= now:
            return None
        # Where the loop is always late, only a wider slot can be met: slower, but safe, and it goes on.
        width = max(claim.pace.lateness, 2 * claim.width) if late else claim.width
        return replace(claim, given_up=slot, width=width)
