"""Electoral registers of the United Kingdom, on installations of any country."""

from __future__ import annotations

import io
from typing import Any

import pytest

from app.domain.imports.column_report import describe_columns, with_columns
from app.domain.imports.dwellings import normalise_dwelling
from app.domain.imports.full_names import split_name
from app.domain.imports.layout import recognise_voter_file
from app.domain.imports.sample import read_sample
from app.domain.imports.survey import Survey
from app.domain.imports.voters import COLUMNS, VoterReader
from app.domain.text.column_mapping import Mapped

NUMBER = "Elector Number Prefix,Elector Number,Elector Number Suffix,Elector Markers,Elector DOB"
LINES = "PostCode,Address1,Address2,Address3,Address4,Address5,Address6"


def read(text: str, country: str = "us", mapping: Mapped | None = None) -> tuple[Any, list[dict[str, str]], Any]:
    raw = text.encode()
    survey = Survey()
    survey.feed(raw)
    layout = recognise_voter_file(survey, None, mapping or {})
    report = describe_columns("voter_import", layout, mapping or {}, read_sample(io.BytesIO(raw), layout))
    layout = with_columns(layout, report)
    reader = VoterReader(io.BytesIO(raw), layout, layout.start_position, country=country, mapping=mapping)
    chunk = reader.chunk()
    rows = [dict(zip(COLUMNS, line.split("\t")[1:], strict=False)) for line in chunk.rows.decode().splitlines()]
    return layout, rows, chunk


@pytest.mark.parametrize("country", ["us", "gb", "de"])
def test_a_full_register_with_one_column_for_the_name(country: str) -> None:
    layout, rows, chunk = read(
        f"{NUMBER},Elector Name,{LINES}\n"
        "AB1,12,0,,,SMITH Ann Mary,CB22 3AA,12 High Street,Milton,Cambridge,Cambridgeshire,,\n"
        'AB1,13,0,,,"Jones, Bob",CB22 3AA,Flat 3,12 High Street,Milton,Cambridge,,CB22 3AA\n'
        "AB1,14,1,,05/03/2008,Lee Cat,CB22 4BB,12,High Street,Cambridge,,,\n",
        country,
    )
    assert (layout.profile, layout.country) == ("united_kingdom", "gb")
    assert [row["record_id"] for row in rows] == ["AB1 12 0", "AB1 13 0", "AB1 14 1"]
    assert [(row["last_name"], row["first_name"], row["middle_name"]) for row in rows] == [
        ("SMITH", "Ann", "Mary"), ("Jones", "Bob", ""), ("Lee", "Cat", ""),
    ]  # fmt: skip
    assert [(row["address"], row["unit"], row["city"], row["zip_code"]) for row in rows] == [
        ("12 High Street", "", "Cambridge", "CB22 3AA"),
        ("12 High Street", "Flat 3", "Cambridge", "CB22 3AA"),
        ("12 High Street", "", "Cambridge", "CB22 4BB"),
    ]
    assert rows[2]["birth_date"] == "2008-03-05" and rows[0]["precinct"] == "AB1"
    assert '"Address2":"Milton"' in rows[0]["extra"]
    assert chunk.households.count(b"\tgb\t") == 3 and not chunk.problems


def test_a_monthly_update() -> None:
    header = (
        "ElectorNumber,ElectorSurname,ElectorForename,ElectorDOB,PropertyPostCode,PropertyAddress1,PropertyAddress2"
    )
    _, [row], _ = read(f"{header},PropertyAddress3\nAB1-12/0,Smith,Ann,,cb22 3aa,1 The Mews,Cambridge,CB22 3AA\n")
    assert (row["record_id"], row["last_name"], row["first_name"]) == ("AB1-12/0", "Smith", "Ann")
    assert (row["address"], row["city"], row["zip_code"]) == ("1 The Mews", "Cambridge", "CB22 3AA")


def test_anonymous_electors_are_protected() -> None:
    _, [row], chunk = read(f"{NUMBER},Elector Name,{LINES}\nAB1,12,0,N,,Anonymous Entry,CB22 3AA,12 High Street,,,,,\n")
    assert (row["protected"], row["last_name"], row["address"]) == ("t", "", "") and not chunk.households


def test_postcodes_tell_the_country_of_any_list() -> None:
    text = "voter_id,name,address,city,postcode,dob\n1,Ann Mary Lee,12 High Street,Cambridge,CB22 3AA,05/03/1980\n"
    layout, [row], chunk = read(text)
    assert layout.country == "gb" and not chunk.problems
    assert (row["last_name"], row["first_name"], row["middle_name"]) == ("Lee", "Ann", "Mary")
    assert (row["zip_code"], row["birth_date"]) == ("CB22 3AA", "1980-03-05")
    layout, _, _ = read("voter_id,address,city,state,zip\n1,1 Main St,Concord,CA,94520\n", "gb")
    assert layout.country == "us"
    layout, _, _ = read("voter_id,address,city,zip\n1,Hauptstr. 1,Berlin,10115\n", "de")
    assert layout.country == ""


def test_a_whole_name_may_be_mapped() -> None:
    text = 'voter_id,Person,address,city\n1,"Lee, Ann",1 Main St,Concord\n'
    layout, [row], _ = read(text, mapping={"fullName": "Person"})
    assert (row["last_name"], row["first_name"]) == ("Lee", "Ann")
    assert layout.columns[1]["fields"] == ["fullName"]


@pytest.mark.parametrize(
    ("text", "surname_first", "names"),
    [
        ("Lee, Ann Mary", False, ("Lee", "Ann", "Mary")),
        ("Ann Mary Lee", False, ("Lee", "Ann", "Mary")),
        ("Lee Ann Mary", True, ("Lee", "Ann", "Mary")),
        ("LEE ANN MARY", True, ("LEE", "ANN", "MARY")),
        ("VAN DER BERG Anna Maria", False, ("VAN DER BERG", "Anna", "Maria")),
        ("Anna Maria VAN DER BERG", True, ("VAN DER BERG", "Anna", "Maria")),
        ("Mr John Smith", False, ("Smith", "John", "")),
        ("John A Smith Jr", False, ("Smith Jr", "John", "A")),
        ("Madonna", False, ("Madonna", "", "")),
        ("", False, ("", "", "")),
    ],
)
def test_whole_names(text: str, surname_first: bool, names: tuple[str, str, str]) -> None:
    assert split_name(text, surname_first=surname_first) == names


def test_a_postcode_may_be_one_of_the_lines() -> None:
    home = normalise_dwelling("12 High Street\nN/A\nCambridge\ncb1 1aa", "", "", "", "", "gb")
    assert (home.address, home.city, home.zip_code) == ("12 High Street", "Cambridge", "CB1 1AA")
    assert home.key == normalise_dwelling("12 High Street", "", "Cambridge", "", "CB1 1AA", "gb").key
