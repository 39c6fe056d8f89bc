"""Answers that are not what was asked for, whichever provider gives them: label, confidence and what is named."""

from __future__ import annotations

import pytest

from app.domain.addresses.postal_address import Address
from app.domain.vocabulary.accuracy import Accuracy
from app.domain.vocabulary.roads import Agreement, compare
from providers.geocoding.base import Query
from providers.geocoding.confidence import Match, assess, same_house
from workers.geocoding.resolution import has_street


@pytest.mark.parametrize(
    ("asked", "found", "agreement"),
    [
        ("N US Highway 1", "S US Highway 1", Agreement.VARIANT),
        ("Highway 61 North", "Hwy 61 S", Agreement.VARIANT),
        ("US Highway 1", "N US Highway 1", Agreement.SAME),
        ("N US Hwy 1", "US Highway 1 N", Agreement.SAME),
        ("Old Highway 99", "Highway 99", Agreement.VARIANT),
        ("Old Hwy 99", "Old Highway 99", Agreement.SAME),
        ("US 70 Business", "US 70 Bypass", Agreement.VARIANT),
        ("US Hwy 70 Bus", "US 70 Business", Agreement.SAME),
        ("I-35 Frontage Rd", "I-35", Agreement.VARIANT),
        ("State Route 9 Alt", "SR 9 Alternate", Agreement.SAME),
        ("SW 8th St", "SE 8th St", Agreement.VARIANT),
        ("SW 8th St", "8th St SW", Agreement.SAME),
    ],
)
def test_roads(asked: str, found: str, agreement: Agreement) -> None:
    assert compare(asked, found) is agreement
    assert compare(found, asked) is agreement


@pytest.mark.parametrize(
    ("asked", "found", "is_same"),
    [
        ("12 1/2", "1212", False),
        ("12 1/2", "12½", True),
        ("12½", "12-1/2", True),
        ("12½", "12", False),
        ("121.2", "1212", False),
        ("517.5", "517 1/2", True),
        ("517.0", "517", True),
        ("37-12", "3712", True),
        ("0123", "123", True),
    ],
)
def test_house_numbers(asked: str, found: str, is_same: bool) -> None:
    assert same_house(asked, found) is is_same
    assert same_house(found, asked) is is_same


TROY = ("Troy",)


@pytest.mark.parametrize(
    ("query", "match", "accuracy", "contradicts"),
    [
        # a number alone is on no street: any house of that number would do
        (Query("12", "Troy", state="NY", postcode="12180"), Match("12", "Elm St", TROY, "NY", "12180"), "postcode", ()),
        # a house of the number on a street that the answer does not name
        (Query("12 Elm St", "Troy", state="NY"), Match("12", None, TROY, "NY"), "street", ()),
        # a village whose houses are numbered without streets
        (Query("Dorf 12", "Dorf", country="de"), Match("12", None, ("Dorf",)), "rooftop", ()),
        (Query("123½ Elm St", "Troy", state="NY"), Match("123 1/2", "Elm St", TROY, "NY"), "rooftop", ()),
        (Query("123½ Elm St", "Troy"), Match("123", "Elm St", TROY), "interpolated", ("house_number",)),
        (Query("12 N US Hwy 1", "Troy"), Match("12", "S US Highway 1", TROY), "street", ("direction",)),
        (Query("12 King St", "Ottawa", "", "Ontario", "K1A 0B1", "ca"),
         Match("12", "King St", ("Ottawa",), "ON", "K1A"), "rooftop", ()),
        (Query("12 King St", "Ottawa", "", "ON", "K1A 0B1", "ca"), Match("12", "King St", ("Ottawa",), "ON", "K2P 1L4"),
         "street", ("postcode",)),
        (Query("12 King St", "Ottawa", "", "ON", None, "ca"), Match("12", "King St", ("Ottawa",), "QC"),
         "place", ("state",)),
        (Query("Mannerheimintie 20", "Helsinki", country="fi"), Match("20", "Mannerheimintie", ("Espoo",)),
         "place", ("city",)),
        (Query("Mannerheimintie 20", "Helsinki", country="fi"), Match("20", "Runeberginkatu", ("Helsinki",)),
         "place", ("road",)),
    ],
)  # fmt: skip
def test_labels(query: Query, match: Match, accuracy: str, contradicts: tuple[str, ...]) -> None:
    found = assess(query, match, Accuracy.ROOFTOP)
    assert (found.accuracy, found.contradicts) == (accuracy, contradicts)


@pytest.mark.parametrize(
    ("query", "match"),
    [
        (Query("12 Main St", "Troy", state="NY"), Match("12", "N Main St", TROY, "NY")),  # there may be S Main St
        (Query("12 N Main St", "Troy", state="NY"), Match("12", "Main St", TROY, "NY")),
        (Query("12 Main St", state="NY"), Match("12", "Main St", TROY, "NY")),  # most towns have one
        (Query("12 Main St"), Match("12", "Main St", TROY, "NY")),
        (Query("12 Marian St", "Troy"), Match("12", "Marion St", TROY)),
    ],
)
def test_what_is_uncertain_has_less_confidence(query: Query, match: Match) -> None:
    assert assess(query, match, Accuracy.ROOFTOP).confidence < 0.9


@pytest.mark.parametrize(
    "street",
    [
        "12", "Apt 5", "123 Unknown", "0 N/A", "RR 2 Box 15", "R.R. 2, Box 15A", "HC 1 Box 20", "HCR 4 Box 3",
        "PSC 123 Box 456", "CMR 450 Box 12", "Unit 2050 Box 4190", "Star Route 2", "General Delivery",
        "Poste Restante", "PO Box A", "P.O. Box", "PMB 12", "PL 100", "Rural Route 3", "12 unbekannt",
    ],
)  # fmt: skip
def test_what_is_no_street(street: str) -> None:
    assert not has_street(Address(street=street, city="Troy", county=None, state="NY", zip_code="12180", country="us"))


@pytest.mark.parametrize(
    "street", ["12 Unit Rd", "12 RR St", "5 Box Elder Rd", "12 General Ave", "1200 E 300 S", "1 A St", "Route 9", "1st"]
)
def test_streets(street: str) -> None:
    assert has_street(Address(street=street, city="Troy", county=None, state="NY", zip_code="12180", country="us"))
