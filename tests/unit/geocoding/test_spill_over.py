"""Nobody waits for a provider while another one that finds as much is free, unless order is wanted."""

from __future__ import annotations

import asyncio

import pytest

from app.domain.vocabulary.accuracy import Accuracy
from providers.errors import Busy, RateLimited, Unavailable
from providers.geocoding.base import Geocoder, Location, Query
from providers.geocoding.fallback import AttemptOutcome, GeocoderChain
from providers.rate_limit import LocalRateLimiter, Window
from tests.unit.providers.fake_time import FakeTime

QUERY = Query("12 Main St", "Anchorage")


class Limited(Geocoder):
    """Finds everything, as fast as its window allows."""

    def __init__(
        self, name: str, limiter: LocalRateLimiter, window: Window, finest: Accuracy = Accuracy.ROOFTOP
    ) -> None:
        self.name = name  # type: ignore[misc]  # of the class, elsewhere
        self.finest = finest  # type: ignore[misc]
        self.active_windows = (window,)
        self.limiter = limiter
        self.refusals = 0
        self.asked = 0

    async def geocode(self, query: Query, timeout: float, patience: float | None = None) -> Location | None:
        if patience is None:
            await self.limiter.acquire(self.name, self.active_windows)
        elif not await self.limiter.try_acquire(self.name, self.active_windows, within=patience):
            raise Busy("", provider=self.name, wait=self.limiter.expected_wait(self.name, self.active_windows))
        self.asked += 1
        if self.refusals:
            self.refusals -= 1
            raise RateLimited("too fast", provider=self.name, retry_after=2.0)
        return Location(61.0, -149.0, self.finest, 0.5, self.name, "12 Main St")

    async def pause(self, seconds: float, reason: str = "") -> None:
        await self.limiter.penalise(self.name, seconds, reason)


@pytest.fixture
def clock() -> FakeTime:
    return FakeTime(1_772_366_400.0)


@pytest.fixture
def limiter(clock: FakeTime) -> LocalRateLimiter:
    return LocalRateLimiter(clock.time, clock.sleep)


async def geocode_all(chain: GeocoderChain, count: int, at_once: int, strict_order: bool = False) -> None:
    left = iter(range(count))

    async def ask() -> None:
        for _ in left:
            assert (await chain.geocode(QUERY, strict_order=strict_order)).location is not None

    await asyncio.gather(*(ask() for _ in range(at_once)))


@pytest.mark.parametrize("windows", [(20, 20), (2, 50), (50, 2, 10)])
async def test_together_they_are_as_fast_as_the_sum(
    clock: FakeTime, limiter: LocalRateLimiter, windows: tuple[int, ...]
) -> None:
    geocoders = [Limited(f"{i}", limiter, Window(limit, 1.0)) for i, limit in enumerate(windows)]
    seconds = 10
    start = clock.time()
    await clock.run(geocode_all(GeocoderChain(geocoders), sum(windows) * seconds, at_once=40))
    assert seconds <= clock.time() - start <= seconds / 0.9
    for geocoder, limit in zip(geocoders, windows, strict=True):
        assert geocoder.asked >= 0.8 * limit * seconds


async def test_the_first_is_preferred_while_it_is_free(clock: FakeTime, limiter: LocalRateLimiter) -> None:
    first, second = (Limited(name, limiter, Window(1000, 1.0)) for name in "ab")
    await clock.run(geocode_all(GeocoderChain([first, second]), 100, at_once=1))
    assert (first.asked, second.asked) == (100, 0)


async def test_a_strict_order_waits(clock: FakeTime, limiter: LocalRateLimiter) -> None:
    first, second = (Limited(name, limiter, Window(10, 1.0)) for name in "ab")
    await clock.run(geocode_all(GeocoderChain([first, second]), 30, at_once=10, strict_order=True))
    assert (first.asked, second.asked) == (30, 0)


async def test_a_requested_provider_passes_nothing_on(clock: FakeTime, limiter: LocalRateLimiter) -> None:
    first, second = (Limited(name, limiter, Window(10, 1.0)) for name in "ab")
    chain = GeocoderChain([first, second])

    async def ask_for_b() -> None:
        await asyncio.gather(*(chain.geocode(QUERY, "b") for _ in range(20)))
        await chain.geocode_many([QUERY] * 20, "b")

    await clock.run(ask_for_b())
    assert (first.asked, second.asked) == (0, 40)


@pytest.mark.parametrize("finest", [Accuracy.POSTCODE, Accuracy.INTERPOLATED])
async def test_nothing_spills_over_to_a_coarser_provider(
    clock: FakeTime, limiter: LocalRateLimiter, finest: Accuracy
) -> None:
    first = Limited("a", limiter, Window(10, 1.0))
    coarser = Limited("b", limiter, Window(1000, 1.0), finest)
    await clock.run(geocode_all(GeocoderChain([first, coarser]), 30, at_once=10))
    assert (first.asked, coarser.asked) == (30, 0)


async def test_a_rate_limited_provider_is_left_for_the_others(clock: FakeTime, limiter: LocalRateLimiter) -> None:
    first, second = (Limited(name, limiter, Window(1000, 1.0)) for name in "ab")
    first.refusals = 1
    chain = GeocoderChain([first, second])
    start = clock.time()
    answer = await clock.run(chain.geocode(QUERY))
    assert [(one.provider, one.outcome) for one in answer.attempts] == [("b", AttemptOutcome.FOUND)]
    assert clock.time() - start < 0.1
    alone = await clock.run(GeocoderChain([first]).geocode(QUERY))
    assert alone.location is not None
    assert clock.time() - start >= 2.0


async def test_if_all_refuse_it_waits_and_retries(clock: FakeTime, limiter: LocalRateLimiter) -> None:
    both = [Limited(name, limiter, Window(1000, 1.0)) for name in "ab"]
    for geocoder in both:
        geocoder.refusals = 1
    answer = await clock.run(GeocoderChain(both).geocode(QUERY))
    assert [one.outcome for one in answer.attempts] == [AttemptOutcome.FOUND]


async def test_a_failing_first_is_replaced_by_the_next(clock: FakeTime, limiter: LocalRateLimiter) -> None:
    class Dead(Limited):
        async def geocode(self, query: Query, timeout: float, patience: float | None = None) -> Location | None:
            raise Unavailable("gone", provider=self.name)

    dead, alive = Dead("a", limiter, Window(10, 1.0)), Limited("b", limiter, Window(10, 1.0))
    answer = await clock.run(GeocoderChain([dead, alive]).geocode(QUERY))
    assert [(one.provider, one.outcome) for one in answer.attempts] == [
        ("a", AttemptOutcome.UNAVAILABLE),
        ("b", AttemptOutcome.FOUND),
    ]
