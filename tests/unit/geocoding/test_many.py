"""Many queries at once: batches where providers take them, single requests elsewhere; points; breakers in the chain."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import pytest

from app.domain.vocabulary.accuracy import Accuracy
from providers.breaker import FAILURES
from providers.errors import ProviderError, Unavailable
from providers.geocoding.base import Geocoder, Location, Query
from providers.geocoding.fallback import AttemptOutcome, GeocoderChain

QUERIES = [Query(f"{number} Main St", "Anchorage") for number in range(1, 26)]


def found(provider: str, query: Query) -> Location:
    return Location(61.0, -149.0, Accuracy.ROOFTOP, 1.0, provider, query.line)


class Knowing(Geocoder):
    """Knows the houses whose number is a multiple of `factor`; counts the queries of each call."""

    reverses = True

    def __init__(self, name: str, factor: int, batch_size: int = 1) -> None:
        self.name = name  # type: ignore[misc]  # of the class, elsewhere
        self.batch_size = batch_size  # type: ignore[misc]
        self.factor = factor
        self.calls: list[int] = []
        self.failure: ProviderError | None = None

    async def geocode(self, query: Query, timeout: float, patience: float | None = None) -> Location | None:
        return self._answer([query])[0]

    async def geocode_batch(self, queries: Sequence[Query], timeout: float) -> list[Location | None | ProviderError]:
        return [*self._answer(queries)]

    async def reverse(
        self, latitude: float, longitude: float, timeout: float, asker: UUID | None = None
    ) -> Location | None:
        return self._answer([Query("1 Main St")])[0]

    def _answer(self, queries: Sequence[Query]) -> list[Location | None]:
        self.calls.append(len(queries))
        if self.failure:
            raise self.failure
        return [
            found(self.name, query) if int(query.house_number or 0) % self.factor == 0 else None for query in queries
        ]


async def test_batches_are_as_large_as_the_provider_takes_them() -> None:
    batches = Knowing("a", 1, batch_size=10)
    chain = GeocoderChain([batches])
    answers = await chain.geocode_many(QUERIES)
    assert batches.calls == [10, 10, 5]
    assert [answer.location and answer.location.matched_address for answer in answers] == [q.line for q in QUERIES]
    assert chain.batch_size == 10


async def test_each_provider_gets_the_rest_of_the_previous_one() -> None:
    single, batches, last = Knowing("a", 5), Knowing("b", 2, batch_size=100), Knowing("c", 3, batch_size=100)
    answers = await GeocoderChain([single, batches, last]).geocode_many(QUERIES)
    assert single.calls == [1] * 25
    assert batches.calls == [20]
    assert last.calls == [10]
    by = [answer.location.provider if answer.location else "-" for answer in answers]
    assert "".join(by[:10]) == "-bcbab-bca"


async def test_a_single_query_needs_no_batch() -> None:
    batches = Knowing("a", 1, batch_size=100)
    await GeocoderChain([batches]).geocode_many(QUERIES[:1])
    assert batches.calls == [1]
    assert await GeocoderChain([batches]).geocode_many([]) == []


async def test_a_batch_that_failed_goes_to_the_next() -> None:
    broken, other = Knowing("a", 1, batch_size=100), Knowing("b", 1, batch_size=100)
    broken.failure = Unavailable("gone", provider="a")
    answers = await GeocoderChain([broken, other]).geocode_many(QUERIES)
    assert all(answer.location and answer.location.provider == "b" for answer in answers)
    assert answers[0].reason() == "a: gone; b: found (rooftop)"


async def test_one_failed_query_of_a_batch_goes_to_the_next_alone() -> None:
    class OneFails(Knowing):
        async def geocode_batch(
            self, queries: Sequence[Query], timeout: float
        ) -> list[Location | None | ProviderError]:
            replies = await super().geocode_batch(queries, timeout)
            return [Unavailable("lost", provider="a"), *replies[1:]]

    first, second = OneFails("a", 1, batch_size=100), Knowing("b", 1, batch_size=100)
    answers = await GeocoderChain([first, second]).geocode_many(QUERIES)
    assert second.calls == [1]
    assert [one.outcome for one in answers[0].attempts] == [AttemptOutcome.UNAVAILABLE, AttemptOutcome.FOUND]


async def test_without_fallback_the_first_is_alone() -> None:
    first, second = Knowing("a", 2, batch_size=100), Knowing("b", 1, batch_size=100)
    answers = await GeocoderChain([first, second]).geocode_many(QUERIES, use_fallback=False)
    assert second.calls == []
    assert sum(answer.location is not None for answer in answers) == 12


async def test_a_point_goes_to_those_that_know_points() -> None:
    class Forward(Knowing):
        reverses = False

    forward, unknowing, knowing = Forward("a", 1), Knowing("b", 2), Knowing("c", 1)
    answer = await GeocoderChain([forward, unknowing, knowing]).reverse(61.0, -149.0)
    assert forward.calls == []
    assert [(one.provider, one.outcome) for one in answer.attempts] == [
        ("b", AttemptOutcome.NO_MATCH),
        ("c", AttemptOutcome.FOUND),
    ]


@pytest.mark.parametrize("batch_size", [1, 100])
async def test_a_provider_that_fails_repeatedly_is_skipped(batch_size: int) -> None:
    dead, alive = Knowing("a", 1, batch_size), Knowing("b", 1)
    dead.failure = Unavailable("no answer", provider="a")
    chain = GeocoderChain([dead, alive])
    for _ in range(FAILURES + 3):
        answer = await chain.geocode(QUERIES[0])
    assert len(dead.calls) == FAILURES
    assert answer.attempts[0].outcome is AttemptOutcome.RESTING
    assert answer.attempts[0].detail == f"left alone after {FAILURES} failures in a row"
    state = (await chain.states())[0]
    assert (state.on, state.breaker, state.errors) == (False, "open", FAILURES)
    assert chain.batch_size == 1


async def test_a_dead_provider_s_batches_are_not_sent_on_and_on() -> None:
    dead = Knowing("a", 1, batch_size=1 + 1)
    dead.failure = Unavailable("no answer", provider="a")
    answers = await GeocoderChain([dead]).geocode_many(QUERIES)
    assert len(dead.calls) == FAILURES
    assert [answer.attempts[0].outcome for answer in answers].count(AttemptOutcome.RESTING) == 25 - 2 * FAILURES
