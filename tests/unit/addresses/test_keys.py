"""Address keys: one for all spellings of an address, and different ones for different places."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.addresses.keys import address_key
from app.domain.vocabulary.usps import DIRECTIONS, SUFFIXES


def key(street: str, city: str = "Concord", state: str = "CA", postcode: str = "94520", country: str = "us") -> str:
    return address_key(street, city, None, state, postcode, country)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 Main Street", "12 MAIN ST."),
        ("12 East Main Street", "12 E Main St"),
        ("12 Main Street North West", "12 Main Street  North West"),
        ("12 Main Street Northwest", "12 Main St NW"),
        ("12 Main St N.W.", "12 main st nw"),
        ("12 Main St, Apt 4", "12 Main St"),
        ("12 Main St #4B", "12 Main St"),
        ("517.5 Bridge Boulevard", "517.5 Bridge Blvd"),
        ("12 1/2 Oak Lane", "12 1/2 Oak Ln"),
        ("12 Saint Charles Avenue", "12 St. Charles Ave"),
        ("12 O'Farrell Street", "12 OFarrell St"),
        ("12 Winston-Salem Road", "12 Winston Salem Rd"),
        ("12 Cañon Drive", "12 Canon Dr"),
        ("12 Oak Tr", "12 Oak Trail"),
        ("12 Oak Lp", "12 Oak Loop"),
        ("12 Oak Crt", "12 Oak Court"),
        ("12 Oak Xrd", "12 Oak Crossroad"),
        ("12 Oak Msn", "12 Oak Mission"),
        ("12 Oak Inlt", "12 Oak Inlet"),
        ("PO Box 12", "P.O. Box 12"),
        ("PO Box 12", "Post Office Box 12"),
        ("PO Box 12", "POB 12"),
        ("PO Box 12", "Box 12"),
        ("RR 2 Box 5", "Rural Route 2 Box 5"),
        ("RR 2 Box 5", "R.R. 2, Box 5"),
        ("HC 61 Box 5", "HCR 61 Box 5"),
        ("HC 61 Box 5", "Star Route 61 Box 5"),
        ("500 County Road 12", "500 Co Rd 12"),
        ("500 County Road 12", "500 CR 12"),
        ("500 US Highway 101", "500 U.S. Hwy 101"),
        ("500 US Highway 101 N", "500 US 101 North"),
        ("500 State Route 9", "500 SR 9"),
        ("500 Highway 9", "500 Hwy. 9"),
        ("500 Interstate 35", "500 I-35"),
        ("500 FM 1960", "500 Farm to Market Rd 1960"),
        ("500 Fifth Avenue", "500 5th Ave"),
        ("500 W Twenty-First St", "500 West 21st Street"),
    ],
)
def test_spellings_of_one_address(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 Main St", "13 Main St"),
        ("12 Main St", "12 Main Ave"),
        ("12 E Main St", "12 W Main St"),
        ("12 E St", "12 East St"),
        ("12 E St NW", "12 East St NW"),
        ("12 Avenue E", "12 Avenue East"),
        ("12-34 Main St", "1234 Main St"),
        ("12 1/2 Main St", "12 Main St"),
        ("1 2nd St", "12 Nd St"),
        ("500 County Road 12", "500 County Highway 12"),
        ("500 State Route 9", "500 US Highway 9"),
        ("PO Box 12", "PO Box 13"),
        ("RR 2 Box 5", "RR 5 Box 2"),
        ("500 Fifth Ave", "500 Fifteenth Ave"),
        ("500 I St", "500 Interstate 5"),
    ],
)
def test_different_addresses(one: str, other: str) -> None:
    assert key(one) != key(other)


def test_the_other_parts() -> None:
    same = key("1 A St", "Saint Paul", "MN", "55101")
    assert key("1 A St", "St. Paul", "Minnesota", "55101-2345") == same == "US|1 A ST|ST PAUL|MN|55101|"
    assert key("1 A St", "W Palm Beach", "FL") == key("1 A St", "West Palm Beach", "FL")
    assert key("1 A St", "Saint Paul", "MN", "55102") != same
    assert key("1 A St", "Saint Paul", "WI", "55101") != same
    assert key("1 A St", "Saint Paul", "MN", "55101", "ca") != same


def test_a_county_counts_only_where_nothing_finer_does() -> None:
    def at(county: str, city: str | None) -> str:
        return address_key("1 A St", city, county, "CA", None, "us")

    assert at("Kern", "Taft") == at("Kings", "Taft")
    assert at("Kern", None) != at("Kings", None)


def test_elsewhere_accents_tell_names_apart() -> None:
    assert address_key("Hämeentie 2", "Helsinki", None, None, "00530", "fi") != address_key(
        "Hameentie 2", "Helsinki", None, None, "00530", "fi"
    )
    assert key("mannerheimintie 20 b", "helsinki", "", "00 100", "fi") == key(
        "Mannerheimintie 20 B", "HELSINKI", "", "00100", "FI"
    )


word = st.text("abcdefgh", min_size=2, max_size=8)
number = st.integers(min_value=1, max_value=99999).map(str)
suffix = st.sampled_from(sorted(SUFFIXES))
direction = st.sampled_from(sorted(DIRECTIONS))


UNITS = ("", ", Apt 4", " #12", " Unit B")


@pytest.mark.parametrize("unit", UNITS)
def test_no_suffix_is_taken_for_a_unit(unit: str) -> None:
    for kind, short in SUFFIXES.items():
        assert key(f"12 Oak {kind}{unit}") == key(f"12 Oak {short}"), kind
        assert key(f"12 e OAK, {kind.title()}.{unit}") == key(f"12 E Oak {short}"), kind


@given(number, direction, word, suffix, st.sampled_from(UNITS))
def test_abbreviations_case_space_and_units_do_not_matter(house: str, to: str, name: str, kind: str, unit: str) -> None:
    spelt = key(f"{house} {to} {name} {kind}")
    assert key(f" {house}  {to.lower()} {name.upper()}, {kind.title()}.{unit}") == spelt
    assert key(f"{house} {DIRECTIONS[to]} {name} {SUFFIXES[kind]}") == spelt


@given(st.text("aenstw 123./-'", max_size=60), st.text(max_size=30), st.sampled_from(["us", "fi"]))
def test_the_parts_of_a_key_have_the_same_key(street: str, city: str, country: str) -> None:
    _, first_street, first_city, *_ = key(street, city, "", "", country).split("|")
    assert key(first_street, first_city, "", "", country).split("|")[1:3] == [first_street, first_city]
