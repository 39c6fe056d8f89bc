"""The columns that hold an address."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.addresses.columns import AddressColumns
from app.domain.text import csv_writer
from app.domain.text.errors import Unreadable


@pytest.mark.parametrize(
    "header",
    [
        ["id", "Address", "City", "State", "ZIP"],
        ["id", "street_address", "TOWN", "st", "Zip Code"],
        ["ncid", "res_street_address", "res_city_desc", "state_cd", "zip_code"],
        ["SOS_VOTERID", "RESIDENTIAL_ADDRESS1", "RESIDENTIAL_CITY", "RESIDENTIAL_STATE", "RESIDENTIAL_ZIP"],
    ],
)
def test_columns_are_known_by_their_names(header: list[str]) -> None:
    columns = AddressColumns.find(header, {})
    address = columns.address(["7", "12 Main St #3", "Concord", "ca", "94520"], "us", [])
    assert (address.line, address.country) == ("12 Main St, Concord, CA 94520", "us")


def test_number_and_street_in_separate_columns() -> None:
    columns = AddressColumns.find(["house_number", "street", "city"], {})
    assert columns.address(["12", "Main St", "Concord"], "us", []).street == "12 Main St"


def test_columns_may_be_mapped() -> None:
    columns = AddressColumns.find(["address", "Situs", "Town"], {"address": "situs"})
    assert columns.address(["a person", "12 Main St", "Concord"], "us", []).street == "12 Main St"
    with pytest.raises(ValueError, match="no address"):
        columns.address(["a person", " "], "us", [])


@pytest.mark.parametrize(
    ("mapping", "words"),
    [({"colour": "a"}, "unknown field 'colour'"), ({"address": "b"}, "no column 'b'"), ({}, "can hold an address")],
)
def test_headers_and_mappings_that_do_not_fit(mapping: dict[str, str], words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        AddressColumns.find(["a"], mapping)


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=2))
def test_a_line_is_read_as_it_was_written(cells: list[str]) -> None:
    for delimiter in ",;\t|":
        assert next(csv.reader([csv_writer.line(cells, delimiter)], delimiter=delimiter)) == cells


def test_coordinates_that_are_known_already() -> None:
    columns = AddressColumns.find(["Address", "Lat", "Lon"], {})
    notes: list[tuple[str, str]] = []
    assert columns.coordinates(["1 Main St", "60.1", " 24.9 "], notes) == (60.1, 24.9)
    assert columns.coordinates(["1 Main St", "60,1699", "-24,9"], notes) == (60.1699, -24.9)
    for cells in (["1 Main St"], ["1 Main St", "", ""], ["1 Main St", "0", "0.0"], ["1 Main St", "N/A", "-"]):
        assert columns.coordinates(cells, notes) is None
    assert AddressColumns.find(["Address"], {}).coordinates(["1 Main St"], notes) is None
    assert not notes


@pytest.mark.parametrize(
    ("latitude", "longitude"), [("91", "24"), ("60.1", ""), ("60.1", "E 24"), ("6.672.000,5", "24"), ("nan", "24")]
)
def test_coordinates_that_cannot_be_used_are_reported(latitude: str, longitude: str) -> None:
    columns = AddressColumns.find(["Address", "Lat", "Lon"], {})
    notes: list[tuple[str, str]] = []
    assert columns.coordinates(["1 Main St", latitude, longitude], notes) is None
    assert notes == [
        (field, f"is {text!r}; coordinates must be degrees such as 60.17 and 24.94")
        for field, text in (("latitude", latitude), ("longitude", longitude))
    ]
