"""Corrections of an address: what is kept, removed, normalised and refused."""

from __future__ import annotations

from app.domain.households.edits import edit
from app.domain.households.input import NewHousehold

OLD = {
    "address": "12 Main St",
    "unit": "Apt 4",
    "city": "Concord",
    "state": "CA",
    "zip_code": "94520",
    "country": "us",
    "county": "Contra Costa",
    "precinct_number": "7",
}


def test_fields_that_are_not_given_are_kept_and_null_removes_one() -> None:
    new = edit(OLD, {"address": "14 Main St", "unit": None}, "us")
    assert new == NewHousehold(None, "14 Main St", None, "Concord", "CA", "94520", "us", "Contra Costa", "7")


def test_corrections_are_normalised_as_in_a_load() -> None:
    new = edit(OLD, {"state": "north carolina", "zip_code": "27701", "city": "  Durham "}, "us")
    assert isinstance(new, NewHousehold)
    assert (new.state, new.zip_code, new.city) == ("NC", "27701", "Durham")


def test_nothing_that_cannot_be_right_is_left_out_silently() -> None:
    for changes, field in (
        ({"state": "Atlantis"}, "state"),
        ({"zip_code": "94-X"}, "zipCode"),
        ({"address": ""}, "address"),
        ({"country": "Nowhere"}, "country"),
        ({"city": "x" * 101}, "city"),
    ):
        problems = edit(OLD, changes, "us")
        assert isinstance(problems, list), changes
        assert field in [name for name, _ in problems]
