"""Cells that a spreadsheet would calculate leave with an apostrophe, and come back without."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.text import csv_table, csv_writer

FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\tx", "\rx", "\nx", "\0x", "\n=1", "\0=1", "＝1", "＋1", "－1", "＠x", "﹢1",
    " =1", "\u00a0=1", "\ufeff=1", '"=1', "'=1", " ' \"=1", "+cmd|'/C calc'!A0", "-cmd", "-A1", "+1A1", "--1=1",
    "+1 555 123-4567=A1", "-77.03+A1", "----", "-" * 50, "+" + "1" * 60,
]  # fmt: skip
READABLE = [
    "+1 555 123-4567", "+15551234567", "+49 (30) 123-45", "+1 (555) 123-4567", "+1.555.123.4567", "-77.03", "-77",
    "+1", "-1.5e-7", "-122,0246", "-", "--", "12 Main St", "", "a=b", "O'Hare", "'", "' x",
]  # fmt: skip
"""Texts that stay as they are."""


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_marked_as_text(text: str) -> None:
    assert csv_writer.guarded(text) == "'" + text


@pytest.mark.parametrize("text", READABLE)
def test_other_text_is_unchanged(text: str) -> None:
    assert csv_writer.guarded(text) == text


@given(st.text(alphabet=st.sampled_from("'\"=+-@ \t\r\n\0＝a1.")))
def test_a_guarded_cell_is_restored(text: str) -> None:
    guarded = csv_writer.guarded(text)
    assert csv_writer.unguarded(guarded) == text
    assert csv_writer.reguarded(guarded) == guarded, "a second report marks it only once"


@pytest.mark.parametrize("cell", ["'-77.03", "'+1 555 123-4567"])
def test_numbers_that_other_programs_marked_are_read(cell: str) -> None:
    assert csv_writer.unguarded(cell) == cell[1:]


def test_a_line_is_split_into_its_cells() -> None:
    cells = ["=1", 'a"b', "two\nlines", "'=2", "-5", "", "x" * 131_072]
    assert csv_writer.split_line(csv_writer.line(cells, ";"), ";") == cells


@given(
    st.lists(st.text(alphabet=st.sampled_from("\"';,\r\n a1é")), min_size=1),
    st.sampled_from(",;\t|"),
    st.sets(st.integers(0, 5)),
)
def test_quoted_columns_are_quoted_and_read_as_before(cells: list[str], delimiter: str, quoted: set[int]) -> None:
    line = csv_writer.quoted_line(cells, delimiter, quoted)
    assert next(csv.reader([line], delimiter=delimiter, strict=True)) == cells
    assert line.startswith('"') or 0 not in quoted


def test_a_header_is_read_without_its_guard() -> None:
    assert csv_table.recognise(b"'=id,'-x,name\n1,2,3\n", ()).header == ["=id", "-x", "name"]
