"""Keys of streets: equal for all spellings of one street, different for two streets."""

from __future__ import annotations

import pytest

from app.domain.reference.street_keys import (
    Fit,
    Similarity,
    StreetKey,
    fit,
    similarity,
    street_key,
    with_suffix_in_name,
    without_misspelt_suffix,
)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("N Main St", StreetKey("main", "n", "st")),
        ("NORTH MAIN STREET", StreetKey("main", "n", "st")),
        ("Main St N", StreetKey("main", "", "st", "n")),
        ("Eighth Ave", StreetKey("8", "", "ave")),
        ("8th Avenue", StreetKey("8", "", "ave")),
        ("La Salle St", StreetKey("lasalle", "", "st")),
        ("LaSalle Street", StreetKey("lasalle", "", "st")),
        ("Saint Charles Ave", StreetKey("streetcharles", "", "ave")),
        ("Park Place Dr", StreetKey("parkplace", "", "dr")),
        ("Park Pl Drive", StreetKey("parkplace", "", "dr")),
        ("Avenue A", StreetKey("a", "", "ave")),
        ("North St", StreetKey("north", "", "st")),
        ("Ridge Hollow Lane", StreetKey("ridgehollow", "", "ln")),
        ("Broadway", StreetKey("broadway")),
        ("State Route 99", StreetKey("#99", "", "state")),
        ("SR-99", StreetKey("#99", "", "state")),
        ("Highway 99", StreetKey("#99")),
        ("US Hwy 30 W", StreetKey("#30", "", "us", "w")),
        ("28TH DIVISION HWY", StreetKey("28division", "", "hwy")),
    ],
)
def test_keys(text: str, key: StreetKey) -> None:
    assert street_key(text) == key


@pytest.mark.parametrize("text", ["", " ", "--", "."])
def test_a_text_without_a_name_has_no_key(text: str) -> None:
    assert street_key(text) is None


@pytest.mark.parametrize(
    ("asked", "found", "expected"),
    [
        ("N Main St", "North Main Street", Fit.SAME),
        ("Main St N", "N Main St", Fit.SAME),
        ("Main St", "N Main St", Fit.PARTIAL),
        ("N Main", "N Main St", Fit.PARTIAL),
        ("S Main St", "N Main St", Fit.OTHER),
        ("Main St", "Main Ave", Fit.OTHER),
        ("N Main", "Main St", Fit.PARTIAL),
        ("Highway 99", "State Route 99", Fit.PARTIAL),
        ("US 99", "State Route 99", Fit.OTHER),
        ("NE 5th St", "SE 5th St", Fit.OTHER),
        ("E 300 S", "300 S", Fit.PARTIAL),
    ],
)
def test_directions_and_suffixes(asked: str, found: str, expected: Fit) -> None:
    one, other = street_key(asked), street_key(found)
    assert one is not None
    assert other is not None
    assert one.name == other.name
    assert fit(one, other) is expected


@pytest.mark.parametrize(
    ("asked", "found", "expected"),
    [
        ("Rijge Hollow Ln", "Ridge Hollow Ln", Similarity.MISSPELT),
        ("Groev St", "Grove St", Similarity.MISSPELT),
        ("Hawk Hilo Ter", "Hawk Hill Ter", Similarity.MISSPELT),
        ("28th Divison Hwy", "28th Division Hwy", Similarity.MISSPELT),
        ("27th Division Hwy", "28th Division Hwy", Similarity.OTHER),
        ("Oka St", "Oak St", Similarity.SHORT),
        ("11th Ave", "12th Ave", Similarity.OTHER),
        ("Elm St", "Oak St", Similarity.OTHER),
        ("A St", "B St", Similarity.OTHER),
    ],
)
def test_names_that_are_spelt_alike(asked: str, found: str, expected: Similarity) -> None:
    one, other = street_key(asked), street_key(found)
    assert one is not None
    assert other is not None
    assert similarity(one.name, other.name) is expected


def test_a_suffix_that_was_left_out() -> None:
    asked, found = street_key("Park Place"), street_key("Park Place Dr")
    assert asked is not None
    assert found is not None
    assert with_suffix_in_name(asked).name == found.name
    assert fit(with_suffix_in_name(asked), found) is Fit.PARTIAL


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Main Steet", "Main St"),
        ("N Main Avenu", None),
        ("Main Bolevard", "Main Blvd"),
        ("Main Sr", "Main"),
        ("Main Washington", None),
        ("Main 12", None),
        ("Main", None),
    ],
)
def test_misspelt_suffixes(text: str, meant: str | None) -> None:
    assert without_misspelt_suffix(text) == (meant and street_key(meant))
