"""A quotation is found in the stored text whatever the white space of both."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.dashboard.core.highlighting import MAX_SHOWN_CHARACTERS, Highlighted, highlight


@pytest.mark.parametrize(
    ("text", "quote", "passage"),
    [
        ("Founded in 1998.\nBased in Durham.", "Based in Durham", "Based in Durham"),
        ("Its gearboxes are\n\n  used in turbines", "gearboxes are used in", "gearboxes are\n\n  used in"),
        ("one  two", "one\ntwo", "one  two"),
        ("theatre", "heat", "heat"),
        ("a b a c", "a c", "a c"),
        ("nothing here", "something", ""),
        ("words", "", ""),
        ("", "words", ""),
        ("<b>bold</b> & more", "</b> & more", "</b> & more"),
    ],
)
def test_passages(text: str, quote: str, passage: str) -> None:
    found = highlight(text, quote)
    assert found.passage == passage
    assert found.before + found.passage + found.after == text


@given(st.lists(st.sampled_from(["a", "b", "ab", "é"]), min_size=1), st.data())
def test_every_run_of_words_is_found(words: list[str], data: st.DataObject) -> None:
    text = "".join(word + data.draw(st.sampled_from([" ", "\n", "\t ", "  "])) for word in words)
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    quote = " ".join(words[start:end])
    found = highlight(text, quote)
    assert " ".join(found.passage.split()) == quote
    assert found.before + found.passage + found.after == text


def test_a_long_text_is_cut_behind_the_passage() -> None:
    found = highlight("the passage " + "x" * MAX_SHOWN_CHARACTERS, "passage")
    assert found.before + found.passage == "the passage"
    assert len(found.before + found.passage + found.after) == MAX_SHOWN_CHARACTERS
    late = highlight("x" * MAX_SHOWN_CHARACTERS + " the passage and more", "the passage")
    assert late == Highlighted("x" * MAX_SHOWN_CHARACTERS + " ", "the passage", "")
