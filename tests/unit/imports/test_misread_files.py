"""Layouts and values that real files have, and what must become of them."""

from __future__ import annotations

import io

import orjson
import pytest

from app.domain.addresses.columns import AddressColumns
from app.domain.imports.chunks import Chunk
from app.domain.imports.dwellings import normalise_dwelling
from app.domain.imports.layout import Layout, recognise_table, recognise_voter_file
from app.domain.imports.parcels import COLUMNS as PARCEL_COLUMNS
from app.domain.imports.parcels import ParcelReader
from app.domain.imports.survey import FileFormat, Survey
from app.domain.imports.voters import COLUMNS, VoterReader
from app.domain.text.errors import Unreadable

MICHIGAN = (
    "LASTNAME,FIRSTNAME,YOB,STREET_NUMBER_PREFIX,STREET_NUMBER,STREET_NUMBER_SUFFIX,DIRECTION_PREFIX,STREET_NAME,"
    "STREET_TYPE,DIRECTION_SUFFIX,EXTENSION,CITY,STATE,ZIP_CODE,VOTER_ID,COUNTY_NAME\n"
)
WASHINGTON = (
    "StateVoterID|FName|MName|LName|NameSuffix|Birthyear|Gender|RegStNum|RegStFrac|RegStName|RegStType|RegUnitType"
    "|RegStPreDirection|RegStPostDirection|RegStUnitNum|RegCity|RegState|RegZipCode|CountyCode\n"
)
GEORGIA = (
    "Voter Registration Number,Last Name,First Name,Residence Street Number,Residence Pre Direction,"
    "Residence Street Name,Residence Street Type,Residence Post Direction,Residence Apt Unit Number,Residence City,"
    "Residence Zipcode\n"
)
COLORADO = "VOTER_ID,LAST_NAME,HOUSE_NUM,HOUSE_SUFFIX,PRE_DIR,STREET_NAME,STREET_TYPE,POST_DIR,CITY,STATE,ZIP_CODE\n"
NAMES = COLUMNS[: len(COLUMNS)]


def read(text: str, country: str = "us") -> tuple[Chunk, list[dict[str, str]]]:
    raw = text.encode()
    survey = Survey()
    survey.feed(raw)
    layout = recognise_voter_file(survey, None, {})
    chunk = VoterReader(io.BytesIO(raw), layout, layout.start_position, country=country).chunk()
    rows = [line.split("\t")[1:] for line in chunk.rows.decode().splitlines()]
    return chunk, [dict(zip(NAMES, ("" if cell == "\\N" else cell for cell in row), strict=False)) for row in rows]


@pytest.mark.parametrize(
    ("text", "address", "unit"),
    [
        (f"{MICHIGAN}A,B,1961,,742,,W,EVERGREEN,TER,,12,LANSING,MI,48933,101,INGHAM\n", "742 W EVERGREEN TER", "12"),
        (f"{MICHIGAN}A,B,1961,,742,1/2,,EVERGREEN,TER,N,,LANSING,MI,48933,101,X\n", "742 1/2 EVERGREEN TER N", ""),
        (f"{WASHINGTON}7|ANN||LEE||1971|F|1234||MAIN|ST|APT|N||5|SEATTLE|WA|98101|KI\n", "1234 N MAIN ST", "APT 5"),
        (f"{GEORGIA}7,Lee,Ann,12,NW,Peach,Rd,,3B,Atlanta,30301\n", "12 NW Peach Rd", "3B"),
        (f"{COLORADO}7,Lee,12,,S,Pearl,St,,Denver,CO,80202\n", "12 S Pearl St", ""),
    ],
)
def test_addresses_in_parts(text: str, address: str, unit: str) -> None:
    chunk, [voter] = read(text)
    assert (voter["address"], voter["unit"]) == (address, unit)
    assert voter["last_name"] and voter["address_key"] and chunk.households


