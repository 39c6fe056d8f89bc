"""One scale: what an answer is called, and how far it is trusted."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from app.domain.vocabulary.accuracy import Accuracy
from providers.geocoding.base import Location, Query
from providers.geocoding.confidence import (
    BASE,
    Match,
    assess,
    lower_for_distance,
    postcode,
    same_house,
    same_name,
    state,
)

QUERY = Query("12 Main St", "Anchorage", None, "AK", "99501")
SAME = Match("12", "Main Street", ("Anchorage",), "Alaska", "99501")


@pytest.mark.parametrize("accuracy", list(Accuracy))
def test_full_agreement_is_worth_the_base(accuracy: Accuracy) -> None:
    assert assess(QUERY, SAME, accuracy) == (accuracy, BASE[accuracy], ())


@pytest.mark.parametrize(
    ("match", "accuracy", "confidence"),
    [
        (replace(SAME, house_number="14"), Accuracy.INTERPOLATED, 0.85),
        (replace(SAME, house_number=None), Accuracy.STREET, 0.6),
        (replace(SAME, house_number="12;14"), Accuracy.ROOFTOP, 1.0),
        (replace(SAME, house_number="012"), Accuracy.ROOFTOP, 1.0),
        (replace(SAME, postcode="99502"), Accuracy.STREET, 0.5),
        (replace(SAME, postcode="99501-1234"), Accuracy.ROOFTOP, 1.0),
        (replace(SAME, postcode="99502;99501"), Accuracy.ROOFTOP, 1.0),
        (replace(SAME, state="Texas"), Accuracy.PLACE, 0.3),
        (replace(SAME, state="US-AK"), Accuracy.ROOFTOP, 1.0),
        (replace(SAME, cities=("Juneau",)), Accuracy.ROOFTOP, 0.8),
        (replace(SAME, cities=("Eagle River", "Anchorage")), Accuracy.ROOFTOP, 1.0),
        (replace(SAME, cities=("Juneau",), postcode=None), Accuracy.PLACE, 0.24),
        (replace(SAME, cities=("Juneau",), postcode="99801"), Accuracy.PLACE, 0.24),
        (replace(SAME, cities=("Anchorige",), postcode=None), Accuracy.ROOFTOP, 0.8),
        (replace(SAME, road="Maine Street"), Accuracy.PLACE, 0.24),
        (replace(SAME, road="Main Avenue"), Accuracy.STREET, 0.48),
        (replace(SAME, road="Maine Street", cities=("Juneau",)), Accuracy.PLACE, 0.192),
        (replace(SAME, house_number=None, state="Texas"), Accuracy.PLACE, 0.3),
        (replace(SAME, country="ca"), Accuracy.REGION, 0.1),
        (replace(SAME, country="US"), Accuracy.ROOFTOP, 1.0),
        (Match(), Accuracy.PLACE, 0.3),
    ],
)
def test_differences_reduce_confidence(match: Match, accuracy: Accuracy, confidence: float) -> None:
    claimed = Accuracy.PLACE if match == Match() else Accuracy.ROOFTOP
    assert assess(QUERY, match, claimed)[:2] == (accuracy, confidence)


@pytest.mark.parametrize(
    ("match", "contradicts"),
    [
        (SAME, ()),
        (Match(), ()),
        (replace(SAME, house_number="14"), ("house_number",)),
        (replace(SAME, house_number=None), ()),
        (replace(SAME, postcode="99502", state="TX"), ("postcode", "state")),
        (replace(SAME, cities=("Juneau",)), ()),
        (replace(SAME, cities=("Juneau",), postcode=None, road="Maine Street"), ("road", "city")),
        (replace(SAME, road="West Main Street"), ()),
        (replace(SAME, road="Main Avenue"), ("direction",)),
        (replace(SAME, country="gb"), ("country",)),
    ],
)
def test_contradictions(match: Match, contradicts: tuple[str, ...]) -> None:
    assert assess(QUERY, match, Accuracy.ROOFTOP).contradicts == contradicts


@pytest.mark.parametrize(
    ("found", "offset", "accuracy"),
    [
        (Accuracy.ROOFTOP, 0.0005, Accuracy.ROOFTOP),
        (Accuracy.ROOFTOP, 0.002, Accuracy.STREET),
        (Accuracy.INTERPOLATED, 0.02, Accuracy.PLACE),
        (Accuracy.STREET, 0.005, Accuracy.STREET),
        (Accuracy.POSTCODE, 0.02, Accuracy.POSTCODE),
    ],
)
def test_the_accuracy_is_lowered_far_from_the_point(found: Accuracy, offset: float, accuracy: Accuracy) -> None:
    location = Location(60.0, 25.0, found, BASE[found], "a", "")
    at_point = lower_for_distance(location, 60.0 + offset, 25.0)
    assert (at_point.accuracy, at_point.confidence) == (accuracy, BASE[accuracy])


@pytest.mark.parametrize(
    ("asked", "found", "country", "same"),
    [
        ("12", "012", "us", True),
        ("12", "12;14", "us", True),
        ("12-14", "12-14", "us", True),
        ("12", "12-14", "us", False),
        ("12", "12A", "us", False),
        ("8", "8-12", "fi", True),
        ("10", "8-12", "fi", True),
        ("9", "8-12", "fi", False),
        ("14", "8-12", "fi", False),
        ("29", "29-27", "fi", True),
        ("20 b", "20 B", "fi", True),
        ("21 a", "21a", "fi", True),
        ("20", "20 B", "fi", True),
        ("20 B", "20", "fi", True),
        ("20 A", "20 B", "fi", False),
        ("11 B", "11 B 9", "fi", True),
        ("20", "22;20 C", "fi", True),
        ("8-12", "8", "fi", True),
    ],
)
def test_the_same_house(asked: str, found: str, country: str, same: bool) -> None:
    assert same_house(asked, found, country) is same


def test_another_house_on_an_interpolated_street_is_the_street() -> None:
    assert assess(QUERY, replace(SAME, house_number="14"), Accuracy.INTERPOLATED)[:2] == (Accuracy.STREET, 0.6)


def test_a_house_does_not_match_a_street() -> None:
    assert assess(Query("Main St", "Anchorage"), SAME, Accuracy.ROOFTOP)[0] is Accuracy.STREET


def test_the_text_factor_counts() -> None:
    assert assess(QUERY, SAME, Accuracy.ROOFTOP, 0.8)[:2] == (Accuracy.ROOFTOP, 0.8)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("St. Louis", "Saint Louis"),
        ("Ft Worth", "FORT WORTH"),
        ("La Cañada", "La Canada"),
        ("DeKalb", "De Kalb"),
        ("City of Troy", "Troy"),
        ("Bloom Township", "Bloom"),
    ],
)
def test_the_same_settlement(one: str, other: str) -> None:
    assert same_name(one, other)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("AK", "ak"),
        ("alaska", "ak"),
        ("US-AK", "ak"),
        ("D.C.", "dc"),
        ("District of Columbia", "dc"),
        ("Åland", "aland"),
    ],
)
def test_states(name: str, code: str) -> None:
    assert state(name) == code


def test_postcodes() -> None:
    assert postcode("99501-1234") == "99501"
    assert postcode("SW1A 1AA", "gb") == postcode("sw1a1aa", "gb")


@pytest.mark.parametrize(
    ("query", "number", "road"),
    [
        (Query("108 E 11th Ave"), "108", "E 11th Ave"),
        (Query("2A Cleveland Park Road"), "2A", "Cleveland Park Road"),
        (Query("517.5 Bridge Street"), "517.5", "Bridge Street"),
        (Query("1129 I Street"), "1129", "I Street"),
        (Query("12-34 Main St"), "12-34", "Main St"),
        (Query("1st Avenue"), None, "1st Avenue"),
        (Query("Highway 98"), None, "Highway 98"),
        (Query("Mannerheimintie 20", country="fi"), "20", "Mannerheimintie"),
        (Query("Aleksanterinkatu 52 B", country="FI"), "52 B", "Aleksanterinkatu"),
        (Query("Erottajankatu 11 B 9", country="fi"), "11 B", "Erottajankatu"),
        (Query("Uudenmaankatu 8-12", country="fi"), "8-12", "Uudenmaankatu"),
        (Query("20 Mannerheimintie", country="fi"), "20", "Mannerheimintie"),
        (Query(), None, None),
    ],
)
def test_the_house_number_of_a_query(query: Query, number: str | None, road: str | None) -> None:
    assert (query.house_number, query.road) == (number, road)


def test_accuracies_have_an_order_that_is_not_the_alphabet_s() -> None:
    ordered = [
        Accuracy.ROOFTOP,
        Accuracy.INTERPOLATED,
        Accuracy.STREET,
        Accuracy.POSTCODE,
        Accuracy.PLACE,
        Accuracy.REGION,
    ]
    for finer, coarser in itertools.pairwise(ordered):
        assert finer.reaches(coarser) and finer.reaches(finer)
        assert not coarser.reaches(finer)
        assert BASE[finer] > BASE[coarser]
