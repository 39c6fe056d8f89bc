"""US addresses as people write them on one line, checked against labels."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.addresses import write_us_places
from app.domain.addresses.input import from_fields
from app.domain.addresses.parser import parse_line
from app.domain.addresses.parts import split_unit
from app.domain.addresses.us_parser import parse_us
from app.domain.addresses.us_places import city_key, us_places
from tests.unit.addresses.labelled import LABELLED

WORDS = ["12", "N", "Main", "St,", "Apt", "# 4", "Concord", "CA", "94520", "c/o", "PO Box", "USA", "&", "-", "1/2"]


def parsed(line: str) -> tuple[str, ...]:
    """Street, unit, city, state and ZIP code."""
    parts = parse_line(line, "us")
    street, unit = split_unit(parts.get("address", ""))
    return (street, unit or "", *(parts.get(name, "") for name in ("city", "state", "zip_code")))


@pytest.mark.parametrize("labelled", LABELLED, ids=[line for line, *_ in LABELLED])
def test_labelled_addresses(labelled: tuple[str, ...]) -> None:
    line, *parts = labelled
    assert parsed(line) == tuple(parts)


@pytest.mark.parametrize("lower", [True, False])
def test_case_does_not_matter(lower: bool) -> None:
    for line, *parts in LABELLED:
        changed = line.lower() if lower else line.upper()
        assert [part.upper() for part in parsed(changed)] == [part.upper() for part in parts], changed


@pytest.mark.parametrize(
    ("line", "recipient"),
    [
        ("c/o Jane Roe, 12 Main St, Concord, NH 03301", "c/o Jane Roe"),
        ("MARK ACKERLEY 460 BRYANT ST STE 100 SAN FRANCISCO CA 94107-1303", "MARK ACKERLEY"),
        ("12 Main St, Concord, NH 03301", ""),
    ],
)
def test_recipients(line: str, recipient: str) -> None:
    assert parse_us(line)["recipient"] == recipient
    notes: list[tuple[str, str]] = []
    from_fields({"address": line}, "us", notes)
    assert [recipient in note for _, note in notes] == ([True] if recipient else [])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("32 N. Dean St., Englewood, NJ 7631", ("32 N. Dean St.", "", "Englewood", "NJ", "07631")),
        ("1320 West Webster Ave Chiago IL 60622", ("1320 West Webster Ave", "", "Chiago", "IL", "60622")),
        ("50 N. Front St., Memphis TN, TN 38103", ("50 N. Front St.", "", "Memphis", "TN", "38103")),
        ("12 Main St Nowhereville TX", ("12 Main St", "", "Nowhereville", "TX", "")),
        ("22 Reade St, NY, NY 10007", ("22 Reade St", "", "NY", "NY", "10007")),
    ],
)
def test_damaged_addresses(line: str, expected: tuple[str, ...]) -> None:
    assert parsed(line) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"address": "12 Main St", "city": "Concord, CA 94520"}, ("Concord", "CA", "94520")),
        ({"address": "12 Main St", "city": "Concord CA 94520-1234"}, ("Concord", "CA", "94520-1234")),
        ({"address": "12 Main St", "city": "Concord", "state": "CA 94520"}, ("Concord", "CA", "94520")),
        ({"address": "12 Main St", "city": "Concord, CA", "zip_code": "94520"}, ("Concord", "CA", "94520")),
        ({"address": "12 Main St", "city": "St. Louis", "state": "Mo."}, ("St. Louis", "MO", None)),
    ],
)
def test_towns_with_more_than_their_name(fields: dict[str, Any], expected: tuple[str | None, ...]) -> None:
    address = from_fields(fields, "us")
    assert (address.street, address.city, address.state, address.zip_code) == ("12 Main St", *expected)


def test_names_of_places_have_one_key() -> None:
    assert city_key("St. Louis") == city_key("Saint Louis") == city_key("SAINT-LOUIS")
    assert city_key("O'Fallon") == city_key("O Fallon") == city_key("OFallon")
    assert us_places().rank(city_key("West Palm Beach"), "33401", "FL") == 4
    assert us_places().rank(city_key("Concrod"), "94520", "CA") == 3
    assert us_places().rank(city_key("Palm Beach"), "", "FL") == 2
    assert us_places().rank(city_key("Palm Beach"), "", "AK") == 0


def test_the_table_of_places_is_up_to_date() -> None:
    assert write_us_places.PATH.read_text().splitlines() == write_us_places.lines()


@given(st.text(max_size=400))
def test_any_text_is_parsed(text: str) -> None:
    assert set(parse_us(" ".join(text.split()))) == {"recipient", "address", "city", "state", "zip_code"}


@given(
    st.lists(
        st.sampled_from(
            [
                "12",
                "N",
                "Main",
                "St,",
                "Apt",
                "#",
                "4",
                "Concord",
                "CA",
                "94520",
                "c/o",
                "PO",
                "Box",
                "US",
                "USA",
                "&",
                "-",
                ".",
                "1/2",
                "W148",
            ]
        )
    )
)
def test_words_of_addresses_in_any_order(words: list[str]) -> None:
    parts = parse_us(" ".join(words))
    assert all(part == part.strip(" ,") for part in parts.values())