def test_a_street_without_its_number_is_no_household() -> None:
    row = "A,B,1961,,{},,W,EVERGREEN,TER,,,LANSING,MI,48933,{},INGHAM\n"
    chunk, voters = read(MICHIGAN + row.format("742", 1) + row.format("", 2) + row.format("1", 3))
    assert [voter["address"] for voter in voters] == ["742 W EVERGREEN TER", "", "1 W EVERGREEN TER"]
    assert len(chunk.households.splitlines()) == 2
    assert [problem.code for problem in chunk.problems] == ["no_address"]


def test_rural_routes_need_no_number() -> None:
    _, [voter] = read(MICHIGAN + "A,B,1961,,,,,RR 2 BOX 15,,,,LANSING,MI,48933,1,INGHAM\n")
    assert voter["address"] == "RR 2 BOX 15" and voter["address_key"]


@pytest.mark.parametrize(
    "flag", ["X", "C", "Y", "yes", "TRUE", "1", "CONFIDENTIAL", "Protected", "see clerk", "P", "NULL"]
)
def test_every_flag_that_is_no_explicit_no_protects(flag: str) -> None:
    chunk, [voter] = read(
        f"voter_id,last_name,address,city,state,zip,confidential\n1,Lee,5 Secret Ln,Truckee,CA,96161,{flag}\n"
    )
    assert (voter["protected"], voter["last_name"], voter["address"], voter["address_key"]) == ("t", "", "", "")
    assert not chunk.households
    reported = [problem.code for problem in chunk.problems]
    assert reported == (["unknown_flag"] if flag in ("see clerk", "P", "NULL") else [])


@pytest.mark.parametrize("flag", ["N", "no", "F", "false", "0", ""])
def test_an_explicit_no_does_not_protect(flag: str) -> None:
    chunk, [voter] = read(
        f"voter_id,last_name,address,city,state,zip,confidential\n1,Lee,5 Oak Ln,Truckee,CA,96161,{flag}\n"
    )
    assert (voter["protected"], voter["last_name"]) == ("f", "Lee")
    assert chunk.households


@pytest.mark.parametrize("address", ["CONFIDENTIAL", "Address Confidential", "*** PROTECTED ***", "ADDRESS WITHHELD"])
def test_an_address_that_is_kept_secret_protects(address: str) -> None:
    _, [voter] = read(f"voter_id,last_name,address,city,state,zip\n1,Lee,{address},Truckee,CA,96161\n")
    assert (voter["protected"], voter["last_name"], voter["city"]) == ("t", "", "")


@pytest.mark.parametrize("nothing", ["N/A", "NULL", "unknown", "-", "none"])
def test_placeholders_are_no_address(nothing: str) -> None:
    row = ",".join([nothing] * 4)
    chunk, [voter] = read(f"voter_id,last_name,address,city,state,zip\n1,Lee,{row}\n")
    assert [voter[field] for field in ("address", "city", "state", "zip_code", "address_key")] == [""] * 5
    assert not chunk.households
    assert [problem.code for problem in chunk.problems] == [*["placeholder"] * 4, "no_address"]


def test_a_street_without_a_house_number_is_reported_once() -> None:
    chunk, _ = read(
        "voter_id,address,city\n1,Evergreen Ter,Lansing\n2,EVERGREEN TER,Lansing\n3,7 Evergreen Ter,Lansing\n"
    )
    [problem] = chunk.problems
    assert (problem.line, problem.code, problem.column) == (2, "no_house_number", "address")


def test_units_and_foreign_postcodes_keep_households_apart() -> None:
    def key(unit: str = "", postcode: str = "94550", country: str = "us") -> str:
        return normalise_dwelling("1 High Street", unit, "", "", postcode, country).key

    assert len({key("Apt 1-12"), key("Apt 11-2"), key("Apt 112")}) == 3
    assert key("Apt 4-B") == key("# 4B") == key("Unit 4 - B".replace(" - ", "-"))
    assert key(postcode="CB22 3AA", country="gb") != key(postcode="CB22 4BB", country="gb")
    assert key(postcode="94550-1234") == key(postcode="94550")


