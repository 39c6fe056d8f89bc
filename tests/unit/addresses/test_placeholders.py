"""Texts in fields of addresses that say that there is no value."""

from __future__ import annotations

import pytest

from app.domain.addresses.columns import AddressColumns
from app.domain.addresses.placeholders import is_placeholder
from app.domain.households.input import from_objects
from app.domain.imports.dwellings import normalise_dwelling


@pytest.mark.parametrize(
    "text",
    ["N/A", "n.a.", "NA", "#N/A", "NULL", "(null)", "<null>", "\\N", "None", "nil", "NaN", "undefined", "#REF!", "-",
     "#VALUE!", "--", "...", "?", "???", "_", "***", "/", "0", "00000", "xxx", "unknown", "Unknown Address",
     "address unknown", "No Address", "no fixed address", "not provided", "Not Available", "(blank)", "[redacted]",
     "CONFIDENTIAL", "Confidential Address", "address withheld", "undisclosed", "not disclosed", "refused", "homeless",
     "same", "Same as above", "pending", "test", "TBD", "No zip code", "not on file"],
)  # fmt: skip
def test_no_value(text: str) -> None:
    assert is_placeholder("address", text, "us")


@pytest.mark.parametrize(
    "text",
    ["12 Main St", "Main St", "0 Main St", "N", "X", "XX", "Unknown Rd", "Testament Ave", "Private Dr", "Address Ln",
     "Confidential Ct 4", "No Name Key", "Not a Rd", "1", "100", "Null Island Way", "Nonesuch", "Same St"],
)  # fmt: skip
def test_values(text: str) -> None:
    assert not is_placeholder("address", text, "us")


def test_fields_of_their_own() -> None:
    assert is_placeholder("zip_code", "99999", "us") and not is_placeholder("address", "99999", "us")
    assert is_placeholder("state", "NA", "us") and not is_placeholder("country", "NA", "us")


@pytest.mark.parametrize(
    ("field", "text", "country"),
    [("city", "None", "it"), ("state", "NA", "it"), ("state", "NA", "es"), ("city", "Same", "tz"),
     ("city", "Nan", "th"), ("zip_code", "99999", "mx")],
)  # fmt: skip
def test_a_place_of_that_name_makes_it_a_value(field: str, text: str, country: str) -> None:
    assert not is_placeholder(field, text, country)
    assert is_placeholder(field, text, "us")
    assert is_placeholder(field, "N/A", country)


def test_a_country_beside_it_counts_before_the_default() -> None:
    item = {"address": "Via Roma 1", "city": "None", "state": "NA", "zip": "10060"}
    [abroad, here] = from_objects([{**item, "country": "Italy"}, item], "us").households
    assert (abroad.city, abroad.state) == ("None", "NA")
    assert (here.city, here.state) == (None, None)
    home = normalise_dwelling("Via Roma 1", "", "None", "NA", "10060", "it")
    assert (home.city, home.state, home.problems) == ("None", "NA", ())


def test_what_counts_as_nothing_is_reported() -> None:
    batch = from_objects([{"id": 1, "address": "1 Main St", "city": "N/A", "zip": "-"}], "us")
    assert [(remark.line, remark.field, remark.error) for remark in batch.remarks] == [
        (1, "city", "holds 'N/A', which stands for no value"),
        (1, "zipCode", "holds '-', which stands for no value"),
    ]
    assert not batch.warnings  # `strict` does not refuse them
    home = normalise_dwelling("1 Main St", "", "N/A", "", "94520", "us")
    assert home.problems == (("city", "placeholder", "N/A", "holds 'N/A', which stands for no value"),)
    columns, notes = AddressColumns.find(["Address", "City", "ZIP"], {}), list[tuple[str, str]]()
    columns.address(["1 Main St", "unknown", "94520"], "us", notes)
    assert notes == [("city", "holds 'unknown', which stands for no value")]
