"""Who is asked, in which order, until when, and who is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from app.domain.vocabulary.accuracy import Accuracy
from providers.errors import (
    BadRequest,
    Misconfigured,
    ProviderError,
    QuotaExceeded,
    RateLimited,
    Unavailable,
    next_utc_midnight,
)
from providers.geocoding.base import Geocoder, Location, Query
from providers.geocoding.cooldown import PROBE_INTERVAL, Cooldowns
from providers.geocoding.fallback import Answer, AttemptOutcome, GeocoderChain

QUERY = Query("12 Main St", "Anchorage")
Reply = Accuracy | Location | ProviderError | None


class Scripted(Geocoder):
    """Gives its replies in turn, and the last one for ever."""

    def __init__(self, name: str, *replies: Reply) -> None:
        self.name = name  # type: ignore[misc]  # of the class, elsewhere
        self.replies = list(replies)
        self.asked = 0
        self.pauses: list[float] = []

    async def geocode(self, query: Query, timeout: float, patience: float | None = None) -> Location | None:
        self.asked += 1
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, ProviderError):
            raise reply
        if isinstance(reply, Location):
            return reply
        return None if reply is None else Location(61.0, -149.0, reply, 0.5, self.name, "12 Main St")

    async def pause(self, seconds: float, reason: str = "") -> None:
        self.pauses.append(seconds)


def outcomes(answer: Answer) -> list[tuple[str, AttemptOutcome]]:
    return [(attempt.provider, attempt.outcome) for attempt in answer.attempts]


async def test_the_first_fine_result_ends_the_chain() -> None:
    last = Scripted("b", Accuracy.ROOFTOP)
    answer = await GeocoderChain([Scripted("a", Accuracy.STREET), last]).geocode(QUERY)
    assert answer.location is not None and answer.location.provider == "a"
    assert last.asked == 0


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (None, AttemptOutcome.NO_MATCH),
        (Accuracy.POSTCODE, AttemptOutcome.COARSE),
        (Accuracy.PLACE, AttemptOutcome.COARSE),
        (Accuracy.REGION, AttemptOutcome.COARSE),
        (Unavailable("gone"), AttemptOutcome.UNAVAILABLE),
        (BadRequest("what?"), AttemptOutcome.BAD_REQUEST),
        (Misconfigured("bad key"), AttemptOutcome.MISCONFIGURED),
        (QuotaExceeded("all used"), AttemptOutcome.QUOTA_EXCEEDED),
        (RateLimited("too fast", retry_after=0.0), AttemptOutcome.RATE_LIMITED),
    ],
)
async def test_the_chain_continues_after(reply: Reply, outcome: AttemptOutcome) -> None:
    chain = GeocoderChain([Scripted("a", reply), Scripted("b", Accuracy.ROOFTOP)])
    answer = await chain.geocode(QUERY, strict_order=True)
    assert outcomes(answer) == [("a", outcome), ("b", AttemptOutcome.FOUND)]
    assert answer.location is not None and answer.location.provider == "b"


async def test_the_best_coarse_result_is_the_last_resort() -> None:
    chain = GeocoderChain([Scripted("a", Accuracy.PLACE), Scripted("b", Accuracy.POSTCODE), Scripted("c", None)])
    answer = await chain.geocode(QUERY)
    assert answer.location is not None and answer.location.provider == "b"
    assert answer.reason() == "a: only a place found; b: only a postcode found; c: no match"


def found(provider: str, accuracy: Accuracy, confidence: float, *contradicts: str) -> Location:
    return Location(61.0, -149.0, accuracy, confidence, provider, "12 Main St", contradicts=contradicts)


async def test_a_contradictory_result_does_not_end_the_chain() -> None:
    other = found("a", Accuracy.ROOFTOP, 0.5, "house_number", "postcode")
    chain = GeocoderChain([Scripted("a", other), Scripted("b", Accuracy.STREET)])
    answer = await chain.geocode(QUERY)
    assert outcomes(answer) == [("a", AttemptOutcome.CONTRADICTORY), ("b", AttemptOutcome.FOUND)]
    assert answer.attempts[0].detail == "found another house number and postcode"
    assert answer.location is not None and answer.location.provider == "b"
    assert [location.provider for location in answer.locations] == ["a", "b"]


async def test_the_last_resort_is_the_most_trusted_result_in_the_right_state() -> None:
    replies = {
        "a": found("a", Accuracy.ROOFTOP, 0.5, "state"),
        "b": found("b", Accuracy.ROOFTOP, 0.5, "postcode"),
        "c": found("c", Accuracy.POSTCODE, 0.4),
    }
    chain = GeocoderChain([Scripted(name, reply) for name, reply in replies.items()])
    answer = await chain.geocode(QUERY)
    assert answer.location == replies["b"]
    assert (await GeocoderChain([Scripted("a", replies["a"])]).geocode(QUERY)).location == replies["a"]
    beside = GeocoderChain([Scripted("a", replies["a"]), Scripted("c", replies["c"])])
    assert (await beside.geocode(QUERY)).location == replies["c"]


@pytest.mark.parametrize(
    ("query", "minimum", "found"),
    [
        (Query(city="Anchorage"), None, True),
        (Query(postcode="99501"), None, True),
        (Query("Main St", "Anchorage"), None, False),
        (QUERY, Accuracy.PLACE, True),
    ],
)
async def test_coarse_is_relative_to_the_query(query: Query, minimum: Accuracy | None, found: bool) -> None:
    answer = await GeocoderChain([Scripted("a", Accuracy.PLACE)]).geocode(query, min_accuracy=minimum)
    assert (answer.attempts[0].outcome is AttemptOutcome.FOUND) is found


async def test_a_street_is_too_coarse_where_a_house_is_demanded() -> None:
    chain = GeocoderChain([Scripted("a", Accuracy.STREET), Scripted("b", Accuracy.ROOFTOP)])
    answer = await chain.geocode(QUERY, min_accuracy=Accuracy.INTERPOLATED)
    assert answer.location is not None and answer.location.provider == "b"


@pytest.mark.parametrize(
    ("provider_id", "use_fallback", "order"),
    [(None, True, "abc"), (None, False, "a"), ("b", True, "bac"), ("b", False, "b")],
)
async def test_the_order(provider_id: str | None, use_fallback: bool, order: str) -> None:
    chain = GeocoderChain([Scripted(name, None) for name in "abc"])
    answer = await chain.geocode(QUERY, provider_id, use_fallback)
    assert [attempt.provider for attempt in answer.attempts] == list(order)


async def test_an_unknown_provider_is_refused() -> None:
    chain = GeocoderChain([Scripted("a", None)], {"locationiq": "no key configured"})
    with pytest.raises(ValueError, match=r"'nobody' is not available; available: a"):
        await chain.geocode(QUERY, "nobody")
    with pytest.raises(ValueError, match="no key configured"):
        await chain.geocode(QUERY, "locationiq")


async def test_no_geocoder_is_available() -> None:
    answer = await GeocoderChain([]).geocode(QUERY)
    assert (answer.location, answer.reason()) == (None, "no geocoder is configured")


async def test_a_rate_limited_geocoder_is_retried_after_a_pause() -> None:
    busy = Scripted("a", RateLimited("slow down", retry_after=3.0), RateLimited("slow down"), Accuracy.ROOFTOP)
    answer = await GeocoderChain([busy, Scripted("b", None)]).geocode(QUERY, strict_order=True)
    assert outcomes(answer) == [("a", AttemptOutcome.FOUND)]
    assert busy.pauses == [3.0, 1.0]


async def test_twice_and_no_more() -> None:
    busy = Scripted("a", RateLimited("slow down", retry_after=0.5))
    answer = await GeocoderChain([busy, Scripted("b", Accuracy.ROOFTOP)]).geocode(QUERY, strict_order=True)
    assert outcomes(answer) == [("a", AttemptOutcome.RATE_LIMITED), ("b", AttemptOutcome.FOUND)]
    assert busy.asked == 3


async def test_a_long_pause_is_not_waited_for() -> None:
    busy = Scripted("a", RateLimited("slow down", retry_after=60.0))
    chain = GeocoderChain([busy, Scripted("b", Accuracy.ROOFTOP)])
    await chain.geocode(QUERY)
    answer = await chain.geocode(QUERY)
    assert outcomes(answer) == [("a", AttemptOutcome.RESTING), ("b", AttemptOutcome.FOUND)]
    assert (busy.asked, busy.pauses) == (1, [60.0])


async def test_a_geocoder_with_a_used_up_quota_rests_until_a_known_time() -> None:
    spent = Scripted("a", QuotaExceeded("Rate Limited Day", resets_at=next_utc_midnight()))
    chain = GeocoderChain([spent, Scripted("b", None)])
    await chain.geocode(QUERY)
    answer = await chain.geocode(QUERY)
    assert answer.reason() == "a: daily quota used up until 00:00 UTC; b: no match"
    assert spent.asked == 1


@pytest.mark.parametrize("error", [Unavailable("gone"), BadRequest("what?"), RateLimited("wait", retry_after=1.0)])
async def test_a_temporary_failure_does_not_rest_a_geocoder(error: ProviderError) -> None:
    failing = Scripted("a", error)
    chain = GeocoderChain([failing])
    await chain.geocode(QUERY)
    asked = failing.asked
    await chain.geocode(QUERY)
    assert failing.asked == 2 * asked


async def test_a_defect_of_ours_is_not_taken_for_the_provider_s() -> None:
    class Broken(Scripted):
        async def geocode(self, query: Query, timeout: float, patience: float | None = None) -> Location | None:
            raise KeyError("lat")

    with pytest.raises(KeyError):
        await GeocoderChain([Broken("a", None), Scripted("b", None)]).geocode(QUERY)


class TestRests:
    @pytest.fixture
    def now(self) -> list[datetime]:
        return [datetime(2026, 3, 1, 12, tzinfo=UTC)]

    @pytest.fixture
    def cooldowns(self, now: list[datetime]) -> Cooldowns:
        return Cooldowns(lambda: now[0])

    def test_a_quota_rests_until_it_resets(self, cooldowns: Cooldowns, now: list[datetime]) -> None:
        cooldowns.after("a", QuotaExceeded("", resets_at=next_utc_midnight(now[0])))
        assert asked(cooldowns, now, [timedelta(hours=11), timedelta(hours=1)]) == [False, True]
        assert cooldowns.reason("a") is None

    @pytest.mark.parametrize("error", [QuotaExceeded("all used"), Misconfigured("bad key")])
    def test_one_query_at_a_time_tries_again(
        self, cooldowns: Cooldowns, now: list[datetime], error: ProviderError
    ) -> None:
        cooldowns.after("a", error)
        assert asked(cooldowns, now, [PROBE_INTERVAL, timedelta()]) == [True, False]
        cooldowns.after("a", error)
        assert asked(cooldowns, now, [timedelta(minutes=1), PROBE_INTERVAL]) == [False, True]

    def test_a_result_ends_the_rest(self, cooldowns: Cooldowns, now: list[datetime]) -> None:
        cooldowns.after("a", Misconfigured("bad key"))
        cooldowns.end("a")
        assert cooldowns.reason("a") is None

    def test_a_long_pause_rests_as_long(self, cooldowns: Cooldowns, now: list[datetime]) -> None:
        cooldowns.after("a", RateLimited("", retry_after=60))
        assert asked(cooldowns, now, [timedelta(seconds=59), timedelta(seconds=1)]) == [False, True]

    def test_others_are_not_concerned(self, cooldowns: Cooldowns) -> None:
        cooldowns.after("a", Misconfigured("bad key"))
        assert cooldowns.reason("b") is None

    def test_a_bad_key_is_logged_once(self, cooldowns: Cooldowns, now: list[datetime]) -> None:
        with capture_logs() as logs:
            for _ in range(3):
                cooldowns.after("a", Misconfigured("bad key"))
        assert [entry["event"] for entry in logs] == ["geocoder_misconfigured"]


def asked(cooldowns: Cooldowns, now: list[datetime], steps: Sequence[timedelta]) -> list[bool]:
    """Whether the provider is asked after each step of time."""
    seen = []
    for step in steps:
        now[0] += step
        seen.append(cooldowns.reason("a") is None)
    return seen