@pytest.mark.parametrize(
    ("header", "cells", "line"),
    [
        ("VANID,Address,City,State/Province,Zip/Postal", "1,1 Oak St,Reno,NV,89501", "1 Oak St, Reno, NV 89501"),
        ("Name,Home Address,City,State,Zip+4", "A,1 Oak St,Reno,NV,89501-1234", "1 Oak St, Reno, NV 89501-1234"),
        ("Name,Addr1,City,State,Zip,Zip+4", "A,1 Oak St,Reno,NV,89501,0007", "1 Oak St, Reno, NV 89501"),
        ("Name,Physical Address,City,State,Zip+4", "A,1 Oak St,Reno,NV,0007", "1 Oak St, Reno, NV"),
        ("NUMBER,STREET,CITY,REGION,POSTCODE", "12,Oak St,Reno,NV,89501", "12 Oak St, Reno, NV 89501"),
        ("House #,Pre Dir,Street Name,Street Type,City,Country", "12,N,Oak,St,Reno,United States", "12 N Oak St, Reno"),
    ],
)  # fmt: skip
def test_columns_of_address_files(header: str, cells: str, line: str) -> None:
    columns = AddressColumns.find(header.split(","), {})
    address = columns.address(cells.split(","), "us", [])
    assert (address.line, address.country) == (line, "us")


def test_a_street_column_without_a_number_column_is_refused() -> None:
    with pytest.raises(Unreadable, match="no column of the header is known to have the house numbers"):
        AddressColumns.find(["BLDG_NO_X", "STREET_NAME", "STREET_TYPE", "CITY"], {})
    assert AddressColumns.find(["BLDG_NO_X", "STREET_NAME", "STREET_TYPE"], {"houseNumber": "BLDG_NO_X"})


def test_values_of_unknown_columns_are_kept() -> None:
    _, [voter] = read("voter_id,last_name,address,city,state,zip,Ward 2020\n1,Lee,5 Oak Ln,Truckee,CA,96161,3\n")
    assert orjson.loads(voter["extra"]) == {"Ward 2020": "3"}


def parcels(
    feature_id: object, properties: dict[str, object], mapping: dict[str, str] | None = None
) -> tuple[Chunk, list[dict[str, str]]]:
    feature = {"type": "Feature", "id": feature_id, "properties": properties, "geometry": None}
    raw = orjson.dumps({"type": "FeatureCollection", "features": [feature]})
    layout = Layout(FileFormat.GEOJSON, [])
    chunk = ParcelReader(io.BytesIO(raw), layout, layout.start_position, mapping=mapping).chunk()
    rows = [line.split("\t")[1:] for line in chunk.rows.decode().splitlines()]
    return chunk, [dict(zip(PARCEL_COLUMNS, row, strict=False)) for row in rows]


@pytest.mark.parametrize(
    "name", ["AIN", "BBL", "PROP_ID", "blklot", "FOLIO", "PARID", "LOC_ID", "PARCEL_NUM", "SBL", "APN", "GPIN", "STRAP"]
)
def test_counties_have_many_names_for_the_id_of_a_parcel(name: str) -> None:
    _, [parcel] = parcels(1, {"OBJECTID": 1, name: "0123-456"})
    assert parcel["record_id"] == "0123-456"


@pytest.mark.parametrize("feature_id", [1, "17", 1_234_567, None])
def test_the_number_of_a_row_is_no_id(feature_id: object) -> None:
    chunk, rows = parcels(feature_id, {"OBJECTID": 1, "Owner": "Lee"})
    assert not rows
    assert [problem.code for problem in chunk.problems] == ["no_id"]
    _, [parcel] = parcels(feature_id, {"OBJECTID": 1, "Owner": "Lee"}, {"id": "OBJECTID"})
    assert parcel["record_id"] == "1"


