"""What files' columns are used as, and in which order their dates are read."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import orjson
import pytest

from app.domain.addresses.columns import COLUMNS as ADDRESS_COLUMNS
from app.domain.imports.chunks import Chunk
from app.domain.imports.column_report import FileKind, describe_columns, with_columns
from app.domain.imports.date_orders import DateOrder, find_order
from app.domain.imports.layout import Layout, recognise_table, recognise_voter_file
from app.domain.imports.parcels import ParcelReader
from app.domain.imports.pois import PoiReader
from app.domain.imports.sample import read_sample
from app.domain.imports.survey import FileFormat, Survey
from app.domain.imports.voters import COLUMNS, VoterReader
from app.domain.text.column_content import Content
from app.domain.text.column_mapping import Constant, Mapped
from app.domain.text.column_uses import MAX_COLUMNS_REPORTED, ColumnUse, to_report
from app.domain.text.errors import Unreadable
from app.domain.text.located_columns import Rule


def survey_of(raw: bytes) -> Survey:
    survey = Survey()
    survey.feed(raw)
    return survey


def voters(
    text: str, mapping: Mapped | None = None, order: DateOrder | None = None, usual: DateOrder = "mdy"
) -> tuple[dict[str, ColumnUse], list[dict[str, str]], Chunk]:
    raw = text.encode()
    layout = recognise_voter_file(survey_of(raw), None, mapping or {})
    sample = read_sample(io.BytesIO(raw), layout)
    report = describe_columns("voter_import", layout, mapping or {}, sample, date_order=order, usual_order=usual)
    found = with_columns(layout, report, date(2026, 11, 28))
    layout = Layout.from_json(orjson.loads(orjson.dumps(found.to_json())))
    chunk = VoterReader(io.BytesIO(raw), layout, layout.start_position, mapping=mapping, date_order=order).chunk()
    rows = [line.split("\t")[1:] for line in chunk.rows.decode().splitlines()]
    return {use.column: use for use in report.uses}, [dict(zip(COLUMNS, row, strict=False)) for row in rows], chunk


def table(kind: FileKind, text: str, mapping: Mapped | None = None) -> dict[str, ColumnUse]:
    raw = text.encode()
    layout = recognise_table(survey_of(raw), ADDRESS_COLUMNS.known)
    sample = read_sample(io.BytesIO(raw), layout)
    return {use.column: use for use in describe_columns(kind, layout, mapping or {}, sample).uses}


def features(*properties: dict[str, Any]) -> tuple[bytes, Layout]:
    listed = [{"type": "Feature", "properties": each, "geometry": None} for each in properties]
    return orjson.dumps({"type": "FeatureCollection", "features": listed}), Layout(FileFormat.GEOJSON, [])


def test_a_voter_file_whose_columns_have_no_usual_names() -> None:
    text = "Nr,Book,Haus,Weg,Ort,Born\n1,A,12,Main St,Reno,1980-02-03\n1,B,14,Main St,Reno,1981-02-03\n"
    mapping: Mapped = {
        "record_id": ["Book", "Nr"], "house_number": "Haus", "street": "Weg", "city": "Ort", "birth_date": "Born",
        "state": Constant(constant="NV"), "zip_code": Constant(constant="89501"),
    }  # fmt: skip
    uses, rows, chunk = voters(text, mapping)
    assert [(row["record_id"], row["address"], row["city"], row["state"], row["zip_code"]) for row in rows] == [
        ("A 1", "12 Main St", "Reno", "NV", "89501"), ("B 1", "14 Main St", "Reno", "NV", "89501"),
    ]  # fmt: skip
    assert len(chunk.households.splitlines()) == 2 and not chunk.problems
    assert {name: use.fields for name, use in uses.items()} == {
        "Nr": ("recordId",), "Book": ("recordId",), "Haus": ("address",), "Weg": ("address",), "Ort": ("city",),
        "Born": ("birthDate",),
    }  # fmt: skip
    assert {use.rule for use in uses.values()} == {"mapped"}


def test_a_mapped_address_of_several_columns_needs_its_house_number() -> None:
    text = "id,no,way,city,zip\n1,12,Oak St,Reno,89501\n2,,Oak St,Reno,89501\n"
    _, rows, _ = voters(text, {"address": ["no", "way"]})
    assert [row["address"] for row in rows] == ["12 Oak St", ""]


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"street": "way"}, "the address needs a houseNumber, too"),
        ({"houseNumber": "no"}, "the address needs a street, too"),
        ({"street": Constant(constant="Oak St"), "house_number": "no"}, "street: must be a column"),
        ({"protected": ["no", "way"]}, "protected: must be one column"),
        ({"record_id": Constant(constant="1")}, "recordId: cannot be a constant"),
        ({"colour": "no"}, "unknown field 'colour'; expected one of recordId, status"),
        ({"city": "gone"}, "mapping: city: the file has no column 'gone'; it has 'id', 'no', 'way'"),
    ],
)
def test_mappings_of_voters_that_do_not_fit(mapping: Mapped, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        voters("id,no,way\n1,12,Oak\n", mapping)


def test_a_mapped_flag_protects() -> None:
    uses, [row], chunk = voters("id,last_name,address,zip,Shh\n1,Lee,1 Oak St,89501,Y\n", {"protected": "Shh"})
    assert (row["protected"], row["last_name"], chunk.households) == ("t", "", b"")
    assert uses["Shh"].fields == ("protected",)


def test_flags_that_are_known_by_name_are_reported_as_used() -> None:
    uses, _, _ = voters("id,last_name,address,zip,confidential\n1,Lee,1 Oak St,89501,N\n")
    assert (uses["confidential"].fields, uses["confidential"].rule) == (("protected",), "name")


def test_columns_that_are_not_used_say_what_they_look_like() -> None:
    text = (
        "voter_id,last_name,Postanschrift,address,Seit,Ja,Kennung,Bemerkung,Leer\n"
        "1,Lee,12 Main St,12 Main St,2020-01-02,Y,AB-0012,hallo,\n2,Kay,14 Main St,14 Main St,2021-01-02,N,AB-0013,,\n"
    )
    uses, _, _ = voters(text)
    looks = {name: use.looks_like for name, use in uses.items() if not use.fields}
    assert looks == {
        "Postanschrift": "address", "Seit": "date", "Ja": "flag", "Kennung": "id", "Bemerkung": None, "Leer": None,
    }  # fmt: skip
    assert all(use.kept for use in uses.values() if not use.fields)
    assert uses["Postanschrift"].note == "looks like an address, but is not used"


@pytest.mark.parametrize(
    ("kind", "kept"),
    [("parcel_import", True), ("poi_import", True), ("business_import", False), ("geocode_file", True)],
)
def test_every_kind_says_what_became_of_the_columns(kind: FileKind, kept: bool) -> None:
    uses = table(kind, "id,name,address,city,lat,lon,Wert\n1,A,1 Oak St,Reno,39.5,-119.8,7\n")
    assert (uses["Wert"].fields, uses["Wert"].rule, uses["Wert"].kept) == ((), None, kept)
    column = {"business_import": "name", "geocode_file": "address"}.get(kind, "id")
    assert (uses[column].fields, uses[column].rule) == ((column,), "name")


def test_properties_of_the_first_features() -> None:
    raw, layout = features({"APN": "1", "SITE": 5}, {"APN": "2", "Street": "Oak", "Num": {"a": 1}}, {"Late": "x"})
    mapping: Mapped = {"house_number": "SITE", "city": Constant(constant="Reno")}
    report = describe_columns("parcel_import", layout, mapping, read_sample(io.BytesIO(raw), layout))
    assert [(use.column, use.fields, use.kept) for use in report.uses] == [
        ("APN", ("id",), False), ("SITE", ("houseNumber",), False), ("Street", ("street",), False),
        ("Num", (), True), ("Late", (), True),
    ]  # fmt: skip
    with pytest.raises(Unreadable, match="owner: the file has no column 'OWNR'; it has 'APN', 'SITE'"):
        describe_columns("parcel_import", layout, {"owner": "OWNR"}, read_sample(io.BytesIO(raw), layout))


def test_parcels_take_several_properties_and_constants() -> None:
    raw, layout = features({"MAP": "12", "LOT": 7, "NO": 5.0, "WAY": "Oak St"}, {"MAP": "12", "LOT": 8})
    mapping: Mapped = {"id": ["MAP", "LOT"], "address": ["NO", "WAY"], "city": Constant(constant="Reno")}
    chunk = ParcelReader(io.BytesIO(raw), layout, layout.start_position, mapping=mapping).chunk()
    rows = [line.split("\t") for line in chunk.rows.decode().splitlines()]
    assert [(row[1], row[3], row[5]) for row in rows] == [("12 7", "5 Oak St", "Reno"), ("12 8", "", "Reno")]


def test_points_take_their_category_from_the_mapping() -> None:
    feature = {
        "type": "Feature", "geometry": {"type": "Point", "coordinates": [-119.8, 39.5]},
        "properties": {"id": 1, "shop": "bakery", "what": "Grocery"},
    }  # fmt: skip
    layout = Layout(FileFormat.LINES, [])
    for mapping, category in (({}, "bakery"), ({"category": "what"}, "supermarket"),
                              ({"category": Constant(constant="cafe")}, "cafe")):  # fmt: skip
        reader = PoiReader(io.BytesIO(orjson.dumps(feature)), layout, layout.start_position, mapping=mapping)
        assert reader.chunk().rows.decode().split("\t")[3] == category


@pytest.mark.parametrize(
    ("dates", "usual", "order", "first"),
    [
        (["03/04/1980", "25/12/1980"], "mdy", "dmy", "1980-04-03"),
        (["03/04/1980", "12/25/1980"], "dmy", "mdy", "1980-03-04"),
        (["03/04/1980", "05/06/1980"], "mdy", "mdy", "1980-03-04"),
        (["03/04/1980", "05/06/1980"], "dmy", "dmy", "1980-04-03"),
        (["3.4.1980", "31.4.1980"], "mdy", "dmy", "1980-04-03"),
        (["1980-04-03", "1980-12-25"], "mdy", None, "1980-04-03"),
        (["03/04/80", "25/12/80"], "mdy", "dmy", "1980-04-03"),
        (["03/04/80", "12/25/80"], "dmy", "mdy", "1980-03-04"),
        (["05-03-04", "80-12-25"], "mdy", "ymd", "2005-03-04"),
        (["March 5, 1980", "5 Mar 1980"], "dmy", None, "1980-03-05"),
        (["05-MAR-80", "06-MAR-80"], "dmy", None, "1980-03-05"),
    ],
)
def test_a_day_beyond_twelve_tells_the_order(
    dates: list[str], usual: DateOrder, order: DateOrder | None, first: str
) -> None:
    found = find_order(dates, usual)
    assert (found and found.order) == order
    text = "id,last_name,dob\n" + "".join(f"{n},Lee,{day}\n" for n, day in enumerate(dates))
    uses, rows, _ = voters(text, usual=usual)
    assert rows[0]["birth_date"] == first
    note = uses["dob"].note or ""
    assert ("no value tells the order" in note) == (dates[1] == "05/06/1980"), "said only where it was assumed"
    assert ("years of two digits" in note) == ("1980" not in dates[1]), "said only where there are some"


def test_a_declared_order_counts_and_what_contradicts_it_is_reported() -> None:
    text = "id,dob\n1,03/04/1980\n2,12/25/1980\n3,1980-12-25\n"
    uses, rows, chunk = voters(text, order="dmy")
    assert [row["birth_date"] for row in rows] == ["1980-04-03", "", "1980-12-25"]
    assert [problem.code for problem in chunk.problems] == ["unreadable_date"]
    assert "read as day, month and year" in chunk.problems[0].message
    assert [row["birth_date"] for row in voters(text, order="ymd")[1]] == ["", "", "1980-12-25"]


def test_dates_that_contradict_each_other_are_noted() -> None:
    uses, rows, _ = voters("id,dob\n1,25/12/1980\n2,26/12/1980\n3,12/25/1980\n")
    assert [row["birth_date"] for row in rows] == ["1980-12-25", "1980-12-26", ""]
    assert uses["dob"].note is not None and "the other way round" in uses["dob"].note


def test_all_columns_of_a_table_are_reported() -> None:
    uses, _, _ = voters(",".join(f"c{n}" for n in range(1_999)) + ",voter_id\n" + "," * 1_999 + "7\n")
    report = to_report(list(uses.values()))
    assert [entry["column"] for entry in report] == [*(f"c{n}" for n in range(1_999)), "voter_id"]
    assert report[-1]["fields"] == ["recordId"]


def test_columns_beyond_the_limit_are_counted_and_the_used_ones_listed() -> None:
    plain = [ColumnUse(f"p{n}", (), None, True, None) for n in range(MAX_COLUMNS_REPORTED + 99)]
    like = ColumnUse("where", (), None, True, Content.ADDRESS, "looks like an address, but is not used")
    report = to_report([*plain, like, ColumnUse("apn", ("id",), Rule.NAME, False, None)])
    assert len(report) == MAX_COLUMNS_REPORTED
    assert [entry["column"] for entry in report[-3:]] == ["where", "apn", "102 further columns"]
    assert report[-1]["note"] == "they are not listed, and not used" and report[-1]["kept"]


def test_used_columns_beyond_the_limit_are_counted_as_such() -> None:
    used = [ColumnUse(f"p{n}", ("extra",), Rule.MAPPED, False, None) for n in range(MAX_COLUMNS_REPORTED + 1)]
    assert to_report(used)[-1]["note"] == "they are not listed; 2 of them are used"


def test_columns_that_are_ignored_hold_nothing_and_give_way_to_others() -> None:
    text = "id,last_name,res_state,mail_state,address,city\n7,Lee,NC,VA,1 Main St,Durham\n"
    uses, rows, _ = voters(text, {"ignored": ["last_name", "RES STATE"]})
    assert (rows[0]["last_name"], rows[0]["state"]) == ("", "")
    assert uses["last_name"].note == uses["res_state"].note == "is not used, as you said"
    assert uses["last_name"].fields == () and uses["last_name"].kept
    uses = table(
        "geocode_file", "Address,Where,City\n1 Main St,2 Oak St,Durham\n", {"ignored": "Address", "address": "Where"}
    )
    assert uses["Where"].fields == ("address",) and uses["Address"].fields == ()


def test_an_ignored_column_of_a_table_without_header_is_not_recognised_by_its_content() -> None:
    rows = "1 Main St,Durham,NC,27701\n2 Oak St,Durham,NC,27701\n3 Elm St,Durham,NC,27701\n"
    assert table("geocode_file", rows)["column 4"].fields == ("zipCode",)
    assert table("geocode_file", rows, {"ignored": "column 4"})["column 4"].fields == ()


def test_ignored_columns_must_exist() -> None:
    with pytest.raises(Unreadable, match="mapping: ignored: the file has no column 'Owner'"):
        table("parcel_import", "id,wkt\n1,x\n", {"ignored": "Owner"})


def test_a_flag_of_confidential_people_cannot_be_ignored() -> None:
    text = "id,last_name,confidential\n7,Lee,Y\n"
    _, rows, chunk = voters(text, {"ignored": "confidential"})
    assert rows[0]["last_name"] == "" and chunk.counts["protected"] == 1


@pytest.mark.parametrize("name", ["SITUS_ST", "Location", "Street Nm Full"])
def test_streets_beside_house_numbers_are_found_by_their_values(name: str) -> None:
    raw, layout = features(
        {"APN": "1", "SITUS_NUM": "12", name: "Oak St", "ZONE": "R1"},
        {"APN": "2", "SITUS_NUM": "14", name: "N Elm Ave", "ZONE": "R2"},
    )
    report = describe_columns("parcel_import", layout, {}, read_sample(io.BytesIO(raw), layout))
    [use] = [use for use in report.uses if use.column == name]
    assert (use.fields, use.rule) == (("street",), "content")
    found = with_columns(layout, report)
    chunk = ParcelReader(io.BytesIO(raw), found, {"offset": 0, "line": 0}).chunk()
    assert b"\t12 Oak St\t" in chunk.rows and b"\t14 N Elm Ave\t" in chunk.rows
