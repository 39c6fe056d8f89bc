"""Presenting results by the shape of their values."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.web.dashboard.core import results
from app.web.dashboard.jobs.view import summarize


def test_a_result_becomes_facts_bars_and_tables() -> None:
    sections = results.to_sections(
        {
            "geocoded": 1200,
            "hitRate": 0.25,
            "byProvider": {"census": 900, "offline": 300},
            "summary": {"bad_row": {"count": 3, "samples": []}},
            "rows": [{"name": "a", "n": 1}, {"name": "b"}],
            "empty": {},
            "nothing": None,
        }
    )
    assert sections[0].facts == [("Geocoded", "1,200"), ("Hit rate", "25.0%")]
    assert [(section.title, [(bar.label, bar.value) for bar in section.bars]) for section in sections[1:3]] == [
        ("By provider", [("census", 900), ("offline", 300)]),
        ("Summary", [("Bad row", 3)]),
    ]
    assert sections[1].max_value == 900
    assert sections[3].table == results.ResultTable(["Name", "N"], [["a", "1"], ["b", "–"]])
    assert len(sections) == 4


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_any_json_value_can_be_presented(value: Any) -> None:
    for section in results.to_sections(value):
        assert all(isinstance(text, str) for fact in section.facts for text in fact)
        assert all(isinstance(cell, str) for row in (section.table.rows if section.table else []) for cell in row)


def test_many_bars_end_with_the_sum_of_the_others() -> None:
    [section] = results.to_sections({"byCity": {f"c{n}": n for n in range(1, 21)}})
    assert len(section.bars) == results.MAX_BARS + 1
    assert section.bars[-1].label == "others"
    assert sum(bar.value for bar in section.bars) == sum(range(1, 21))


def test_the_report_id_of_a_result_is_found() -> None:
    assert results.find_report_id({"report_id": "r1"}) == "r1"
    assert results.find_report_id({"reportId": "r2"}) == "r2"
    assert results.find_report_id(["report_id"]) is None


def test_a_job_is_summarized_by_its_file_or_its_arguments() -> None:
    assert summarize('{"fileName": "voters.csv", "dryRun": false}') == "voters.csv"
    assert summarize('{"filters": {"state": "CA", "city": null}, "limit": 5, "useCache": true}') == (
        "limit 5, useCache true, state CA"
    )
    assert summarize("{}") == ""
