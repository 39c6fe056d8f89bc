"""Parsing addresses on one line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.addresses.input import parse_address
from app.domain.addresses.parser import parse_line


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("12 Main St, Concord, CA 94520", ("12 Main St", "Concord", "CA", "94520")),
        ("12 Main St, Concord, CA, 94520-1234", ("12 Main St", "Concord", "CA", "94520-1234")),
        ("12 Main St, Concord, California", ("12 Main St", "Concord", "CA", "")),
        ("12 Main St Apt 4, Concord CA 94520", ("12 Main St Apt 4", "Concord", "CA", "94520")),
        ("12 Main St, Apt 4, Concord, CA", ("12 Main St, Apt 4", "Concord", "CA", "")),
        ("12 Main St Concord CA 94520", ("12 Main St", "Concord", "CA", "94520")),
        ("12 Main St NW Apt 4 Washington DC 20001", ("12 Main St NW Apt 4", "Washington", "DC", "20001")),
        ("12 Main St Key West FL 33040", ("12 Main St", "Key West", "FL", "33040")),
        ("12 Main St Mission Viejo CA 92691", ("12 Main St", "Mission Viejo", "CA", "92691")),
        ("12 Main St Lake Forest CA 92630", ("12 Main St", "Lake Forest", "CA", "92630")),
        ("1 5th Ave, New York, NY 10003", ("1 5th Ave", "New York", "NY", "10003")),
        ("1 5th Ave, New York, New York 10003", ("1 5th Ave", "New York", "NY", "10003")),
        ("100 W Virginia Ave, Morgantown, West Virginia", ("100 W Virginia Ave", "Morgantown", "WV", "")),
        ("94520", ("", "", "", "94520")),
        ("Concord, CA", ("", "Concord", "CA", "")),
        ("12 Main St", ("12 Main St", "", "", "")),
    ],
)
def test_in_the_us(line: str, parts: tuple[str, ...]) -> None:
    expected = dict(zip(("address", "city", "state", "zip_code"), parts, strict=True))
    assert parse_line(line, "us") == {name: value for name, value in expected.items() if value}


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Mannerheimintie 20, 00100 Helsinki", ("Mannerheimintie 20", "00100", "Helsinki")),
        ("Drottninggatan 53, 111 21 Stockholm", ("Drottninggatan 53", "111 21", "Stockholm")),
        ("Prinsengracht 263, 1016 GV Amsterdam", ("Prinsengracht 263", "1016 GV", "Amsterdam")),
        ("10 Downing Street, London", ("10 Downing Street", "", "London")),
        ("Mannerheimintie 20", ("Mannerheimintie 20", "", "")),
        ("00100 Helsinki", ("", "00100", "Helsinki")),
        ("111 21 Stockholm", ("", "111 21", "Stockholm")),
        ("00100", ("", "00100", "")),
        ("221 Baker Street", ("221 Baker Street", "", "")),
    ],
)
def test_elsewhere(line: str, parts: tuple[str, ...]) -> None:
    expected = dict(zip(("address", "zip_code", "city"), parts, strict=True))
    assert parse_line(line, "fi") == {name: value for name, value in expected.items() if value}


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Mannerheimintie 20, 00100 Helsinki, Finland", ("Mannerheimintie 20", "Helsinki", "", "00100", "fi")),
        ("10 Downing Street, London SW1A 2AA, UK", ("10 Downing Street", "London", "", "SW1A 2AA", "gb")),
        ("111 Wellington St, Ottawa, ON K1A 0A6, Canada", ("111 Wellington St", "Ottawa", "ON", "K1A 0A6", "ca")),
        ("12 Rue de Rivoli, 75001 Paris, France", ("12 Rue de Rivoli", "Paris", "", "75001", "fr")),
        ("12 Main St, Atlanta, Georgia", ("12 Main St", "Atlanta", "GA", "", "")),
        ("12 Main St, Peru", ("12 Main St", "Peru", "", "", "")),
        ("Lima, Peru", ("", "Lima", "", "", "pe")),
        ("00100 Helsinki, Finland", ("", "Helsinki", "", "00100", "fi")),
        ("Concord, California, United States", ("", "Concord", "CA", "", "us")),
        ("12 Main St, Concord, CA 94520, United States", ("12 Main St", "Concord", "CA", "94520", "us")),
    ],
)
def test_a_country_at_the_end(line: str, parts: tuple[str, ...]) -> None:
    expected = dict(zip(("address", "city", "state", "zip_code", "country"), parts, strict=True))
    assert parse_line(line, "us") == {name: value for name, value in expected.items() if value}


def test_an_american_address_where_that_is_not_the_default() -> None:
    assert parse_address("1600 Amphitheatre Pkwy, Mountain View, CA 94043, USA", "fi").state == "CA"


def test_a_line_and_its_fields_are_one_address() -> None:
    fields = {"street": "Main St", "house_number": 12, "city": "Concord", "State": "California", "zip": 94520}
    assert parse_address("12 Main St Apt 4, Concord, CA 94520", "us") == parse_address(fields, "us")


def test_an_address_may_have_no_street() -> None:
    only = parse_address({"zip": "94520"}, "us")
    assert (only.street, only.zip_code) == (None, "94520")
    with pytest.raises(ValueError, match="address is required"):
        parse_address({}, "us")


@given(st.text(max_size=120), st.sampled_from(["us", "fi"]))
def test_any_line_is_parsed(line: str, country: str) -> None:
    parts = parse_line(line, country)
    assert all(parts.values())
    if country != "us":
        rest = " ".join(line.split())
        assert all(part in rest for part in parts.values())
