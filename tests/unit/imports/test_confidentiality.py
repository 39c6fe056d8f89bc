"""Flags of confidential people: every one that is not an explicit no protects, whatever its column is called."""

from __future__ import annotations

import io

import pytest

from app.domain.imports.chunks import Chunk
from app.domain.imports.layout import recognise_voter_file
from app.domain.imports.survey import Survey
from app.domain.imports.voters import VoterReader
from app.domain.text.confidentiality import is_flag, is_unknown, protects
from tests import registers

FLAGS = [
    "confidential", "CONFIDENTIAL_IND", "Is Confidential", "Confidential Flag", "Confidential?",
    "Address Confidentiality",
    "AddressConfidentialityProgram", "Address Confidentiality Program Participant", "protected", "PROTECTED_FLAG",
    "Protected Voter", "Address Protected", "ACP", "acp_flag", "ACP Participant", "Safe at Home",
    "SafeAtHomeInd",
    "secured", "Secured Active", "private", "Is Private", "Private Address", "suppressed", "Suppress_Ind",
    "Suppress Address", "Withheld", "Do Not Disclose", "Do_Not_Publish", "Requested_Public_Records_Exemption",
    "sConfidential",
    "bProtected", "Restricted", "Sealed Record", "Hidden Address", "DomesticViolenceVictim", "Non-Disclosure",
]  # fmt: skip
NO_FLAGS = [
    "address", "precinct", "city", "status", "private_road", "party", "protected_class", "Tax Exempt",
    "security_deposit", "mail_address", "secondary_address", "id", "voter_id", "registration_date",
    "State House District", "unit", "race", "hidden_valley_district", "county", "exemption_amount",
    "restricted_parking", "acpm", "phone",
]  # fmt: skip


@pytest.mark.parametrize("name", FLAGS)
def test_columns_that_are_flags(name: str) -> None:
    assert is_flag(name)


@pytest.mark.parametrize("name", NO_FLAGS)
def test_columns_that_are_no_flags(name: str) -> None:
    assert not is_flag(name)


def test_values() -> None:
    for value in ("N", "no", " No ", "false", "F", "0", 0, False, None, "", "0.0", "Not Confidential", "public"):
        assert not protects(value) and not is_unknown(value), value
    for value in ("Y", "x", "C", "1", True, 1, "Confidential", "ACP", "Safe at Home"):
        assert protects(value) and not is_unknown(value), value
    for value in ("?", "U", "unknown", "2", "A", "pending", "N/A", "-"):
        assert protects(value) and is_unknown(value), value


def read(raw: bytes) -> Chunk:
    survey = Survey()
    survey.feed(raw)
    layout = recognise_voter_file(survey, None, {})
    return VoterReader(io.BytesIO(raw), layout, layout.start_position).chunk()


def exposed(chunk: Chunk) -> str:
    """Return everything of a chunk that is stored or shown."""
    rejected = [cell for row in chunk.rejected_rows for cell in row.cells]
    return chunk.rows.decode() + chunk.households.decode() + repr(chunk.problems) + repr(rejected)


PERSON = {"last_name": "Secretname", "first_name": "Sally", "address": "77 Secretlane Dr", "email": "s@example.org"}


@pytest.mark.parametrize("name", FLAGS)
@pytest.mark.parametrize("value", ["Y", "maybe"])
def test_nothing_of_a_protected_voter_gets_out(name: str, value: str) -> None:
    rows = [registers.voter(0) | {"email": "", name: "N"}, registers.voter(1) | PERSON | {name: value}]
    chunk = read(registers.table(rows))
    assert chunk.counts["protected"] == 1 and chunk.read == 2 and not chunk.rejected_rows
    for secret in ("Secretname", "Sally", "Secretlane", "example.org"):
        assert secret not in exposed(chunk)
    unknown = [problem for problem in chunk.problems if problem.code == "unknown_flag"]
    assert len(unknown) == (value == "maybe") and all(problem.column == name for problem in unknown)


def test_any_of_several_flags_protects() -> None:
    rows = [registers.voter(n) | PERSON | {"confidential": "N", "ACP": flag} for n, flag in enumerate(("N", "Y"))]
    assert read(registers.table(rows)).counts["protected"] == 1


@pytest.mark.parametrize("layout", ["ohio", "north_carolina"])
def test_flags_that_a_layout_does_not_know(layout: str) -> None:
    header = {"ohio": registers.OHIO_HEADER, "north_carolina": registers.NORTH_CAROLINA_HEADER}[layout]
    rows = list(getattr(registers, layout)(3))
    raw = registers.delimited([[*row, "X" if n == 1 else ""] for n, row in enumerate(rows)], [*header, "Safe at Home"])
    assert read(raw).counts["protected"] == 1


@pytest.mark.parametrize("field", ["address", "last_name", "city"])
def test_a_word_in_the_place_of_a_value_protects(field: str) -> None:
    chunk = read(
        registers.table([registers.voter(1) | PERSON | {"address": "77 Secretlane Dr", field: "CONFIDENTIAL"}])
    )
    assert chunk.counts["protected"] == 1 and "Sally" not in exposed(chunk) and "Secretlane" not in exposed(chunk)


@pytest.mark.parametrize("flag", ["Y", "maybe", "9"])
def test_rejected_rows_of_protected_voters_are_masked(flag: str) -> None:
    good = registers.voter(1) | PERSON
    header = [*good, "confidential"]
    rows = [
        ["", *list(good.values())[1:], flag],  # without an id
        [*good.values(), flag, "surplus"],
        [*list(good.values())[1:], flag],  # a cell is missing
    ]
    chunk = read(registers.delimited(rows, header))
    assert len(chunk.rejected_rows) == 3
    for secret in ("Secretname", "Sally", "Secretlane", "example.org"):
        assert secret not in exposed(chunk)


def test_rejected_rows_of_other_voters_are_shown() -> None:
    good = registers.voter(1)
    rows = [["", *list(good.values())[1:], "N"], [*good.values(), "N", "surplus"]]
    chunk = read(registers.delimited(rows, [*good, "confidential"]))
    assert all("Johnson" in " ".join(row.cells) for row in chunk.rejected_rows)
