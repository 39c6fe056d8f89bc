"""Towns and postcodes of questions and of files."""

from __future__ import annotations

import pytest

from app.domain.reference.places import Place, PlaceFit, fit_place, postcode_key, state_key, town_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("St. Louis", "Saint Louis"),
        ("City of Durham", "DURHAM"),
        ("ELIZABETH TOWNSHIP", "Elizabeth"),
        ("Mount Airy", "Mt Airy"),
        ("West Palm Beach", "W PALM BCH"),
    ],
)
def test_spellings_of_one_town(one: str, other: str) -> None:
    assert town_key(one) == town_key(other) != ""


def test_a_town_that_is_called_town_keeps_its_name() -> None:
    assert town_key("Town") == "TOWN"


@pytest.mark.parametrize(
    ("text", "country", "key"),
    [
        ("94704.0", "us", "94704"),
        ("1234", "us", "01234"),
        ("27701-1234", "us", "27701"),
        ("277011234", "us", "27701"),
        ("n/a", "us", ""),
        ("0", "us", ""),
        ("1016 GV", "nl", "1016GV"),
    ],
)
def test_postcodes(text: str, country: str, key: str) -> None:
    assert postcode_key(text, country) == key


def test_states() -> None:
    assert state_key("North Carolina", "us") == state_key("nc", "us") == "NC"
    assert state_key("Uusimaa", "fi") == "UUSIMAA"


@pytest.mark.parametrize(
    ("asked", "found", "expected"),
    [
        (Place("DURHAM", "NC", "27701"), Place("DURHAM", "NC", "27701"), PlaceFit.SAME),
        (Place("ANYTOWN", "NC", "27701"), Place("DURHAM", "NC", "27701"), PlaceFit.SAME),
        (Place("DURHAM", "NC"), Place("DURHAM", "NC", "27701"), PlaceFit.SAME),
        (Place("DURHAM", "NC", "27701"), Place("DURHAM", "NC"), PlaceFit.SAME),
        (Place("", "NC", "27701"), Place("", "NC", "27701"), PlaceFit.SAME),
        (Place("SANFRANCISCO", "CA"), Place("", "CA", "94102"), PlaceFit.SAME),
        (Place("DURAHM", "NC"), Place("DURHAM", "NC", "27701"), PlaceFit.MISSPELT),
        (Place("DURHAM", "NC", "27703"), Place("DURHAM", "NC", "27701"), PlaceFit.OTHER_POSTCODE),
        (Place("RALEIGH", "NC", "27601"), Place("DURHAM", "NC", "27701"), PlaceFit.OTHER),
        (Place("RALEIGH", "NC"), Place("DURHAM", "NC", "27701"), PlaceFit.OTHER),
        (Place("DURHAM", "SC"), Place("DURHAM", "NC"), PlaceFit.OTHER),
        (Place("", "NC", "27701"), Place("DURHAM", "NC"), PlaceFit.UNKNOWN),
        (Place("", "NC"), Place("DURHAM", "NC", "27701"), PlaceFit.UNKNOWN),
    ],
)
def test_places_are_compared(asked: Place, found: Place, expected: PlaceFit) -> None:
    assert fit_place(asked, found) is expected
