"""The contract of all rate limiters, run for the local one on a fake clock and for the shared one on a real Redis."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest

from providers.errors import QuotaExceeded, RateLimited
from providers.rate_limit import Window
from providers.rate_limit.pacing import PacedRateLimiter

T = TypeVar("T")

#: Short windows, so that real time passes quickly.
FAST = Window(10, 0.5)


class RateLimiterSuite:
    """A subclass provides the fixture `limiters`: one or more that share their slots, as processes would."""

    @abstractmethod
    async def passing(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Await `coroutine` while the limiters' time passes."""

    async def test_no_window_ever_holds_more_than_the_limit(self, limiters: Sequence[PacedRateLimiter]) -> None:
        times = await self.passing(send(limiters, [FAST], 3 * FAST.limit))
        assert_within(times, FAST)

    async def test_a_longer_window_is_kept_as_well(self, limiters: Sequence[PacedRateLimiter]) -> None:
        windows = [Window(4, 0.2), Window(6, 0.5)]
        times = await self.passing(send(limiters, windows, 14))
        for window in windows:
            assert_within(times, window)

    async def test_an_idle_time_earns_no_burst(self, limiters: Sequence[PacedRateLimiter]) -> None:
        first = await self.passing(send(limiters, [FAST], 3))
        await self.passing(limiters[0].sleep(2 * FAST.period))
        times = await self.passing(send(limiters, [FAST], FAST.limit + 2))
        assert_within(first + times, FAST)

    async def test_callers_are_served_in_their_order(self, limiters: Sequence[PacedRateLimiter]) -> None:
        served: list[int] = []

        # A long one: who wakes up too late for a slot falls behind, which a busy machine does to a short one.
        window = Window(400, 40.0)

        async def call(number: int) -> None:
            await limiters[0].acquire("provider", [window])
            served.append(number)

        await self.passing(all_of(*(call(number) for number in range(6))))
        assert served == list(range(6))

    async def test_keys_do_not_wait_for_each_other(self, limiters: Sequence[PacedRateLimiter]) -> None:
        slow = Window(1, 3600.0)

        async def use_both() -> None:
            await limiters[0].acquire("slow", [slow])
            waiting = asyncio.ensure_future(limiters[0].acquire("slow", [slow]))
            await limiters[0].acquire("other", [slow])
            assert not waiting.done()
            waiting.cancel()

        await self.passing(use_both())

    async def test_a_cancelled_caller_does_not_delay_others(self, limiters: Sequence[PacedRateLimiter]) -> None:
        async def cancel_one_of_three() -> list[bool]:
            await limiters[0].acquire("provider", [FAST])
            calls = [asyncio.ensure_future(limiters[0].acquire("provider", [FAST])) for _ in range(3)]
            await asyncio.sleep(0)
            calls[0].cancel()
            await asyncio.wait(calls)
            return [call.cancelled() for call in calls]

        assert await self.passing(cancel_one_of_three()) == [True, False, False]

    async def test_no_request_is_sent_during_a_penalty(self, limiters: Sequence[PacedRateLimiter]) -> None:
        start = limiters[0].now()
        await self.passing(limiters[0].penalise("provider", 0.4))
        times = await self.passing(send(limiters, [FAST], 3))
        assert min(times) >= start + 0.4

    async def test_a_penalty_holds_without_limits_too(self, limiters: Sequence[PacedRateLimiter]) -> None:
        start = limiters[-1].now()
        await self.passing(limiters[0].penalise("provider", 0.4))
        times = await self.passing(send(limiters, [], 3))
        assert min(times) >= start + 0.4

    async def test_a_penalty_also_delays_waiting_callers(self, limiters: Sequence[PacedRateLimiter]) -> None:
        window = Window(1, 1.0)

        async def penalise_while_waiting() -> tuple[float, float]:
            limiter = limiters[0]
            while True:  # until the penalty came before the turn of the call
                await limiter.acquire("provider", [window])
                call = asyncio.ensure_future(send([limiter], [window], 1))
                await asyncio.sleep(0)
                start = limiter.now()
                await limiter.penalise("provider", 1.5)
                if not call.done():
                    return start + 1.5, (await call)[0]

        until, sent = await self.passing(penalise_while_waiting())
        assert sent >= until

    async def test_a_shorter_penalty_does_not_end_a_longer_one(self, limiters: Sequence[PacedRateLimiter]) -> None:
        start = limiters[0].now()
        await self.passing(limiters[0].penalise("provider", 0.4))
        await self.passing(limiters[-1].penalise("provider", 0.1))
        assert min(await self.passing(send(limiters, [FAST], 2))) >= start + 0.4

    async def test_a_long_penalty_is_raised_instead_of_awaited(self, limiters: Sequence[PacedRateLimiter]) -> None:
        await self.passing(limiters[0].penalise("provider", 3600))
        with pytest.raises(RateLimited) as caught:
            await self.passing(limiters[-1].acquire("provider", [FAST]))
        assert caught.value.provider == "provider"
        assert caught.value.retry_after is not None
        assert 3500 < caught.value.retry_after <= 3600

    async def test_the_day_s_allowance_ends(self, limiters: Sequence[PacedRateLimiter]) -> None:
        for turn in range(3):
            await self.passing(limiters[turn % len(limiters)].acquire("provider", [FAST], daily=3))
        with pytest.raises(QuotaExceeded) as caught:
            await self.passing(limiters[-1].acquire("provider", [FAST], daily=3))
        midnight = caught.value.resets_at
        assert midnight is not None
        assert (midnight.hour, midnight.minute, midnight.second) == (0, 0, 0)
        now = datetime.fromtimestamp(limiters[0].now(), UTC)
        assert timedelta() < midnight - now <= timedelta(days=1)

    async def test_a_refusal_costs_no_slot(self, limiters: Sequence[PacedRateLimiter]) -> None:
        slow = Window(1, 3600.0)
        with pytest.raises(QuotaExceeded):
            await self.passing(limiters[0].acquire("provider", [slow], daily=0))
        async with asyncio.timeout(10):
            await self.passing(limiters[0].acquire("provider", [slow], daily=1))

    async def test_allowances_are_counted_by_what_a_send_costs(self, limiters: Sequence[PacedRateLimiter]) -> None:
        await self.passing(limiters[0].acquire("provider", [], daily=10, cost=8))
        with pytest.raises(QuotaExceeded):
            await self.passing(limiters[-1].acquire("provider", [], daily=10, cost=3))
        await self.passing(limiters[-1].acquire("provider", [], daily=10, cost=2))
        assert (await self.passing(limiters[0].standing("provider"))).used_today == 10

    async def test_requests_without_an_allowance_are_counted(self, limiters: Sequence[PacedRateLimiter]) -> None:
        await self.passing(send(limiters, [Window(100, 0.1)], 6))
        assert (await self.passing(limiters[0].standing("provider"))).used_today == 6
        assert (await self.passing(limiters[0].standing("other"))).used_today == 0

    async def test_a_free_key_is_taken_at_once(self, limiters: Sequence[PacedRateLimiter]) -> None:
        assert await self.passing(limiters[0].try_acquire("provider", [FAST]))
        assert (await self.passing(limiters[-1].standing("provider"))).used_today == 1

    async def test_a_caller_that_does_not_wait_gets_no_slot_and_spends_nothing(
        self, limiters: Sequence[PacedRateLimiter]
    ) -> None:
        slow = Window(1, 3600.0)
        assert await self.passing(limiters[0].try_acquire("provider", [slow], daily=2))
        assert not await self.passing(limiters[-1].try_acquire("provider", [slow], daily=2))
        assert limiters[-1].expected_wait("provider", [slow]) == pytest.approx(3600.0 * 1.02, abs=1.0)
        assert (await self.passing(limiters[0].standing("provider"))).used_today == 1

    async def test_trying_keeps_the_windows_too(self, limiters: Sequence[PacedRateLimiter]) -> None:
        async def try_until_sent(limiter: PacedRateLimiter) -> float:
            while not await limiter.try_acquire("provider", [FAST], within=0.03):
                await limiter.sleep(0.01)
            return limiter.now()

        tries = [try_until_sent(limiters[number % len(limiters)]) for number in range(2 * FAST.limit)]
        sent, tried = await self.passing(all_of(send(limiters, [FAST], FAST.limit), all_of(*tries)))
        assert_within(sorted(sent + tried), FAST)

    async def test_a_try_does_not_overtake_waiting_callers(self, limiters: Sequence[PacedRateLimiter]) -> None:
        slow = Window(1, 3600.0)

        async def try_while_another_waits() -> bool:
            await limiters[0].acquire("provider", [slow])
            waiting = asyncio.ensure_future(limiters[0].acquire("provider", [slow]))
            await asyncio.sleep(0)
            tried = await limiters[0].try_acquire("provider", [slow])
            assert limiters[0].expected_wait("provider", [slow]) > 3600.0
            waiting.cancel()
            return tried

        assert not await self.passing(try_while_another_waits())

    async def test_trying_meets_the_end_of_an_allowance_as_well(self, limiters: Sequence[PacedRateLimiter]) -> None:
        with pytest.raises(QuotaExceeded) as caught:
            await self.passing(limiters[0].try_acquire("provider", [FAST], daily=0))
        assert not caught.value.asked

    async def test_a_try_does_not_bypass_a_penalty(self, limiters: Sequence[PacedRateLimiter]) -> None:
        await self.passing(limiters[0].penalise("provider", 5.0))
        assert not await self.passing(limiters[-1].try_acquire("provider", [FAST]))
        assert limiters[-1].expected_wait("provider", [FAST]) == pytest.approx(5.0, abs=0.5)
        await self.passing(limiters[0].penalise("provider", 3600.0))
        with pytest.raises(RateLimited):
            await self.passing(limiters[-1].try_acquire("provider", [FAST]))

    async def test_a_penalty_tells_its_reason_to_everyone(self, limiters: Sequence[PacedRateLimiter]) -> None:
        await self.passing(limiters[0].penalise("provider", 3600, "daily quota used up until 00:00 UTC"))
        await self.passing(limiters[0].penalise("provider", 60, "too fast"))
        standing = await self.passing(limiters[-1].standing("provider"))
        assert standing.reason == "daily quota used up until 00:00 UTC"
        assert 3500 < standing.paused_for <= 3600
        with pytest.raises(RateLimited, match="daily quota used up until 00:00 UTC") as caught:
            await self.passing(limiters[-1].acquire("provider", [FAST]))
        assert not caught.value.asked


async def send(limiters: Sequence[PacedRateLimiter], windows: Sequence[Window], count: int) -> list[float]:
    """Send `count` times over all limiters at once; the moments of sending, in order."""

    async def one(limiter: PacedRateLimiter) -> float:
        await limiter.acquire("provider", windows)
        return limiter.now()

    return sorted(await all_of(*(one(limiters[number % len(limiters)]) for number in range(count))))


async def all_of(*coroutines: Coroutine[Any, Any, T]) -> list[T]:
    """`asyncio.gather` as a coroutine."""
    return list(await asyncio.gather(*coroutines))


def assert_within(times: Sequence[float], window: Window) -> None:
    """No window's length of time holds more than its limit."""
    assert len(times) > window.limit
    spans = [later - earlier for earlier, later in zip(times, times[window.limit :], strict=False)]
    assert min(spans) >= window.period
