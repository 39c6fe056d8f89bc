"""Columns whose values contradict their names, and tables whose columns have no names."""

from __future__ import annotations

import io
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.addresses.columns import COLUMNS as ADDRESS_COLUMNS
from app.domain.addresses.columns import AddressColumns
from app.domain.imports import headerless_registers as registers
from app.domain.imports import parcels, pois
from app.domain.imports.column_report import ColumnReport, FileKind, describe_columns, with_columns
from app.domain.imports.layout import Layout, recognise_table, recognise_voter_file
from app.domain.imports.sample import Sample, read_sample
from app.domain.imports.survey import FileFormat, Survey
from app.domain.imports.voters import COLUMNS, VoterReader
from app.domain.text.column_mapping import Mapped
from app.domain.text.errors import Unreadable
from app.domain.websites.business_files import COLUMNS as BUSINESS_COLUMNS

KNOWN = {
    "geocode_file": ADDRESS_COLUMNS.known, "parcel_import": parcels.NAMES.known, "poi_import": pois.NAMES.known,
    "business_import": BUSINESS_COLUMNS.known,
}  # fmt: skip


def described(
    kind: FileKind, text: str, mapping: Mapped | None = None, header: bool | None = None
) -> tuple[ColumnReport, Layout]:
    raw = text.encode()
    survey = Survey()
    survey.feed(raw)
    if kind == "voter_import":
        layout = recognise_voter_file(survey, None, mapping or {}, header)
    else:
        layout = recognise_table(survey, KNOWN[kind], header)
    report = describe_columns(kind, layout, mapping or {}, read_sample(io.BytesIO(raw), layout))
    return report, Layout.from_json(orjson.loads(orjson.dumps(with_columns(layout, report).to_json())))


def voters(text: str, mapping: Mapped | None = None, header: bool | None = None) -> list[dict[str, str]]:
    _, layout = described("voter_import", text, mapping, header)
    chunk = VoterReader(io.BytesIO(text.encode()), layout, layout.start_position, mapping=mapping).chunk()
    return [dict(zip(COLUMNS, line.split("\t")[1:], strict=False)) for line in chunk.rows.decode().splitlines()]


@pytest.mark.parametrize(
    ("column", "values", "look"),
    [
        ("state", ["2020-01-02", "2021-03-04"], "dates"),
        ("state", ["a@b.example", "c@d.example"], "email addresses"),
        ("zip", ["Lee", "Kay"], "other text"),
        ("zip", ["1/2/2020", "2/3/2021"], "dates"),
        ("city", ["94520", "94521"], "postcodes"),
        ("city", ["CB22 3AA", "SW1A 1AA"], "postcodes"),
        ("city", ["12 Main St", "14 Main St"], "addresses"),
        ("country", ["1", "2"], "numbers"),
        ("lat", ["2134567.1", "2134999.5"], "numbers"),
    ],
)
def test_a_column_that_holds_something_else_is_not_used_and_reported(column: str, values: list[str], look: str) -> None:
    text = f"address,{column}\n" + "".join(f"{n} Oak St,{value}\n" for n, value in enumerate(values, 1))
    report, layout = described("geocode_file", text)
    [use] = [use for use in report.uses if use.column == column]
    assert use.fields == () and use.note is not None and f"but holds {look}; it is not used" in use.note
    [warning] = [text for text in report.warnings if "named like" in text]
    assert f"The column {column!r} is named like the" in warning and f'": "{column}"}}' in warning
    columns = AddressColumns.find(layout.header, {}, layout.findings)
    assert column not in [layout.header[index] for index in columns.located.used]


def test_what_is_mapped_is_used_and_noted() -> None:
    report, _ = described("geocode_file", "address,x\n1 Oak St,2020-01-02\n2 Oak St,2020-01-02\n", {"state": "x"})
    assert report.uses[1].fields == ("state",) and report.uses[1].note == "is mapped as state, but holds dates"
    assert not report.warnings


