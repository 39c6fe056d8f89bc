"""Waiting for a slot: the part of a rate limiter that does not depend on where the slots are stored."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from providers.errors import RateLimited
from providers.rate_limit.base import HORIZON, MAX_PENALTY_WAIT, LimiterState, Pace, Window


@dataclass(frozen=True, slots=True)
class Slot:
    """Permission to send at `at` (in seconds of `PacedRateLimiter.now`), plus `width` and the lateness of the pace.

    `entry` is the slot's entry in the log, needed to remove it again.
    """

    at: float
    width: float
    entry: int


@dataclass(frozen=True, slots=True)
class NotYet:
    """No slot within the horizon; try again in `wait` seconds. `penalised` is set if a penalty is the reason."""

    wait: float
    penalised: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SlotRequest:
    """A request for a slot at most `horizon` seconds ahead, which takes `cost` of the daily allowance.

    `given_up` is a missed slot: it is removed from the log if no other slot follows it, and its daily count is reused.
    `width` widens the slot: following slots keep their distance from its end.
    """

    pace: Pace
    daily: int | None
    cost: int
    horizon: float = HORIZON
    given_up: Slot | None = None
    width: float = 0.0


class PacedRateLimiter(ABC):
    """Waits for slots that a subclass stores. Has an asyncio lock per key, so it belongs to one event loop."""

    def __init__(self) -> None:
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._penalties: dict[str, float] = {}  # penalties set in this process, to give up slots that are already taken
        self._queued = Counter[str]()  # callers of `acquire` without a slot yet
        self._next_slot: dict[str, float] = {}  # the earliest possible slot, as of the last reply

    @abstractmethod
    def now(self) -> float:
        """Return the time in seconds on the clock of the slots."""

    @abstractmethod
    async def sleep(self, seconds: float) -> None:
        """Sleep for `seconds` on that clock."""

    @abstractmethod
    async def reserve(self, key: str, claim: SlotRequest) -> Slot | NotYet:
        """Take the next slot of `key` if it is within the horizon, and add it to the log (if there are windows).

        Raises QuotaExceeded.
        """

    @abstractmethod
    async def punish(self, key: str, seconds: float, reason: str) -> None:
        """Store a penalty for all callers."""

    @abstractmethod
    async def standing(self, key: str) -> LimiterState:
        """See RateLimiter."""

    def passes(self, key: str, windows: Sequence[Window], daily: int | None, cost: int) -> bool:
        """Whether a request may be sent without a slot; it is counted then."""
        return False

    async def acquire(self, key: str, windows: Sequence[Window], daily: int | None = None, cost: int = 1) -> None:
        """See RateLimiter."""
        if not self.passes(key, windows, daily, cost):
            await self._acquire(key, SlotRequest(Pace.of(windows), daily, cost))

    async def try_acquire(
        self, key: str, windows: Sequence[Window], daily: int | None = None, within: float = 0.05
    ) -> bool:
        """See RateLimiter."""
        if self.passes(key, windows, daily, cost=1):
            return True
        if self._queued[key]:
            return False
        claim = SlotRequest(Pace.of(windows), daily, cost=1, horizon=min(within, HORIZON))
        answer = await self._reserve(key, claim)
        if isinstance(answer, NotYet):
            return False
        if (missed := await self._meet(key, claim, answer)) is not None:
            # The slot is taken and counted, so wait for it.
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

    async def _acquire(self, key: str, claim: SlotRequest) -> None:
        pending: SlotRequest | None = claim
        while pending is not None:
            claim = pending
            self._queued[key] += 1
            try:
                async with self._turns[key]:
                    slot = await self._next(key, claim)
            finally:
                self._queued[key] -= 1
            pending = await self._meet(key, claim, slot)

    async def _next(self, key: str, claim: SlotRequest) -> Slot:
        while True:
            answer = await self._reserve(key, claim)
            if isinstance(answer, Slot):
                return answer
            await self.sleep(answer.wait)

    async def _reserve(self, key: str, claim: SlotRequest) -> Slot | NotYet:
        answer = await self.reserve(key, claim)
        if isinstance(answer, Slot):
            self._next_slot[key] = answer.at + answer.width + claim.pace.spacing
            return answer
        self._next_slot[key] = self.now() + answer.wait + claim.horizon
        if answer.penalised and answer.wait > MAX_PENALTY_WAIT:
            reason = answer.reason or "paused at the provider's request"
            raise RateLimited(reason, provider=key, asked=False, retry_after=answer.wait)
        return answer

    async def _meet(self, key: str, claim: SlotRequest, slot: Slot) -> SlotRequest | None:
        """Wait for the time of `slot`. Returns None, or the claim for a later slot if it was missed."""
        while (left := slot.at - self.now()) > 0:
            await self.sleep(left)
        now = self.now()
        late = now - slot.at > claim.pace.lateness + slot.width
        if not late and self._penalties.get(key, 0.0) <= now:
            return None
        # If the event loop is always late, only a wider slot can be met: slower, but safe.
        width = max(claim.pace.lateness, 2 * claim.width) if late else claim.width
        return replace(claim, given_up=slot, width=width)
