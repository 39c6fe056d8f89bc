"""The local limiter, on a fake clock: the common suite, and what only a fake clock can show exactly."""

from __future__ import annotations

import random
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

from providers.errors import QuotaExceeded
from providers.rate_limit import LocalRateLimiter, Window, window_of_rate
from providers.rate_limit.clock import RemoteClock
from providers.rate_limit.pacing import PacedRateLimiter
from tests.unit.providers.fake_time import FakeTime
from tests.unit.providers.rate_limiter_suite import RateLimiterSuite, assert_within, send

T = TypeVar("T")

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
SECOND = Window(20, 1.0)


@pytest.fixture
def clock() -> FakeTime:
    return FakeTime(NOON)


@pytest.fixture
def limiter(clock: FakeTime) -> LocalRateLimiter:
    return LocalRateLimiter(clock.time, clock.sleep)


class TestLocalRateLimiter(RateLimiterSuite):
    @pytest.fixture
    def limiters(self, limiter: LocalRateLimiter, clock: FakeTime) -> Sequence[PacedRateLimiter]:
        self.clock = clock
        return [limiter]

    async def passing(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return await self.clock.run(coroutine)


@pytest.mark.parametrize("window", [SECOND, Window(1, 1.0), Window(60, 60.0), Window(500, 1.0)])
async def test_at_least_97_percent_of_a_limit_are_used(
    limiter: LocalRateLimiter, clock: FakeTime, window: Window
) -> None:
    times = await clock.run(send([limiter], [window], 5 * window.limit))
    rate = (len(times) - 1) / (times[-1] - times[0])
    assert 0.97 <= rate / (window.limit / window.period) < 1


async def test_a_longer_window_is_used_as_well(limiter: LocalRateLimiter, clock: FakeTime) -> None:
    minute = Window(60, 60.0)
    times = await clock.run(send([limiter], [Window(2, 1.0), minute], 241))
    assert_within(times, minute)
    assert 240 / (times[-1] - times[0]) >= 0.97


@pytest.mark.parametrize("oversleep", [0.002, 0.02, 0.06, 0.3])
async def test_a_caller_that_wakes_up_late_takes_another_slot(
    limiter: LocalRateLimiter, clock: FakeTime, oversleep: float
) -> None:
    clock.oversleep = uneven(oversleep)
    assert_within(await clock.run(send([limiter], [SECOND], 60)), SECOND)


async def test_sends_leave_room_for_the_network(limiter: LocalRateLimiter, clock: FakeTime) -> None:
    clock.oversleep = uneven(0.004)
    times = await clock.run(send([limiter], [SECOND], 60))
    assert min(later - earlier for earlier, later in zip(times, times[SECOND.limit :], strict=False)) >= 1.015


def uneven(most: float) -> Callable[[], float]:
    """Delays of up to `most` seconds, the same in every run."""
    numbers = random.Random(7)
    return lambda: numbers.uniform(0, most)


async def test_the_next_day_has_an_allowance_of_its_own(limiter: LocalRateLimiter, clock: FakeTime) -> None:
    await limiter.acquire("provider", [], daily=1)
    with pytest.raises(QuotaExceeded) as caught:
        await limiter.acquire("provider", [], daily=1)
    assert caught.value.resets_at == datetime(2026, 3, 2, tzinfo=UTC)
    await clock.run(clock.sleep(12 * 3600))
    await limiter.acquire("provider", [], daily=1)


@pytest.mark.parametrize(
    ("rate", "window"),
    [(20, Window(20, 1.0)), (1, Window(1, 1.0)), (2.5, Window(2, 0.8)), (0.1, Window(1, 10.0))],
)
def test_the_window_of_a_rate(rate: float, window: Window) -> None:
    assert window_of_rate(rate) == window


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf")])
def test_no_rate_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="rate"):
        window_of_rate(rate)


@pytest.mark.parametrize(("limit", "period"), [(0, 1.0), (1, 0.0), (1, float("nan"))])
def test_an_impossible_window_is_refused(limit: int, period: float) -> None:
    with pytest.raises(ValueError, match="window"):
        Window(limit, period)


class TestRemoteClock:
    def test_the_fastest_response_decides(self) -> None:
        local = 100.0
        clock = RemoteClock(lambda: local)
        clock.observe(sent=90.0, received=90.002, remote=1090.001)
        clock.observe(sent=91.0, received=94.0, remote=1091.0)
        assert clock.now() == pytest.approx(1100.0, abs=0.001)

    def test_a_clock_that_was_set_is_believed(self) -> None:
        clock = RemoteClock(lambda: 100.0)
        clock.observe(sent=90.0, received=90.002, remote=1090.001)
        clock.observe(sent=95.0, received=95.002, remote=2095.001)
        assert clock.now() == pytest.approx(2100.0, abs=0.001)
