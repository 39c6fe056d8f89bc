"""Which streets may continue the beginning of an address."""

from __future__ import annotations

import pytest

from app.domain.reference.matching import KnownStreet, Source
from app.domain.reference.places import Place
from app.domain.reference.street_keys import street_key
from app.domain.reference.typed_addresses import continues, read_typed

SOURCE = Source(1, "wake", "points", "2026-05-01")


def known(label: str, city: str = "Durham", postcode: str = "27701") -> KnownStreet:
    key = street_key(label)
    assert key is not None
    return KnownStreet(1, SOURCE, key, label, city, Place(city.upper(), "NC", postcode))


def fits(typed: str, street: KnownStreet) -> bool:
    read = read_typed(typed)
    return any(
        reading.first <= street.key.name < reading.beyond and continues(reading, street) for reading in read.readings
    )


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("12 mai", "N Main St"),
        ("12 n mai", "N Main St"),
        ("12 north main", "N Main St"),
        ("12 main s", "Main St"),
        ("12 main stre", "Main St"),
        ("12 main st dur", "Main St"),
        ("12 main dur", "N Main St"),
        ("12 main st 277", "Main St"),
        ("12 main st, durham, n", "Main St"),
        ("12 main st, durham, nc 27701", "Main St"),
        ("ma", "Main St"),
        ("12 park pl", "Park Place Dr"),
        ("12 st pa", "St Paul St"),
        ("12 8th av", "Eighth Ave"),
        ("12 eighth", "8th Ave"),
        ("60 hwy 9", "Highway 99"),
        ("60 hwy 99", "State Route 99"),
        ("12½ mai", "Main St"),
    ],
)
def test_what_continues(typed: str, label: str) -> None:
    assert fits(typed, known(label))


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("12 s mai", "N Main St"),
        ("12 main ave", "Main St"),
        ("12 main st ral", "Main St"),
        ("12 main st, raleigh", "Main St"),
        ("12 main st 276", "Main St"),
        ("12 mar", "Main St"),
        ("12", "Main St"),
        ("", "Main St"),
        ("m", "Main St"),
        (", ,", "Main St"),
        ("12 9th", "8th Ave"),
    ],
)
def test_what_does_not(typed: str, label: str) -> None:
    assert not fits(typed, known(label))


def test_the_number_and_the_place_behind_a_comma() -> None:
    read = read_typed("123 1/2 Main St, St. Louis, MO 631")
    assert (str(read.number), read.town, read.postcode) == ("123 1/2", "STLOUIS", "631")
    assert read_typed("Main St, 277").town == ""
