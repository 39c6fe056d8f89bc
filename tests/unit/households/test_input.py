"""Households from JSON and from CSV as people send it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.households.filters import HouseholdFilters
from app.domain.households.input import Batch, LineError, from_csv, from_objects
from app.domain.text.errors import TooManyRows, Unreadable

HEADER = "id,address,city,state,zipCode\n"


def csv(text: str, most: int = 100) -> Batch:
    return from_csv(text.encode(), "us", most)


def one(item: dict[str, Any]) -> Any:
    batch = from_objects([item], "us")
    assert not batch.errors
    [household] = batch.households
    return household


def test_all_fields() -> None:
    item = {
        "id": 17,
        "house_number": 12,
        "street": " Main   St ",
        "unit": "4",
        "city": "Concord",
        "state": "California",
        "zip": 94520,
        "country": "US",
        "county": "Contra Costa",
        "precinct": "P-1",
    }
    household = one(item)
    assert household.external_id == "17"
    assert household.address == "12 Main St"
    assert (household.city, household.state, household.zip_code) == ("Concord", "CA", "94520")
    assert (household.unit, household.country, household.county) == ("4", "us", "Contra Costa")
    assert household.precinct_number == "P-1"


def test_the_fields_own_name_counts_before_its_alias() -> None:
    item = {"zip": "11111", "zipCode": "22222", "id": "a", "externalId": "b", "address": "1 Main St"}
    household = one(item)
    assert (household.zip_code, household.external_id) == ("22222", "b")


def test_units() -> None:
    assert (one({"address": "12 Main St Apt 4"}).address, one({"address": "12 Main St Apt 4"}).unit) == (
        "12 Main St",
        "Apt 4",
    )
    assert one({"address": "12 Main St Apt 4", "unit": "4"}).address == "12 Main St"
    differing = one({"address": "12 Main St Apt 4", "unit": "B"})
    assert (differing.address, differing.unit) == ("12 Main St Apt 4", "B")


@pytest.mark.parametrize(
    ("item", "field", "words"),
    [
        ({"city": "Concord"}, "address", "is required"),
        ({"house_number": "12"}, "address", "is required"),
        ({"address": "   "}, "address", "is required"),
        ({"address": "x" * 201}, "address", "at most 200 characters"),
        ({"address": True}, "address", "must be text"),
        ({"address": ["12 Main St"]}, "address", "must be text"),
        ({"address": "12 Main\x00 St"}, "address", "control characters"),
        ({"address": "1 Main St", "country": "Atlantis"}, "country", "not known"),
        ({"address": "1 Main St", "city": 1.5}, "city", "must be text"),
    ],
)
def test_bad_values_name_their_field(item: dict[str, Any], field: str, words: str) -> None:
    batch = from_objects([{"id": "h1", **item}, {"address": "2 Main St"}], "us")
    [error] = batch.errors
    assert (error.line, error.field, error.external_id) == (1, field, "h1")
    assert words in error.error
    assert (len(batch.households), batch.rejected, batch.total) == (1, 1, 2)


def test_a_line_reports_all_its_errors_and_counts_once() -> None:
    batch = from_objects([{"address": "1 Main St", "city": True, "unit": "x" * 99}], "us")
    assert {error.field for error in batch.errors} == {"city", "unit"}
    assert batch.rejected == 1


@pytest.mark.parametrize(
    ("state", "zip_code", "warned"),
    [
        ("XX", "94520", {"state"}),
        ("CA", "9.4550E+04", {"zipCode"}),
        ("Californa", "94550-____", {"state", "zipCode"}),
        ("Calif.", "94520", set()),
        ("C. A.", '="94520"', set()),
        ("N/A", "NULL", set()),
        ("Mass.", "-", set()),
    ],
)
def test_a_bad_state_or_zip_code_costs_only_that_value(state: str, zip_code: str, warned: set[str]) -> None:
    quoted = zip_code.replace('"', '""')
    batch = csv(f'{HEADER}1,1 Main St,Concord,{state},"{quoted}"\n')
    assert {warning.field for warning in batch.warnings} == warned
    [household] = batch.households
    assert household.address == "1 Main St"
    assert household.zip_code in (None, "94520") and household.state in (None, "CA", "MA")


@pytest.mark.parametrize("country", ["us", "USA", "United States", "U.S.A.", "united states of america"])
def test_countries_have_names_and_codes(country: str) -> None:
    [household] = from_objects([{"address": "1 Main St", "country": country}], "gb").households
    assert household.country == "us"


def test_parts_of_a_street_make_its_line() -> None:
    parts = {"House #": 742, "Fraction": "1/2", "Pre Dir": "W", "StreetName": "Evergreen", "Street Type": "Ter"}
    [household] = from_objects([{**parts, "Post Dir": "N", "City": "Lansing"}], "us").households
    assert household.address == "742 1/2 W Evergreen Ter N"


def test_entries_that_are_no_objects_and_unknown_fields() -> None:
    batch = from_objects([7, {"address": "1 Main St", "colour": "red"}, {"address": "2 Main St", "colour": 1}], "us")
    assert batch.errors == [LineError(1, None, "must be an object", None)]
    assert batch.ignored == ["colour"]


def test_the_last_of_two_lines_with_one_id_wins() -> None:
    batch = from_objects([{"id": "a", "address": f"{n} Main St"} for n in (1, 2, 3)], "us")
    assert [household.address for household in batch.households] == ["3 Main St"]
    assert (batch.duplicates, batch.total) == (2, 3)


def test_lines_without_an_id_are_all_kept() -> None:
    assert len(from_objects([{"address": "1 Main St"}] * 3, "us").households) == 3


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_csv_dialects(delimiter: str, newline: str, bom: bytes) -> None:
    lines = [["ID", "Address", "City", "State", "Zip Code"], ["1", '"12 Main St, Apt 4"', "Concord", "CA", "94520"]]
    raw = bom + newline.join(delimiter.join(cells) for cells in [*lines, []]).encode()
    batch = from_csv(raw, "us", 10)
    [household] = batch.households
    assert (household.external_id, household.address, household.unit) == ("1", "12 Main St", "Apt 4")
    assert household.zip_code == "94520"


def test_csv_encodings() -> None:
    for encoding in ("utf-8", "cp1252"):
        batch = from_csv((HEADER + "1,1 Cañón Rd,Cañon City,CO,81212\n").encode(encoding), "us", 10)
        assert batch.households[0].city == "Cañon City"
    batch = from_csv(HEADER.encode() + b"1,1 Main \x81\xff,,,\n2,2 Main St,,,\n", "us", 10)
    assert [(error.line, error.error) for error in batch.errors] == [(2, "must not contain control characters")]
    assert [household.external_id for household in batch.households] == ["2"]


def test_csv_line_numbers_are_those_of_an_editor() -> None:
    batch = csv(
        HEADER + '1,1 Main St,Concord,CA,94520\n\n2,"2 Main\nSt",Concord,CA,94520\n3,3 Main St,Concord,XX,94520\n'
    )
    assert [(warning.line, warning.field) for warning in batch.warnings] == [(6, "state")]
    assert [household.address for household in batch.households] == ["1 Main St", "2 Main St", "3 Main St"]


def test_a_stray_quote_costs_its_own_line() -> None:
    good = "".join(f"{n},{n} Main St,Concord,CA,94520\n" for n in range(3, 60))
    batch = csv(HEADER + '1,"1 Main St,Concord,CA,94520\n2,"2" Main St,Concord,CA,94520\n' + good)
    assert [error.line for error in batch.errors] == [2, 3]
    assert all("quote" in error.error for error in batch.errors)
    assert len(batch.households) == 57


def test_a_line_with_too_many_cells_is_rejected() -> None:
    batch = csv(HEADER + "1,12 Main St, Apt 4,Concord,CA,94520\n2,2 Main St,Concord\n3,3 Main St,,,,,\n")
    assert [(error.line, error.error) for error in batch.errors] == [(2, "has 6 cells, but the header has 5")]
    assert [household.external_id for household in batch.households] == ["2", "3"]


@pytest.mark.parametrize(
    "raw", ["", "\n\n", "name,colour\nA,red\n", "id,city\n1,Concord\n", '"id,address\n1,1 Main St\n']
)
def test_csv_without_a_usable_header(raw: str) -> None:
    with pytest.raises(Unreadable):
        csv(raw)


def test_a_column_twice_is_refused() -> None:
    with pytest.raises(Unreadable, match="twice: address"):
        csv("address,Address\n1 Main St,2 Main St\n")


def test_the_limit_of_lines() -> None:
    text = "address\n" + "1 Main St\n" * 100
    assert len(csv(text).households) == 100
    with pytest.raises(TooManyRows):
        csv(text + "1 Main St\n")


def counted(batch: Batch) -> None:
    assert len(batch.households) + batch.rejected + batch.duplicates == batch.total
    assert len({error.line for error in batch.errors}) == batch.rejected
    for household in batch.households:
        assert household.address and "\0" not in household.address


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with suppress(Unreadable, TooManyRows):
        counted(from_csv(raw, "us", 50))


@given(st.lists(st.text('"\r\n\0,;\t 1aé', max_size=30), max_size=30))
def test_any_lines_below_a_good_header_are_counted(lines: list[str]) -> None:
    text = HEADER + "\n".join(lines)
    raw = text.encode()
    if raw.count(0) > len(raw) // 20:
        with pytest.raises(Unreadable, match="binary"):
            csv(text)
        return
    try:
        batch = csv(text, most=1000)
    except Unreadable as error:
        assert "is named like the address, but holds" in str(error)
    else:
        counted(batch)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
names = st.sampled_from(["id", "address", "street", "house_number", "zip", "state", "country", "unit"])


@given(st.lists(json_values | st.dictionaries(names, json_values, max_size=6), max_size=5))
def test_any_json_is_counted(items: list[Any]) -> None:
    counted(from_objects(items, "us"))


def test_filters() -> None:
    filters = HouseholdFilters.model_validate({"city": "  Concord ", "zipCode": 94520, "state": ""})
    assert (filters.city, filters.zip_code, filters.state) == ("Concord", "94520", None)
    assert HouseholdFilters(city=" ").is_empty and not filters.is_empty


@pytest.mark.parametrize(
    ("address", "country", "warned"),
    [
        ("Main St", "us", True),
        ("W Evergreen Ter.", "us", True),
        ("5th Ave", "us", True),
        ("Broadway", "us", True),
        ("12 Main St", "us", False),
        ("5 5th Ave", "us", False),
        ("One Main St", "us", False),
        ("PO Box 7", "us", False),
        ("General Delivery", "us", False),
        ("Highway 12", "us", False),
        ("High Road", "gb", True),
        ("Rose Cottage", "gb", False),
        ("The Old Rectory, Church Lane", "gb", False),
    ],
)
def test_a_street_without_a_house_number_is_reported(address: str, country: str, warned: bool) -> None:
    batch = from_objects([{"address": address, "city": "Concord", "country": country}], "us")
    assert len(batch.households) == 1 and not batch.warnings
    assert [remark.field for remark in batch.remarks] == (["address"] if warned else [])
