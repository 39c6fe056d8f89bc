"""The plan of geocoders: when cached answers suffice, which place is chosen, and which answers are cached."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.db.geocoding.cache import NO_MATCH_TTL, CachedAnswer
from app.domain.addresses.postal_address import Address
from app.domain.geocoding.options import GeocodeOptions
from app.domain.geocoding.places import GeocodedPlace
from app.domain.vocabulary.accuracy import Accuracy
from providers.geocoding.base import Location
from providers.geocoding.fallback import Answer, Attempt, AttemptOutcome
from workers.geocoding.plan import GeocodePlan
from workers.geocoding.resolution import AnswerSource

ADDRESS = Address("1 Main St", "Concord", None, "CA", "94520", "us")
WEEK = timedelta(days=7)


def plan(*order: str, **options: Any) -> GeocodePlan:
    """Answers of `temporary` may not be cached, `offline` sends no requests, the others are cached for a week."""
    names = order or ("a", "b")
    remote = frozenset(names) - {"offline"}
    return GeocodePlan(GeocodeOptions(**options), names, remote, {name: WEEK for name in remote - {"temporary"}})


def cached(provider: str, accuracy: str | None, *contradicts: str, confidence: float = 0.5) -> CachedAnswer:
    place = GeocodedPlace(1.0, 2.0, Accuracy(accuracy), confidence, provider, "x", None, None) if accuracy else None
    return CachedAnswer(provider, place, contradicts)


@pytest.mark.parametrize(
    ("answers", "decided"),
    [
        ([], False),
        ([cached("a", "rooftop")], True),
        ([cached("b", "street")], True),
        ([cached("a", "place")], False),
        ([cached("a", None)], False),
        ([cached("a", "rooftop", "postcode")], False),
        ([cached("a", "place"), cached("b", None)], True),
        ([cached("a", None), cached("b", None)], True),
    ],
)
def test_cached_results_suffice_unless_a_geocoder_may_be_finer(answers: list[CachedAnswer], decided: bool) -> None:
    assert plan().is_decided(answers, ADDRESS) is decided


def test_the_options_decide() -> None:
    assert not plan(min_accuracy="rooftop").is_decided([cached("a", "street")], ADDRESS)
    assert not plan(provider_id="a").is_decided([cached("b", "rooftop")], ADDRESS)
    assert plan(provider_id="a").is_decided([cached("a", None), cached("b", "rooftop")], ADDRESS)
    assert not plan(strict_order=True).is_decided([cached("b", "rooftop")], ADDRESS)
    assert plan(strict_order=True).is_decided([cached("a", None), cached("b", "rooftop")], ADDRESS)
    assert plan("a", "b").is_decided([cached("a", "place"), cached("b", "place")], ADDRESS)


def test_the_offline_geocoder_is_used_after_cached_misses() -> None:
    with_offline = plan("a", "offline")
    assert not with_offline.is_decided([cached("a", None)], ADDRESS)
    assert not with_offline.needs_network([cached("a", None)])
    assert with_offline.needs_network([])


def location(provider: str, accuracy: str, *contradicts: str, confidence: float = 0.5) -> Location:
    return Location(1.0, 2.0, Accuracy(accuracy), confidence, provider, "x", contradicts=contradicts)


def test_the_best_of_cached_and_new_results_is_chosen() -> None:
    answer = Answer(
        location("b", "postcode"), (Attempt("b", AttemptOutcome.COARSE, "coarse"),), (location("b", "postcode"),)
    )
    resolution = plan().resolve(ADDRESS, [cached("a", "place", confidence=0.3)], answer)
    assert resolution.place is not None and resolution.place.provider == "b"
    assert (len(resolution.places), resolution.source) == (2, AnswerSource.ASKED)
    kept = plan().resolve(ADDRESS, [cached("a", "place", confidence=0.9), cached("b", "region", confidence=0.1)], None)
    assert kept.place is not None and (kept.place.provider, kept.source) == ("a", AnswerSource.CACHED)


def test_another_state_is_the_last_resort() -> None:
    resolution = plan().resolve(
        ADDRESS, [cached("a", "rooftop", "state", confidence=0.5), cached("b", "place", confidence=0.3)], None
    )
    assert resolution.place is not None and resolution.place.provider == "b"


def test_the_reason_names_every_provider_in_order() -> None:
    answer = Answer(None, (Attempt("b", AttemptOutcome.UNAVAILABLE, "HTTP 503"),))
    resolution = plan().resolve(ADDRESS, [cached("a", None)], answer)
    assert (resolution.place, resolution.reason) == (None, "a: no match; b: HTTP 503")


def test_only_results_that_may_be_cached_are_cached() -> None:
    found = location("a", "place"), location("temporary", "rooftop"), location("offline", "postcode")
    attempts = (
        Attempt("a", AttemptOutcome.COARSE, ""),
        Attempt("temporary", AttemptOutcome.FOUND, ""),
        Attempt("b", AttemptOutcome.NO_MATCH, ""),
        Attempt("c", AttemptOutcome.UNAVAILABLE, ""),
    )
    cacheable = plan("a", "temporary", "b", "c", "offline").cacheable_answers("key", Answer(found[1], attempts, found))
    assert [(new.answer.provider, new.answer.place is None, new.ttl) for new in cacheable] == [
        ("a", False, WEEK),
        ("b", True, NO_MATCH_TTL),
    ]
