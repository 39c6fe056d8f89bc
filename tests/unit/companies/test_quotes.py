"""Finding quotations in texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.companies.research.normalization import fold, folded
from app.domain.companies.research.quotes import TooShort, find_quote

TEXT = (
    "We employ 1,500 staff.\nAcme “raised” £5\u00a0million — in Zürich, the ﬁrst. Growth was 2.5 million units, or 14%."
)


def quoted(quote: str) -> str | None:
    return find_quote(quote, TEXT, fold(TEXT))


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        ("We employ 1,500 staff", "We employ 1,500 staff"),
        ("we EMPLOY  1,500\nstaff.", "We employ 1,500 staff."),
        ('Acme "raised" £5 million - in Zurich', "Acme “raised” £5\u00a0million — in Zürich"),
        ("in Zurich, the first", "in Zürich, the ﬁrst"),
        ("5 million - in Zürich", "£5\u00a0million — in Zürich"),
        ("million units, or 14", "million units, or 14%"),
        ("“We employ 1,500 staff”", "We employ 1,500 staff"),
        ("We employ ... Growth was 2.5 million", TEXT[: TEXT.index(" units")]),
    ],
)
def test_a_quotation_is_returned_verbatim(quote: str, stands: str) -> None:
    assert quoted(quote) == stands


@pytest.mark.parametrize(
    "quote",
    [
        "employ 500 staff",
        "500 staff. Acme",
        "We employ 1,5",
        "employ 1,500 staf",
        "Growth was 2",
        "5 million units, or",
        "We employ 15,000 staff",
        "Acme raised £6 million in Zürich",
        "Growth was 2.5 million ... We employ 1,500 staff",
    ],
)
def test_a_changed_quotation_is_not_found(quote: str) -> None:
    assert quoted(quote) is None


@pytest.mark.parametrize("quote", ["", "Acme", "...", "in Zürich", "£5 million", '"""'])
def test_a_quotation_of_few_words_is_too_short(quote: str) -> None:
    with pytest.raises(TooShort):
        quoted(quote)


@given(st.text(max_size=200))
def test_folding_keeps_the_origin_of_each_character(text: str) -> None:
    result = fold(text)
    assert len(result.origins) == len(result.text)
    assert list(result.origins) == sorted(result.origins)
    assert folded(result.text) == result.text or not result.text.isascii()


@given(st.text(max_size=120), st.integers(0, 120), st.integers(0, 120))
def test_a_found_quotation_is_part_of_the_text(text: str, start: int, end: int) -> None:
    try:
        found = find_quote(text[start:end], text, fold(text))
    except TooShort:
        return
    assert found is None or found in text
