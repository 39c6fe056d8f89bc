"""Addresses whose parts stand in other fields than their own."""

from __future__ import annotations

import pytest

from app.domain.addresses.input import from_fields
from app.domain.imports.dwellings import normalise_dwelling

Parts = tuple[str, str, str, str, str]
PLAIN: Parts = ("12 Main St", "Apt 4", "Concord", "CA", "94520")
NO_UNIT: Parts = ("12 Main St", "", "Concord", "CA", "94520")


@pytest.mark.parametrize(
    ("written", "right"),
    [
        (("12 Main St Apt 4, Concord, CA 94520", "", "", "", ""), PLAIN),
        (("12 Main St Apt 4 Concord CA 94520", "", "", "", ""), PLAIN),
        (("12 Main St;Apt 4;Concord;CA;94520", "", "", "", ""), PLAIN),
        (("12 Main St Apt 4, Concord, CA 94520", "", "Concord", "CA", "94520"), PLAIN),
        (
            ("12 Main St Apt 4, Concord, CA 94520", "", "CONCORD", "California", "94520-1234"),
            (*PLAIN[:2], "CONCORD", "CA", "94520-1234"),
        ),
        (("12 Main St Apt 4, Concord", "", "Concord", "CA", "94520"), PLAIN),
        (("12 Main St Apt 4 Concord CA", "", "Concord", "CA", "94520"), PLAIN),
        (("12 Main St, Apt 4, Concord, CA 94520, USA", "", "", "", "94520"), PLAIN),
        (("12 Main St", "Apt 4", "Concord, CA 94520", "", ""), PLAIN),
        (("12 Main St", "Apt 4", "Concord CA 94520", "", ""), PLAIN),
        (("12 Main St", "Apt 4", "Concord, CA", "", "94520"), PLAIN),
        (("12 Main St", "Apt 4", "CONCORD CA", "", "94520"), (*PLAIN[:2], "CONCORD", *PLAIN[3:])),
        (("12 Main St", "Apt 4", "Concord CA", "CA", "94520"), PLAIN),
        (("12 Main St", "Apt 4", "Concord, CA", "CA", "94520"), PLAIN),
        (("12 Main St", "Apt 4", "Concord", "CA 94520", ""), PLAIN),
        (("12 Main St", "Apt 4", "Concord", "", "CA 94520"), PLAIN),
        (("12 Main St", "Apt 4", "", "", "Concord, CA 94520"), PLAIN),
        (("12 Main St", "Apt 4", "", "Concord, CA", "94520"), PLAIN),
        (("Apt 4, 12 Main St", "", "Concord", "CA", "94520"), PLAIN),
        (("Apt 4 12 Main St", "", "Concord", "CA", "94520"), PLAIN),
        (("#4 12 Main St", "", "Concord", "CA", "94520"), ("12 Main St", "#4", *PLAIN[2:])),
        (("3rd Floor, 12 Main St", "", "Concord", "CA", "94520"), ("12 Main St", "3rd Floor", *PLAIN[2:])),
        (("Apt 4", "12 Main St", "Concord", "CA", "94520"), PLAIN),
        (("", "12 Main St", "Concord", "CA", "94520"), NO_UNIT),
        (("c/o Jane Roe", "12 Main St", "Concord", "CA", "94520"), NO_UNIT),
        (("c/o Jane Roe, 12 Main St", "", "Concord", "CA", "94520"), NO_UNIT),
        (("12 Main St", "c/o Jane Roe", "Concord", "CA", "94520"), NO_UNIT),
        (("Sunrise Manor, 12 Main St Apt 4", "", "Concord", "CA", "94520"), PLAIN),
        (("12 Main St", "Uppr", "Concord", "CA", "94520"), ("12 Main St", "Uppr", *PLAIN[2:])),
        (("12 Main St Uppr", "", "Concord", "CA", "94520"), ("12 Main St", "Uppr", *PLAIN[2:])),
        (("12 Main St, Front", "", "Concord", "CA", "94520"), ("12 Main St", "Front", *PLAIN[2:])),
        (("12 Main St, No 4", "", "Concord", "CA", "94520"), ("12 Main St", "No 4", *PLAIN[2:])),
        (("12 Main St Apt AB", "", "Concord", "CA", "94520"), ("12 Main St", "Apt AB", *PLAIN[2:])),
        (("12 Main St, Raleigh, N. Carolina 27601", "", "", "", ""), ("12 Main St", "", "Raleigh", "NC", "27601")),
        # nothing of these is moved
        (("12 Main St, Walnut Creek", "", "Concord", "CA", "94520"), ("12 Main St, Walnut Creek", "", *PLAIN[2:])),
        (("12 Lake Front", "", "Concord", "CA", "94520"), ("12 Lake Front", "", *PLAIN[2:])),
        (("12 Main St", "4 Rear", "Concord", "CA", "94520"), ("12 Main St", "4 Rear", *PLAIN[2:])),
        (("12 Main St", "Bldg 4 Apt 2", "Concord", "CA", "94520"), ("12 Main St", "Bldg 4 Apt 2", *PLAIN[2:])),
        (("PO Box 12", "", "Concord", "CA", "94520"), ("PO Box 12", "", *PLAIN[2:])),
        (("Unit 2050 Box 4190", "", "APO", "AP", "96278"), ("Unit 2050 Box 4190", "", "APO", "AP", "96278")),
        (("12 Washington", "", "Concord", "CA", "94520"), ("12 Washington", "", *PLAIN[2:])),
        (("One Market Plaza", "", "Concord", "CA", "94520"), ("One Market Plaza", "", *PLAIN[2:])),
        (("12 Main St", "", "29 Palms", "CA", "92277"), ("12 Main St", "", "29 Palms", "CA", "92277")),
    ],
    ids=lambda value: "|".join(value),
)  # fmt: skip
def test_every_part_in_its_field(written: Parts, right: Parts) -> None:
    home = normalise_dwelling(*written, "us")
    assert (home.address, home.unit, home.city, home.state, home.zip_code) == right
    assert home.key == normalise_dwelling(*right, "us").key != ""
    names = ("address", "unit", "city", "state", "zip_code")
    fields = {name: text for name, text in zip(names, written, strict=True) if text}
    address = from_fields(fields, "us", [])
    street, _, *places = right
    assert [address.street, address.city, address.state, address.zip_code] == [street, *places]


