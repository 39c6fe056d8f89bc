"""Keys of streets: equal for all spellings of one street, different for two streets."""

from __future__ import annotations

import pytest

from app.domain.reference.street_keys import Fit, StreetKey, fit, street_key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("N Main St", StreetKey("main", "n", "st")),
        ("NORTH MAIN STREET", StreetKey("main", "n", "st")),
        ("Main St N", StreetKey("main", "", "st", "n")),
        ("Eighth Ave", StreetKey("8", "", "ave")),
        ("8th Avenue", StreetKey("8", "", "ave")),
        ("La Salle St", StreetKey("lasalle", "", "st")),
        ("LaSalle Street", StreetKey("lasalle", "", "st")),
        ("Saint Charles Ave", StreetKey("stcharles", "", "ave")),
        ("Park Place Dr", StreetKey("park", "", "pl dr")),
        ("Avenue A", StreetKey("a", "", "ave")),
        ("North St", StreetKey("n", "", "st")),
        ("Broadway", StreetKey("broadway")),
        ("State Route 99", StreetKey("#99", "", "state")),
        ("SR-99", StreetKey("#99", "", "state")),
        ("Highway 99", StreetKey("#99")),
        ("US Hwy 30 W", StreetKey("#30", "", "us", "w")),
        ("28TH DIVISION HWY", StreetKey("28division", "", "hwy")),
    ],
)
def test_keys(text: str, key: StreetKey) -> None:
    assert street_key(text) == key


@pytest.mark.parametrize("text", ["", " ", "--", "."])
def test_a_text_without_a_name_has_no_key(text: str) -> None:
    assert street_key(text) is None


@pytest.mark.parametrize(
    ("asked", "found", "expected"),
    [
        ("N Main St", "North Main Street", Fit.SAME),
        ("Main St N", "N Main St", Fit.SAME),
        ("Main St", "N Main St", Fit.PARTIAL),
        ("N Main", "N Main St", Fit.PARTIAL),
        ("S Main St", "N Main St", Fit.OTHER),
        ("Main St", "Main Ave", Fit.OTHER),
        ("N Main", "Main St", Fit.PARTIAL),
        ("Park Place", "Park Place Dr", Fit.PARTIAL),
        ("Park Dr", "Park Place Dr", Fit.OTHER),
        ("Highway 99", "State Route 99", Fit.PARTIAL),
        ("US 99", "State Route 99", Fit.OTHER),
        ("NE 5th St", "SE 5th St", Fit.OTHER),
        ("E 300 S", "300 S", Fit.PARTIAL),
    ],
)
def test_directions_and_suffixes(asked: str, found: str, expected: Fit) -> None:
    one, other = street_key(asked), street_key(found)
    assert one is not None
    assert other is not None
    assert one.name == other.name
    assert fit(one, other) is expected
