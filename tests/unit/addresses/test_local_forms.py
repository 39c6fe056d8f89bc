"""Addresses as they are written in countries other than the United States."""

from __future__ import annotations

import pytest

from app.domain.addresses.input import parse_address
from app.domain.addresses.local_forms import sort_local_fields
from app.domain.households.input import from_objects
from app.domain.imports.dwellings import normalise_dwelling


@pytest.mark.parametrize(
    ("country", "line", "street", "unit"),
    [
        ("fi", "Mannerheimintie 5 A 12", "Mannerheimintie 5", "A 12"),
        ("fi", "Mannerheimintie 5 A12", "Mannerheimintie 5", "A 12"),
        ("fi", "mannerheimintie 5 a 12", "mannerheimintie 5", "A 12"),
        ("fi", "Mannerheimintie 5-7 B as. 3", "Mannerheimintie 5-7", "B 3"),
        ("fi", "Mannerheimintie 5b A 12", "Mannerheimintie 5b", "A 12"),
        ("fi", "Iso Roobertinkatu 5, A 12", "Iso Roobertinkatu 5", "A 12"),
        ("fi", "Mannerheimintie 5 as 3", "Mannerheimintie 5", "3"),
        ("fi", "Mannerheimintie 5 A", "Mannerheimintie 5 A", ""),
        ("fi", "Mannerheimintie 5", "Mannerheimintie 5", ""),
        ("fi", "3. linja 12", "3. linja 12", ""),
        ("se", "Storgatan 5 A lgh 1201", "Storgatan 5 A", "lgh 1201"),
        ("no", "Storgata 5B H0201", "Storgata 5B", "H0201"),
        ("dk", "Vestergade 5, 3. tv", "Vestergade 5", "3. tv"),
        ("dk", "Vestergade 5, st. th.", "Vestergade 5", "st. th."),
        ("dk", "Vestergade 5", "Vestergade 5", ""),
        ("pl", "ul. Długa 5/12", "ul. Długa 5", "12"),
        ("pl", "ul. Długa 5A m. 12", "ul. Długa 5A", "12"),
        ("at", "Hauptstraße 5/2/12", "Hauptstraße 5", "2/12"),
        ("de", "Hauptstraße 5/2", "Hauptstraße 5/2", ""),
        ("au", "4/12 Smith St", "12 Smith St", "4"),
        ("au", "Unit 4/12-14 Smith St", "12-14 Smith St", "Unit 4"),
        ("nz", "2A/7 Queen Street", "7 Queen Street", "2A"),
        ("au", "Unit 4, 12 Smith St", "12 Smith St, Unit 4", ""),
        ("au", "12 Smith St", "12 Smith St", ""),
        ("gb", "4/12 Smith St", "4/12 Smith St", ""),  # in Scotland the flat comes last
    ],
)
def test_flats_have_a_field_of_their_own(country: str, line: str, street: str, unit: str) -> None:
    assert sort_local_fields(line, "", "Town", country) == (street, unit, "Town")


def test_flats_of_one_house_are_several_households_at_one_address() -> None:
    flats = [f"Mannerheimintie 5 A {number}" for number in (1, 2)]
    homes = [normalise_dwelling(flat, "", "Helsinki", "", "00100", "fi") for flat in flats]
    assert [(home.address, home.unit) for home in homes] == [("Mannerheimintie 5", "A 1"), ("Mannerheimintie 5", "A 2")]
    assert homes[0].key != homes[1].key
    assert homes[0].key == normalise_dwelling("Mannerheimintie 5", "a 1", "Helsinki", "", "00100", "fi").key


