"""When what is kept will do, what is made of it, and what of an answer is kept."""

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
from providers.geocoding.fallback import Answer, Attempt, Outcome
from workers.geocoding.plan import GeocodePlan
from workers.geocoding.resolution import Source

ADDRESS = Address("1 Main St", "Concord", None, "CA", "94520", "us")
WEEK = timedelta(days=7)


def plan(*order: str, **options: Any) -> GeocodePlan:
    """`temporary` may not be kept, `offline` asks nobody, the others are kept for a week."""
    names = order or ("a", "b")
    remote = frozenset(names) - {"offline"}
    return GeocodePlan(GeocodeOptions(**options), names, remote, {name: WEEK for name in remote - {"temporary"}})


def said(provider: str, accuracy: str | None, *contradicts: str, confidence: float = 0.5) -> CachedAnswer:
    place = GeocodedPlace(1.0, 2.0, Accuracy(accuracy), confidence, provider, "x", None, None) if accuracy else None
    return CachedAnswer(provider, place, contradicts)


@pytest.mark.parametrize(
    ("kept", "decided"),
    [
        ([], False),
        ([said("a", "rooftop")], True),
        ([said("b", "street")], True),
        ([said("a", "place")], False),
        ([said("a", None)], False),
        ([said("a", "rooftop", "postcode")], False),
        ([said("a", "place"), said("b", None)], True),
        ([said("a", None), said("b", None)], True),
    ],
)
def test_what_is_kept_will_do_where_nobody_could_do_better(kept: list[CachedAnswer], decided: bool) -> None:
    assert plan().is_decided(kept, ADDRESS) is decided


def test_what_a_job_asks_for_counts() -> None:
    assert not plan(min_accuracy="rooftop").is_decided([said("a", "street")], ADDRESS)
    assert not plan(provider_id="a").is_decided([said("b", "rooftop")], ADDRESS)
    assert plan(provider_id="a").is_decided([said("a", None), said("b", "rooftop")], ADDRESS)
    assert not plan(strict_order=True).is_decided([said("b", "rooftop")], ADDRESS)
    assert plan(strict_order=True).is_decided([said("a", None), said("b", "rooftop")], ADDRESS)
    assert plan("a", "b").is_decided([said("a", "place"), said("b", "place")], ADDRESS)


def test_the_offline_geocoder_has_its_say_where_the_others_knew_nothing() -> None:
    with_offline = plan("a", "offline")
    assert not with_offline.is_decided([said("a", None)], ADDRESS)
    assert not with_offline.needs_network([said("a", None)])
    assert with_offline.needs_network([])


def location(provider: str, accuracy: str, *contradicts: str, confidence: float = 0.5) -> Location:
    return Location(1.0, 2.0, Accuracy(accuracy), confidence, provider, "x", contradicts=contradicts)


def test_the_best_of_what_is_kept_and_what_is_answered() -> None:
    answer = Answer(location("b", "postcode"), (Attempt("b", Outcome.COARSE, "coarse"),), (location("b", "postcode"),))
    resolution = plan().resolve(ADDRESS, [said("a", "place", confidence=0.3)], answer)
    assert resolution.place is not None and resolution.place.provider == "b"
    assert (len(resolution.places), resolution.source) == (2, Source.ASKED)
    kept = plan().resolve(ADDRESS, [said("a", "place", confidence=0.9), said("b", "region", confidence=0.1)], None)
    assert kept.place is not None and (kept.place.provider, kept.source) == ("a", Source.CACHED)


def test_another_state_is_the_last_resort() -> None:
    resolution = plan().resolve(
        ADDRESS, [said("a", "rooftop", "state", confidence=0.5), said("b", "place", confidence=0.3)], None
    )
    assert resolution.place is not None and resolution.place.provider == "b"


def test_the_reason_names_everybody_in_order() -> None:
    answer = Answer(None, (Attempt("b", Outcome.UNAVAILABLE, "HTTP 503"),))
    resolution = plan().resolve(ADDRESS, [said("a", None)], answer)
    assert (resolution.place, resolution.reason) == (None, "a: no match; b: HTTP 503")


def test_only_words_are_kept_that_may_be() -> None:
    found = location("a", "place"), location("temporary", "rooftop"), location("offline", "postcode")
    attempts = (
        Attempt("a", Outcome.COARSE, ""),
        Attempt("temporary", Outcome.FOUND, ""),
        Attempt("b", Outcome.NO_MATCH, ""),
        Attempt("c", Outcome.UNAVAILABLE, ""),
    )
    cacheable = plan("a", "temporary", "b", "c", "offline").cacheable_answers("key", Answer(found[1], attempts, found))
    assert [(new.answer.provider, new.answer.place is None, new.ttl) for new in cacheable] == [
        ("a", False, WEEK),
        ("b", True, NO_MATCH_TTL),
    ]
