"""Columns by their names: one vocabulary for all tables."""

from __future__ import annotations

import pytest

from app.domain.text.columns import ADDRESS, COMPANY, Vocabulary, canonical
from app.domain.text.errors import Unreadable

PLACES = Vocabulary({"city": ADDRESS["city"], "zip_code": ADDRESS["zip_code"]})


@pytest.mark.parametrize("name", ["Zip Code", "zip_code", "ZIP-CODE", " zipCode "])
def test_case_spaces_and_punctuation_do_not_matter(name: str) -> None:
    assert PLACES.find(["x", name]) == {"zip_code": 1}


def test_the_most_specific_name_counts_and_of_namesakes_the_first() -> None:
    assert PLACES.find(["Town", "City", "city"]) == {"city": 1}


def test_a_mapping_takes_precedence_in_either_spelling() -> None:
    header = ["City", "Where", "Post"]
    assert PLACES.locate(header, {"city": "where", "zipCode": "Post"}).columns == {"city": (1,), "zip_code": (2,)}
    assert PLACES.locate(header, {"zip_code": "City"}).columns == {"zip_code": (0,)}, "a column serves one field"


@pytest.mark.parametrize(
    ("mapping", "words"), [({"colour": "City"}, "unknown field 'colour'; expected one of city, zipCode"),
                           ({"city": "Gone"}, "no column 'Gone'; it has 'City'")],
)  # fmt: skip
def test_a_mapping_that_does_not_fit(mapping: dict[str, str], words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        PLACES.locate(["City"], mapping)


def test_spellings_are_canonical_and_mean_one_field() -> None:
    for spellings in (ADDRESS, COMPANY):
        names = [name for group in spellings.values() for name in group]
        assert names == [canonical(name) for name in names]
        assert len(names) == len(set(names))
