"""When what is kept will do, what is made of it, and what of an answer is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.db.geocoding.cache import NO_MATCH_KEPT, Said
from app.domain.geocoding.model import Address, GeocodeOptions, Place
from app.domain.vocabulary.accuracy import Accuracy
from providers.geocoding.base import Location
from providers.geocoding.fallback import Answer, Attempt, Outcome
from workers.geocoding.decisions import Plan, Source

ADDRESS = Address("1 Main St", "Concord", None, "CA", "94520", "us")
WEEK = timedelta(days=7)


def plan(*order: str, **options: Any) -> Plan:
    """`temporary` may not be kept, `offline` asks nobody, the others are kept for a week."""
    names = order or ("a", "b")
    outside = frozenset(names) - {"offline"}
    return Plan(GeocodeOptions(**options), names, outside, {name: WEEK for name in outside - {"temporary"}})


def said(provider: str, accuracy: str | None, *contradicts: str, confidence: float = 0.5) -> Said:
    place = Place(1.0, 2.0, Accuracy(accuracy), confidence, provider, "x", None, None) if accuracy else None
    return Said(provider, place, contradicts)


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
def test_what_is_kept_will_do_where_nobody_could_do_better(kept: list[Said], decided: bool) -> None:
    assert plan().decided(kept, ADDRESS) is decided


def test_what_a_job_asks_for_counts() -> None:
    assert not plan(min_accuracy="rooftop").decided([said("a", "street")], ADDRESS)
    assert not plan(provider_id="a").decided([said("b", "rooftop")], ADDRESS)
    assert plan(provider_id="a").decided([said("a", None), said("b", "rooftop")], ADDRESS)
    assert not plan(strict_order=True).decided([said("b", "rooftop")], ADDRESS)
    assert plan(strict_order=True).decided([said("a", None), said("b", "rooftop")], ADDRESS)
    assert plan("a", "b").decided([said("a", "place"), said("b", "place")], ADDRESS)


def test_the_offline_geocoder_has_its_say_where_the_others_knew_nothing() -> None:
    with_offline = plan("a", "offline")
    assert not with_offline.decided([said("a", None)], ADDRESS)
    assert not with_offline.must_ask_outside([said("a", None)])
    assert with_offline.must_ask_outside([])


def location(provider: str, accuracy: str, *contradicts: str, confidence: float = 0.5) -> Location:
    return Location(1.0, 2.0, Accuracy(accuracy), confidence, provider, "x", contradicts=contradicts)


def test_the_best_of_what_is_kept_and_what_is_answered() -> None:
    answer = Answer(location("b", "postcode"), (Attempt("b", Outcome.COARSE, "coarse"),), (location("b", "postcode"),))
    verdict = plan().conclude(ADDRESS, [said("a", "place", confidence=0.3)], answer)
    assert verdict.place is not None and verdict.place.provider == "b"
    assert (len(verdict.places), verdict.source) == (2, Source.ASKED)
    kept = plan().conclude(ADDRESS, [said("a", "place", confidence=0.9), said("b", "region", confidence=0.1)], None)
    assert kept.place is not None and (kept.place.provider, kept.source) == ("a", Source.KEPT)


def test_another_state_is_the_last_resort() -> None:
    verdict = plan().conclude(
        ADDRESS, [said("a", "rooftop", "state", confidence=0.5), said("b", "place", confidence=0.3)], None
    )
    assert verdict.place is not None and verdict.place.provider == "b"


def test_the_reason_names_everybody_in_order() -> None:
    answer = Answer(None, (Attempt("b", Outcome.UNAVAILABLE, "HTTP 503"),))
    verdict = plan().conclude(ADDRESS, [said("a", None)], answer)
    assert (verdict.place, verdict.reason) == (None, "a: no match; b: HTTP 503")


def test_only_words_are_kept_that_may_be() -> None:
    found = location("a", "place"), location("temporary", "rooftop"), location("offline", "postcode")
    attempts = (
        Attempt("a", Outcome.COARSE, ""),
        Attempt("temporary", Outcome.FOUND, ""),
        Attempt("b", Outcome.NO_MATCH, ""),
        Attempt("c", Outcome.UNAVAILABLE, ""),
    )
    learnt = plan("a", "temporary", "b", "c", "offline").learnt("key", Answer(found[1], attempts, found))
    assert [(one.said.provider, one.said.place is None, one.keeps) for one in learnt] == [
        ("a", False, WEEK),
        ("b", True, NO_MATCH_KEPT),
    ]
