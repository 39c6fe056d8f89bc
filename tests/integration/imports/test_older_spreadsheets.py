"""Spreadsheets of Excel 97 and OpenDocument, written by other programs: cells, hidden sheets and errors of formulas."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from app.domain.imports import layout
from app.domain.imports.survey import FileFormat
from app.domain.imports.voters import VoterReader
from app.domain.text.errors import Unreadable
from tests.integration.imports.test_conversions import stored
from tests.integration.imports.test_fuzz import check, damaged, take

FILES = Path(__file__).parent / "files"
EXPECTED = (
    "voter_id,zip,born,seen,active,score,note\r\n"
    "1001,2134,1980-02-29,2024-05-01 13:30:00,TRUE,0.25,Peña\r\n"
    "1002,02108,,,FALSE,,\r\n"
)


@pytest.fixture(params=["voters.xls", "voters.ods"])
def raw(request: pytest.FixtureRequest) -> bytes:
    """The sheets `Notes` (hidden), `Voters` and `Other`. The last two cells of `Voters` are #N/A and #DIV/0!."""
    return (FILES / str(request.param)).read_bytes()


def test_cells_of_the_first_visible_sheet(raw: bytes) -> None:
    format, text, notes = stored(raw)
    assert (format, text.decode()) == (FileFormat.DELIMITED, EXPECTED)
    assert notes == ["The sheet 'Voters' was read; the file has 'Voters', 'Other'. Choose another one with sheet=."]


def test_other_sheets(raw: bytes) -> None:
    assert stored(raw, sheet="other")[1] == b"x\r\ny\r\n"
    with pytest.raises(Unreadable, match="no sheet 'x'"):
        stored(raw, sheet="x")


def test_types_of_the_columns(raw: bytes) -> None:
    columns = layout.recognise_table(take(raw)[1], {"voterid"}).sent_columns
    assert [[str(kind) for kind in column.kinds] for column in columns] == [
        ["number"], ["number", "text"], ["date"], ["date"], ["boolean"], ["number"], ["text"],
    ]  # fmt: skip


def test_zip_codes_get_their_zeros_back(raw: bytes) -> None:
    _, survey, text = take(raw)
    found = layout.recognise_voter_file(survey, None, {})
    reader = VoterReader(io.BytesIO(text), found, found.start_position, country="us", county="", mapping={})
    chunk = reader.chunk()
    assert (chunk.read, chunk.rejected) == (2, 0)
    assert b"\t02134\t" in chunk.rows and b"\t02108\t" in chunk.rows


def test_damaged_files(raw: bytes) -> None:
    for seed in range(5):
        check(damaged(raw, seed))