@pytest.mark.parametrize(
    ("lines", "street", "unit", "town"),
    [
        (["12 High Street", "Cambridge"], "12 High Street", "", "Cambridge"),
        (["12", "High Street", "Cambridge"], "12 High Street", "", "Cambridge"),
        (["12A", "High Street", "Milton", "Cambridge"], "12A High Street", "", "Cambridge"),
        (["12 High Street", "Milton", "Cambridge", "Cambridgeshire"], "12 High Street", "", "Cambridge"),
        (["Flat 3", "12 High Street", "Cambridge"], "12 High Street", "Flat 3", "Cambridge"),
        (["Flat 3", "12", "High Street", "Cambridge"], "12 High Street", "Flat 3", "Cambridge"),
        (["Flat 3 Rose House", "12 High Street", "Cambridge"], "12 High Street", "Flat 3 Rose House", "Cambridge"),
        (["Flat 3, 12 High Street", "Cambridge"], "12 High Street, Flat 3", "", "Cambridge"),
        (["Basement Flat", "12 High Street", "Leeds"], "12 High Street", "Basement Flat", "Leeds"),
        (["1 Rose Court", "12 High Street", "Leeds"], "12 High Street", "1 Rose Court", "Leeds"),
        (["The Old Rectory", "Church Lane", "Milton", "Cambridge"], "The Old Rectory, Church Lane", "", "Cambridge"),
        (["Rose Cottage", "Little Snoring", "Norfolk"], "Rose Cottage", "", "Little Snoring"),
        (["Flat 3 Rose House", "High Street", "Leeds"], "High Street", "Flat 3 Rose House", "Leeds"),
        (["Rose Cottage"], "Rose Cottage", "", ""),
        (["12 High Street", "N/A", "Cambridge", "CB1 1AA"], "12 High Street", "", "Cambridge"),
        (["12 High Street", "Cambridge", "NULL"], "12 High Street", "", "Cambridge"),
    ],
)
def test_british_lines(lines: list[str], street: str, unit: str, town: str) -> None:
    assert sort_local_fields("\n".join(lines), "", "", "gb") == (street, unit, town)


@pytest.mark.parametrize(
    ("address", "unit", "street", "found"),
    [
        ("12", "High Street", "12 High Street", ""),
        ("Flat 3", "12 High Street", "12 High Street", "Flat 3"),
        ("12 High Street", "Flat 3", "12 High Street", "Flat 3"),
        ("12 High Street", "3", "12 High Street", "3"),
        ("12 High Street", "B", "12 High Street", "B"),
        ("The Old Rectory", "Church Lane", "The Old Rectory, Church Lane", ""),
        ("12 High Street", "Milton", "12 High Street", ""),
    ],
)
def test_the_second_line_of_a_british_address_is_not_always_a_unit(
    address: str, unit: str, street: str, found: str
) -> None:
    assert sort_local_fields(address, unit, "Cambridge", "gb") == (street, found, "Cambridge")


def test_a_british_postcode_tells_the_country() -> None:
    item = {"address": "12 High Street", "city": "Cambridge", "zip": "cb22 3aa"}
    [home] = from_objects([item], "us").households
    assert (home.country, home.zip_code, home.address) == ("gb", "CB22 3AA", "12 High Street")
    canadian = {"address": "12 Queen St W", "city": "Toronto", "state": "ON", "zip": "M5H 2N2"}
    [home] = from_objects([canadian], "us").households
    assert (home.country, home.state, home.zip_code) == ("ca", "ON", "M5H 2N2")
    [home] = from_objects([{**item, "state": "CA"}], "us").households
    assert (home.country, home.zip_code) == ("us", None)
    [home] = from_objects([{**item, "country": "us"}], "us").households
    assert (home.country, home.zip_code) == ("us", None)


def test_a_british_postcode_tells_the_country_of_a_line() -> None:
    address = parse_address("10 Downing Street, London SW1A 2AA", "us")
    assert (address.street, address.city, address.zip_code) == ("10 Downing Street", "London", "SW1A 2AA")
    assert address.country == "gb"
    assert parse_address("12 Main St, Concord, CA 94520", "us").country == "us"
    assert parse_address("12 Main St Apt 4B 2AA, Concord, CA", "us").country == "us"
