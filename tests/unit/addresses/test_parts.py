"""Normalising the parts of an address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.addresses import parts as addresses


@pytest.mark.parametrize(
    ("given_as", "code"),
    [
        ("CA", "CA"),
        ("ca", "CA"),
        ("California", "CA"),
        ("  new   york ", "NY"),
        ("N.Y.", "NY"),
        ("Washington", "WA"),
        ("Washington, D.C.", "DC"),
        ("Puerto Rico", "PR"),
        ("AE", "AE"),
    ],
)
def test_states_by_code_or_name(given_as: str, code: str) -> None:
    assert addresses.normalise_state(given_as, "us") == code


@pytest.mark.parametrize("wrong", ["XX", "Californa", "-"])
def test_unknown_states(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a US state"):
        addresses.normalise_state(wrong, "us")


def test_states_elsewhere_stay_as_they_are() -> None:
    assert addresses.normalise_state("Uusimaa", "fi") == "Uusimaa"


@pytest.mark.parametrize(
    ("given_as", "zip_code"),
    [
        ("94520", "94520"),
        ("94520-1234", "94520-1234"),
        ("94520 1234", "94520-1234"),
        ("945201234", "94520-1234"),
        ("2134", "02134"),
        ("501", "00501"),
        ("2134.0", "02134"),
        ("2134-0001", "02134-0001"),
        ("21340001", "02134-0001"),
    ],
)
def test_zip_codes(given_as: str, zip_code: str) -> None:
    assert addresses.normalise_postcode(given_as, "us") == zip_code


@pytest.mark.parametrize(
    "wrong", ["12", "123456", "ABCDE", "12345-12", "1234567890", "94520-", "９４５２０", "12345 CA"]
)
def test_text_that_is_not_a_zip_code(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a ZIP code"):
        addresses.normalise_postcode(wrong, "us")


def test_postcodes_elsewhere() -> None:
    assert addresses.normalise_postcode("sw1a  1aa", "gb") == "SW1A 1AA"
    assert addresses.normalise_postcode("00-950", "pl") == "00-950"
    with pytest.raises(ValueError, match="postcode"):
        addresses.normalise_postcode("not a postcode at all", "gb")


@pytest.mark.parametrize(
    ("line", "street", "unit"),
    [
        ("12 Main St Apt 4", "12 Main St", "Apt 4"),
        ("12 Main St, Apt. 4B", "12 Main St", "Apt. 4B"),
        ("12 Main St,Unit B", "12 Main St", "Unit B"),
        ("12 Main St #4", "12 Main St", "#4"),
        ("12 Main St # 4", "12 Main St", "# 4"),
        ("12 Main St Apt #4", "12 Main St", "Apt #4"),
        ("12 Main St APT4", "12 Main St", "APT4"),
        ("12 Main St Ste 200", "12 Main St", "Ste 200"),
        ("12 Main St Bldg A Apt 5", "12 Main St", "Bldg A Apt 5"),
        ("1200 County Road 9 Lot 14", "1200 County Road 9", "Lot 14"),
        ("12 Unit St", "12 Unit St", None),
        ("7 Oak Lots", "7 Oak Lots", None),
        ("5 Lot Dr", "5 Lot Dr", None),
        ("1 Suite A", "1 Suite A", None),
        ("#4", "#4", None),
        ("100 Highway 12", "100 Highway 12", None),
        ("12 Main St", "12 Main St", None),
    ],
)
def test_units_are_split_off(line: str, street: str, unit: str | None) -> None:
    assert addresses.split_unit(line) == (street, unit)


@pytest.mark.parametrize(("one", "other", "same"), [("Apt 4", "#4", True), ("4b", "Unit 4B", True), ("4", "5", False)])
def test_same_unit(one: str, other: str, same: bool) -> None:
    assert addresses.same_unit(one, other) is same


@given(st.integers(min_value=100, max_value=99999))
def test_a_zip_survives_a_spreadsheet(number: int) -> None:
    assert addresses.normalise_postcode(str(number), "us") == f"{number:05d}"
    assert addresses.normalise_postcode(f"{float(number)}", "us") == f"{number:05d}"


@given(st.text(max_size=200))
def test_splitting_loses_nothing_but_separators(text: str) -> None:
    line = " ".join(text.split())
    street, unit = addresses.split_unit(line)
    if unit is not None:
        assert line.startswith(street) and line.endswith(unit)
        assert set(line[len(street) : len(line) - len(unit)]) <= {" ", ","}
        assert " " in street


@given(st.text(max_size=60), st.sampled_from(["us", "gb", "fi"]))
def test_normal_forms_stay_as_they_are(text: str, country: str) -> None:
    for normalise in (addresses.normalise_postcode, addresses.normalise_state):
        try:
            once = normalise(text, country)
        except ValueError:
            continue
        assert normalise(once, country) == once


@pytest.mark.parametrize("text", ["'02108", "\u201902108", "'2108"])
def test_an_apostrophe_before_a_zip_code_is_no_part_of_it(text: str) -> None:
    assert addresses.normalise_postcode(text, "us") == "02108"
