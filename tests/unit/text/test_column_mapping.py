"""The option `mapping`: columns, several columns, constants."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from app.domain.text.column_mapping import ColumnMapping, Constant, to_wire
from app.domain.text.columns import ADDRESS, Vocabulary
from app.domain.text.errors import Unreadable

MAPPING: TypeAdapter[ColumnMapping] = TypeAdapter(ColumnMapping)
PLACES = Vocabulary(
    {"id": ("id",), **{field: ADDRESS[field] for field in ("address", "street", "city", "state")}}, ["id"]
)


def test_three_forms_as_json_text_or_object() -> None:
    given = {"zipCode": "Post Code", "address": ["HOUSE_NUM", "STREET"], "state": {"constant": " NC "}}
    parsed: ColumnMapping = {
        "zip_code": "Post Code",
        "address": ["HOUSE_NUM", "STREET"],
        "state": Constant(constant="NC"),
    }
    assert MAPPING.validate_python(given) == parsed
    assert MAPPING.validate_json('"{\\"city\\": [\\"Town\\"]}"') == {"city": "Town"}
    assert MAPPING.validate_python(MAPPING.dump_python(parsed, mode="json")) == parsed, "as it is stored with the job"
    assert to_wire(parsed) == {"zipCode": "Post Code", "address": ["HOUSE_NUM", "STREET"], "state": {"constant": "NC"}}


@pytest.mark.parametrize(
    "source", ["", " ", [], [""], ["a", 1], ["a"] * 101, {}, {"constant": ""}, {"constant": None}, {"constant": True},
               {"constant": "x" * 501}, {"constant": "x", "column": "y"}, 7, None, True],
)  # fmt: skip
def test_other_forms_name_the_field_and_the_three_that_there_are(source: object) -> None:
    with pytest.raises(ValidationError, match="state: must be the name of a column, a list of 1 to 100 names, or a c"):
        MAPPING.validate_python({"state": source})


@pytest.mark.parametrize("text", ["Where", "[1]", "7", "null"])
def test_text_that_is_no_object(text: str) -> None:
    with pytest.raises(ValidationError, match="must be a JSON object such as"):
        MAPPING.validate_python(text)


def test_columns_are_joined_and_constants_added() -> None:
    mapping = MAPPING.validate_python({"address": ["No", "Way"], "state": {"constant": "NC"}})
    located = PLACES.locate(["Way", "No", "City"], mapping)
    assert located.values(["Main St", "'=12", " Apex "]) == {"address": "=12 Main St", "city": "Apex", "state": "NC"}
    assert located.values(["Main St", "", ""]) == {"address": "Main St", "state": "NC"}
    assert located.values(["Main St"]) == {"address": "Main St", "state": "NC"}, "a row that is too short"


def test_the_parts_beside_a_mapped_address_do_not_count() -> None:
    assert "street" not in PLACES.locate(["Where", "Street"], {"address": "Where"})
    assert "street" in PLACES.locate(["Where", "Street"], {"address": "Where", "street": "Street"})


def test_the_exact_name_counts_before_the_like() -> None:
    header = ["zip_4", "ZIP4", "Zip-4"]
    for index, name in enumerate(header):
        assert PLACES.locate(header, {"city": name}).columns["city"] == (index,)
    assert PLACES.locate(header, {"city": "zip 4"}).columns["city"] == (0,)


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"address": ["No", "Gone"]}, "mapping: address: the file has no column 'Gone'; it has 'No', 'City'"),
        ({"colour": "No"}, "unknown field 'colour'; expected one of id, address, street, city, state"),
        ({"id": Constant(constant="7")}, "mapping: id: cannot be a constant, because it tells the records apart"),
    ],
)
def test_errors_name_the_field_the_column_and_the_header(mapping: ColumnMapping, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        PLACES.locate(["No", "City"], mapping)


def test_properties_may_be_missing_in_records_of_map_data() -> None:
    located = PLACES.locate(["id", "City"], {"id": "APN", "address": ["No", "City"]}, sparse=True)
    assert located.columns["address"] == (1,)
    assert "id" not in located, "no other property takes the place of the one that is mapped"