def test_another_column_takes_the_place() -> None:
    report, _ = described("geocode_file", "address,state,st\n1 Oak St,7/7/2020,NV\n2 Oak St,8/7/2020,NV\n")
    assert [use.fields for use in report.uses] == [("address",), (), ("state",)]


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("geocode_file", "address,note\n123,a\n456,b\n", "'address' is named like the address, but holds numbers"),
        ("geocode_file", "address,home\n123,1 Oak St\n45,2 Oak St\n",
         "'address' is named like the address.*'home' looks like an address: mapping={\"address\": \"home\"}"),
        ("voter_import", "Kennung,last_name\nAB-001,Lee\nAB-002,Kay\n",
         "'Kennung' looks like an id: mapping={\"recordId\": \"Kennung\"}"),
        ("parcel_import", "Kennung,owner\nAB-001,Lee\nAB-002,Kay\n",
         "'Kennung' looks like an id: mapping={\"id\": \"Kennung\"}"),
        ("voter_import", "voter_id,last_name\n2020-01-02,Lee\n2021-01-02,Kay\n", "'voter_id' is named like the rec"),
        ("voter_import", "voter_id,last_name\n" + "7,Lee\n" * 12, "holds values that many rows share"),
        ("voter_import", "voter_id,wohnt\n1,1 Oak St\n2,2 Oak St\n",
         "'wohnt' looks like an address.* Send mapping={\"address\": \"wohnt\"}"),
        ("poi_import", "id,name,category,lat,lon\n1,A,cafe,4210000,600000\n2,B,cafe,4210001,600001\n",
         "'lat' is named like the latitude, but holds numbers.*Name the column"),
        ("business_import", "name,phone\n1/2/2020,1\n2/2/2020,2\n", "'name' is named like the name, but holds dates"),
        ("parcel_import", "id,owner\n1/2/2020,Lee\n2/2/2020,Kay\n", "'id' is named like the id, but holds dates"),
        ("geocode_file", "city,wo\nReno,1 Oak St\nReno,2 Oak St\n", "'wo' looks like an address"),
        ("geocode_file", "nr,street,city\n12,Oak St,Reno\n14,Elm Ave,Reno\n",
         "'street' has streets without house numbers, and 'nr' looks like the numbers"),
    ],
)  # fmt: skip
def test_a_file_without_what_it_needs_is_refused_with_what_to_do(kind: FileKind, text: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        described(kind, text)


def test_numbers_in_a_column_address_beside_streets_are_house_numbers() -> None:
    report, layout = described("geocode_file", "Address,Street,City\n12,Oak St,Reno\n14,Elm Ave,Reno\n")
    assert [(use.fields, use.rule) for use in report.uses] == [
        (("houseNumber",), "content"), (("street",), "name"), (("city",), "name"),
    ]  # fmt: skip
    columns = AddressColumns.find(layout.header, {}, layout.findings)
    assert columns.address(["12", "Oak St", "Reno"], "us", []).line == "12 Oak St, Reno"


def test_an_address_that_is_only_the_street_takes_the_house_number() -> None:
    text = "voter_id,last_name,House No,Address,City,Zip\n1,Lee,12,Oak St,Reno,89501\n2,Kay,14,Oak St,Reno,89501\n"
    assert [row["address"] for row in voters(text)] == ["12 Oak St", "14 Oak St"]
    assert voters(text.replace("12,Oak", "12,12 Oak"))[0]["address"] == "12 Oak St"
    text = text.replace("House No", "Door")
    with pytest.raises(Unreadable, match="'Address' has streets without house numbers, and 'Door' looks like the num"):
        voters(text)
    assert voters(text, {"houseNumber": "Door", "street": "Address"})[0]["address"] == "12 Oak St"


def test_columns_that_may_matter_are_warned_of() -> None:
    report, _ = described("geocode_file", "address,Gebiet\n1 Oak St,NV\n2 Oak St,CA\n")
    assert report.warnings == [
        "The column 'Gebiet' looks like a state, but is not used. If it is the state, send"
        ' mapping={"state": "Gebiet"}.'
    ]
    report, _ = described("voter_import", "voter_id,last_name\n1,Lee\n2,Kay\n")
    assert report.warnings == ["No column has addresses, so the voters belong to no household."]


def test_features_without_an_id_are_refused_where_a_property_looks_like_one() -> None:
    layout = Layout(FileFormat.GEOJSON, [])
    sample = Sample(["OBJECTID", "Kennung"], [["1", "AB-001"], ["2", "AB-002"]])
    with pytest.raises(Unreadable, match="'Kennung' looks like one. Send mapping="):
        describe_columns("parcel_import", layout, {}, sample)
    described_again = describe_columns("parcel_import", layout, {"id": "Kennung"}, sample)
    assert [use.fields for use in described_again.uses] == [(), ("id",)]
    assert describe_columns("parcel_import", layout, {}, Sample(sample.header, sample.rows, has_ids=True)).uses


VOTERS = "".join(
    f"{1000 + n},{last},{first},{'MF'[n % 2]},19{50 + n}-03-0{n},{n}2 Oak St,Reno,NV,8950{n},20{10 + n}-05-01\n"
    for n, (last, first) in enumerate(
        [("Okafor", "Mary"), ("Sample", "John"), ("Nguyen", "Susan"), ("Madeup", "James"), ("Fiction", "Clara")], 1
    )
)


def test_a_voter_file_without_a_header_is_read_by_content() -> None:
    report, layout = described("voter_import", VOTERS)
    assert layout.headerless and "no header" in layout.notes[0]
    assert {use.fields[0]: use.column for use in report.uses if use.fields} == {
        "recordId": "column 1", "lastName": "column 2", "firstName": "column 3", "gender": "column 4",
        "birthDate": "column 5", "address": "column 6", "city": "column 7", "state": "column 8", "zipCode": "column 9",
        "registeredOn": "column 10",
    }  # fmt: skip
    assert {use.rule for use in report.uses} == {"content"}
    rows = voters(VOTERS)
    assert len(rows) == 5, "the first row is a record"
    assert [rows[0][name] for name in ("record_id", "last_name", "address", "city", "state", "zip_code")] == [
        "1001", "Okafor", "12 Oak St", "Reno", "NV", "89501",
    ]  # fmt: skip


def test_ids_of_five_digits_are_no_zip_codes() -> None:
    text = "".join(f"1000{n},{n} Oak St,Reno,NV,89501\n" for n in range(1, 5))
    rows = voters(text)
    assert [(row["record_id"], row["zip_code"]) for row in rows[:2]] == [("10001", "89501"), ("10002", "89501")]


def test_columns_without_names_are_mapped_by_their_position() -> None:
    mapping: Mapped = {"record_id": "column 9", "city": "Column 2", "last_name": "column 7"}
    rows = voters(VOTERS, mapping)
    assert (rows[0]["record_id"], rows[0]["city"], rows[0]["last_name"]) == ("89501", "Okafor", "Reno")
    with pytest.raises(Unreadable, match="the file has no column 'column 11'; it has 'column 1'"):
        voters(VOTERS, {"city": "column 11"})


def test_a_header_may_be_declared() -> None:
    text = "Oak,Elm\nAsh,Fir\n"
    assert not described("business_import", "name,phone\n" + text)[1].headerless
    report, layout = described("business_import", text, {"name": "column 1"}, header=False)
    assert layout.start == (0, 0) and report.uses[0].fields == ("name",)
    with pytest.raises(Unreadable, match="no column 'column 1'; it has '1', '2020-01-02'"):
        described("geocode_file", "1,2020-01-02\n2,2020-01-03\n", {"address": "column 1"}, header=True)


@pytest.mark.parametrize(
    "text",
    ["Straße,Nummer\n", "2016,2020\nY,N\n", "Nr,2020\n1,2\n", "x,y\n1,2\n3,4\n", "A,B\nC,D\n", "94520,Reno\nReno,x\n"],
)
def test_names_are_not_taken_for_a_record(text: str) -> None:
    survey = Survey()
    survey.feed(text.encode())
    assert not recognise_table(survey, set()).headerless


def test_two_columns_of_addresses_are_ambiguous() -> None:
    text = "1,12 Oak St,9 Elm Ave\n2,14 Oak St,8 Elm Ave\n"
    with pytest.raises(Unreadable, match='both column 2 and column 3 look like addresses.*{"address": "column 2"}'):
        described("geocode_file", text)
    report, _ = described("geocode_file", text, {"address": "column 3"})
    assert report.uses[2].fields == ("address",)


def test_house_numbers_and_streets_without_a_header() -> None:
    report, layout = described("geocode_file", "12,Oak St,Reno,NV,89501\n14,Elm Ave,Reno,NV,89502\n")
    columns = AddressColumns.find(layout.header, {}, layout.findings)
    assert columns.address(["12", "Oak St", "Reno", "NV", "89501"], "us", []).line == "12 Oak St, Reno, NV 89501"
    assert report.uses[0].rule == "content"


def new_york(header: tuple[str, ...], **values: str) -> str:
    given: dict[str, Any] = {
        "LASTNAME": "OKAFOR", "FIRSTNAME": "ANN", "RADDNUMBER": "12", "RHALFCODE": "1/2", "RSTREETNAME": "MAIN STREET",
        "RAPARTMENT": "3B", "RCITY": "ALBANY", "RZIP5": "12207", "DOB": "19800203", "GENDER": "F", "ENROLLMENT": "DEM",
        "COUNTYCODE": "1", "REGDATE": "20100405", "STATUS": "A", "SBOEID": "NY000000000000000007",
    } | values  # fmt: skip
    return ",".join(f'"{given.get(name, "")}"' for name in header) + "\n"


@pytest.mark.parametrize("header", [registers.NEW_YORK, registers.NEW_YORK_BEFORE_2022])
def test_new_york_has_no_header(header: tuple[str, ...]) -> None:
    assert len(header) in (47, 45)
    raw = new_york(header) + new_york(header, SBOEID="NY000000000000000008", RAPARTMENT="")
    rows = voters(raw)
    assert [rows[0][name] for name in ("record_id", "last_name", "birth_date", "registered_on", "party")] == [
        "NY000000000000000007", "OKAFOR", "1980-02-03", "2010-04-05", "DEM",
    ]  # fmt: skip
    assert [rows[0][name] for name in ("address", "unit", "city", "state", "zip_code")] == [
        "12 1/2 MAIN STREET", "3B", "ALBANY", "NY", "12207",
    ]  # fmt: skip


def test_addresses_of_new_york_that_are_not_in_parts() -> None:
    raw = new_york(registers.NEW_YORK, RADDNUMBER="", RHALFCODE="", RSTREETNAME="", RADDRNONSTD="RR 2 BOX 15")
    assert voters(raw)[0]["address"] == "RR 2 BOX 15"


def test_pennsylvania_has_no_header() -> None:
    assert len(registers.PENNSYLVANIA) == 153
    given = {
        "ID Number": "012345678-03", "Last Name": "OKAFOR", "First Name": "ANN", "Gender": "F", "DOB": "02/03/1980",
        "Registration Date": "04/05/2010", "Voter Status": "A", "Party Code": "D", "House Number": "12",
        "House Number Suffix": "A", "Street Name": "MAIN ST", "Apartment Number": "3B", "City": "ERIE", "State": "PA",
        "Zip": "16501", "County": "ERIE", "Mail City": "READING", "Home Phone": "8145550100",
    }  # fmt: skip
    raw = "\t".join(f'"{given.get(name, "")}"' for name in registers.PENNSYLVANIA) + "\n"
    [row] = voters(raw)
    names = ("record_id", "birth_date", "address", "unit", "city", "zip_code", "county", "phone")
    assert [row[name] for name in names] == [
        "012345678-03", "1980-02-03", "12 A MAIN ST", "3B", "ERIE", "16501", "ERIE", "8145550100",
    ]  # fmt: skip


NAMES = ["id", "Voter ID", "address", "Mailing Street", "res city", "City", "State", "zip", "Zip+4", "lat", "lon",
         "name", "Street", "House #", "dob", "x", "", "column 2", "Näme", "confidential"]  # fmt: skip
VALUES = ["", "1", "12", "12 Oak St", "Oak St", "NV", "89501", "1/2/2020", "13/2/2020", "a@b.example", "Lee", "N/A",
          "-119.8", "4210000", "Y", "AB-001", "'=1+1", " x ", "\x00"]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(["voter_import", "parcel_import", "poi_import", "business_import", "geocode_file"]),
    header=st.lists(st.sampled_from(NAMES), min_size=1, max_size=8),
    rows=st.lists(st.lists(st.sampled_from(VALUES), min_size=1, max_size=8), min_size=1, max_size=6),
    with_header=st.sampled_from([None, True, False]),
)
def test_any_table_is_understood_or_refused_with_a_sentence(
    kind: FileKind, header: list[str], rows: list[list[str]], with_header: bool | None
) -> None:
    text = "".join("|".join(row) + "\n" for row in [header, *rows])
    try:
        report, layout = described(kind, text, header=with_header)
    except Unreadable as error:
        assert str(error).rstrip().endswith((".", "}"))
        return
    assert [use.column for use in report.uses] == layout.header
    assert orjson.dumps(layout.to_json())
    for use in report.uses:
        assert (use.rule is None) == (not use.fields)
        assert use.column not in report.distrusted or use.rule in (None, "content", "mapped")


def test_dates_as_spreadsheets_store_them_are_named_as_such() -> None:
    report, _ = described("voter_import", "voter_id,dob\n1,29264\n2,33208\n")
    assert "holds the numbers by which spreadsheets store dates; format the column as dates" in report.warnings[0]