def test_what_is_no_part_of_an_address_is_reported() -> None:
    home = normalise_dwelling("c/o Jane Roe, 12 Main St", "", "Concord", "CA", "94520", "us")
    assert [(field, str(code), value) for field, code, value, _ in home.problems] == [
        ("address", "recipient_in_address", "c/o Jane Roe")
    ]
    notes: list[tuple[str, str]] = []
    from_fields({"address": "c/o Jane Roe, 12 Main St", "city": "Concord"}, "us", notes)
    assert notes == [("address", "has 'c/o Jane Roe', which is no part of an address")]


@pytest.mark.parametrize(
    ("street", "right", "unit"),
    [
        ("Flat 4, 10 High Street", "10 High Street", "Flat 4"),
        ("10 High Street, Flat 4", "10 High Street", "Flat 4"),
        ("Mannerheimintie 20 B", "Mannerheimintie 20 B", ""),
    ],
)
def test_units_elsewhere(street: str, right: str, unit: str) -> None:
    home = normalise_dwelling(street, "", "York", "", "YO1 7HU", "gb")
    assert (home.address, home.unit) == (right, unit)


@pytest.mark.parametrize("text", ["D-10115", "FI-00100", "CH-8001", "10115", "A-1010"])
def test_a_country_before_the_postcode(text: str) -> None:
    from app.domain.addresses.parts import normalise_postcode

    assert normalise_postcode(text, "de") == text.rpartition("-")[2]
    assert normalise_postcode("LV-1010", "lv") == "LV-1010"
