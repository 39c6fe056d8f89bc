"""Rows of CSV, and cells that a spreadsheet reads as text."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.text import csv_writer


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=2))
def test_a_line_is_read_as_it_was_written(cells: list[str]) -> None:
    for delimiter in ",;\t|":
        assert next(csv.reader([csv_writer.format_row(cells, delimiter)], delimiter=delimiter)) == cells


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_formulas_are_marked_as_text(text: str) -> None:
    assert csv_writer.escape_formula(text) == "'" + text


@pytest.mark.parametrize("text", ["12 Main St", "", None, "a=b"])
def test_other_text_stays(text: str | None) -> None:
    assert csv_writer.escape_formula(text) == text


@pytest.mark.parametrize("text", ["=1+1", "'a", "", "12 Main St"])
def test_an_escaped_cell_comes_back(text: str) -> None:
    escaped = csv_writer.escape_formula(text)
    assert escaped is not None and csv_writer.unescape_formula(escaped) == text