def test_a_feature_may_have_an_id_of_its_own() -> None:
    assert parcels("way/123", {})[1][0]["record_id"] == "way/123"
    assert parcels("090123456789", {})[1][0]["record_id"] == "090123456789"


@pytest.mark.parametrize(
    ("properties", "address"),
    [
        ({"STREET_NUM": "742", "STREET_NAME": "EVERGREEN", "STREET_TYPE": "TER"}, "742 EVERGREEN TER"),
        ({"SitusNum": 12, "SitusDir": "N", "SitusStreet": "OAK"}, "12 N OAK"),
        ({"SITUS_ADDR_NUM": "9", "SITUS_FDPRE": "W", "SITUS_FNAME": "STATE", "SITUS_FTYPE": "RD"}, "9 W STATE RD"),
        (
            {"ADRNUM": 423, "NUMSFX": " ", "FDPRE": "W", "FNAME": "28TH DIVISION", "FTYPE": "HWY"},
            "423 W 28TH DIVISION HWY",
        ),
        ({"StreetNum": 2408.0, "StreetName": "ATHERTON", "StreetSufx": "ST"}, "2408 ATHERTON ST"),
        ({"ADDR_NUM": 7.0, "ADDR_N_SFX": "A", "ST_NAME": "OCTAVIA", "ST_TYPE": "ST"}, "7 A OCTAVIA ST"),
        ({"SITUS_ADDR_NUM": "", "SITUS_FNAME": "STATE", "SITUS_FTYPE": "RD"}, ""),
        ({"STREET_NAME": "EVERGREEN", "STREET_TYPE": "TER"}, ""),
        ({"HOUSENUM": "0", "STREET": "EVERGREEN"}, ""),
        ({"HOUSENUM": "12", "ADDRESS": "EVERGREEN TER"}, "12 EVERGREEN TER"),
        ({"HOUSENUM": "12", "ADDRESS": "12 EVERGREEN TER"}, "12 EVERGREEN TER"),
        ({"HOUSENUM": "12"}, ""),
    ],
)
def test_the_address_of_a_parcel_needs_a_house_number(properties: dict[str, object], address: str) -> None:
    _, [parcel] = parcels(None, {"APN": "7", "City": "Reno", **properties})
    assert parcel["address"].replace("\\N", "") == address


def test_a_repeated_name_of_a_column_is_not_another_column() -> None:
    survey = Survey()
    survey.feed(b"Address,City,Address,State,Address,\n1 Main St,Reno,PO Box 4,NV,x,y\n")
    layout = recognise_table(survey, {"address", "city"})
    assert layout.header == ["Address", "City", "Address (repeated)", "State", "Address (repeated 2)", "column 6"]
    columns = AddressColumns.find(layout.header, {})
    assert columns.address(["1 Main St", "Reno", "PO Box 4", "NV", "x", "y"], "us", []).line == "1 Main St, Reno, NV"


@pytest.mark.parametrize("delimiter", ["^", "~"])
def test_rare_delimiters(delimiter: str) -> None:
    text = "voter_id^last_name^address^city\n1^Lee^1 Main St^Reno\n".replace("^", delimiter)
    _, [voter] = read(text)
    assert (voter["record_id"], voter["last_name"], voter["address"]) == ("1", "Lee", "1 Main St")


def test_columns_of_fixed_widths_are_named_as_such() -> None:
    lines = [("VOTERID", "LASTNAME", "ADDRESS"), ("1", "Lee", "1 Main St"), ("2", "Kay-Jones", "2 Main St")]
    text = "\n".join("".join(cell.ljust(12) for cell in cells) for cells in lines)
    with pytest.raises(Unreadable, match="fixed widths.*save it as CSV"):
        read(text)


def test_a_birth_date_that_is_only_a_year_is_the_year() -> None:
    chunk, [voter] = read("voter_id,birth_date\n1,1980\n")
    assert (voter["birth_year"], voter["birth_date"]) == ("1980", "") and not chunk.problems
