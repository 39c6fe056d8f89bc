"""Which names mean the same street."""

from __future__ import annotations

import pytest

from app.domain.vocabulary.roads import Agreement, compare
from app.domain.vocabulary.spelling import is_misspelling

SAME, MISSPELT, VARIANT, OTHER = Agreement


@pytest.mark.parametrize(
    ("asked", "found", "agreement"),
    [
        ("E 11th Ave", "East 11th Avenue", SAME),
        ("E. 11TH AVE", "east 11th avenue", SAME),
        ("11th Avenue", "East 11th Avenue", SAME),
        ("Main", "Main Street", SAME),
        ("Main St N", "N Main St", SAME),
        ("St Charles Ave", "Saint Charles Avenue", SAME),
        ("St Charles", "Saint Charles Avenue", SAME),
        ("Peña Blvd", "Pena Boulevard", SAME),
        ("O'Malley Rd", "OMalley Road", SAME),
        ("La Salle St", "LaSalle Street", SAME),
        ("Martin Luther King, Jr. Dr", "Martin Luther King Jr Drive", SAME),
        ("MLK Jr Blvd", "Martin Luther King Junior Boulevard", SAME),
        ("Dr Martin Luther King Dr", "Martin Luther King Drive", SAME),
        ("Northeast Parkway", "NE Pkwy", SAME),
        ("Eighth St", "8th Street", SAME),
        ("Twenty-First Ave", "21st Avenue", SAME),
        ("Hwy 99", "State Route 99", SAME),
        ("US Hwy 30 W", "US 30", SAME),
        ("U.S. 30", "US Highway 30", SAME),
        ("SR-7", "State Road 7", SAME),
        ("St Rd 7", "State Road 7", SAME),
        ("Farm to Market Road 1960", "FM 1960", SAME),
        ("County Road 12", "CR 12", SAME),
        ("I-35", "Interstate 35", SAME),
        ("E 300 S", "300 South", SAME),
        ("Avenue A", "Ave A", SAME),
        ("Hauptstr.", "Hauptstraße", SAME),
        ("Saint Lukes Rd", "St. Luke's Road", SAME),
        ("Blosom Circle", "Blossom Cir", MISSPELT),
        ("Mississipi Ave", "Mississippi Avenue", MISSPELT),
        ("Wasihngton St", "Washington St", MISSPELT),
        ("E 11th Ave", "W 11th Ave", VARIANT),
        ("E Main St", "West Main Street", VARIANT),
        ("Main St N", "South Main Street", VARIANT),
        ("E 1200 S", "1200 East", VARIANT),
        ("Oak St", "Oak Ln", VARIANT),
        ("NE 5th St", "SE 5th St", VARIANT),
        ("Blosom Circle", "Blossom Ave", VARIANT),
        ("Main Street", "Maine Street", OTHER),
        ("Street", "Avenue", OTHER),
        ("North Street", "Park Street", OTHER),
        ("Oak St", "Elm St", OTHER),
        ("11th Ave", "12th Ave", OTHER),
        ("Saint Lukes Rd", "Sandy Way", OTHER),
        ("US 30", "State Route 30", OTHER),
        ("Hwy 9", "Hwy 90", OTHER),
        ("County Road 12", "12th St", OTHER),
    ],
)
def test_agreement(asked: str, found: str, agreement: Agreement) -> None:
    assert compare(asked, found) is agreement
    assert compare(found, asked) is agreement
    assert compare(asked.upper(), found.lower()) is agreement


def test_an_empty_name_agrees_with_itself_alone() -> None:
    assert compare("", "") is SAME
    assert compare(".", "Oak St") is OTHER


def test_only_long_names_are_misspelt() -> None:
    assert not is_misspelling("oak", "oaks")
    assert is_misspelling("maple", "mapel")
    assert not is_misspelling("maple", "mabel")
    assert not is_misspelling("x" * 5, "x" * 100_000)
