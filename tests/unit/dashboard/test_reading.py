"""How pages format results, values and names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.dashboard.core import formatting
from app.web.dashboard.jobs import results
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
    assert sections[3].table == results.Table(["Name", "N"], [["a", "1"], ["b", "–"]])
    assert len(sections) == 4


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_any_result_can_be_read(value: Any) -> None:
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


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (0.0312, "31 ms"), (1.25, "1.2 s"), (59.6, "1 min"), (61, "1 min 1 s"), (3600, "1 h"),
     (5400, "1 h 30 min"), (90_000, "1 d 1 h")],
)  # fmt: skip
def test_durations(seconds: float | None, text: str) -> None:
    assert formatting.duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0, "0"), (1234567, "1,234,567"), (0.5, "0.50"), (12.34, "12.3"), (1234.5, "1,234")],
)
def test_numbers(value: float | None, text: str) -> None:
    assert formatting.number(value) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [("byProvider", "By provider"), ("GEOCODE_QUEUED", "Geocode queued"), ("voter_import", "Voter import"),
     ("geocode-households", "geocode-households"), ("", "")],
)  # fmt: skip
def test_titles(name: str, text: str) -> None:
    assert formatting.humanize(name) == text


@pytest.mark.parametrize(
    ("event", "label"),
    [("sent_in_again", "Retried"), ("retried", "Retry scheduled"), ("claimed", "Started"), ("completed", "Completed")],
)
def test_timeline_events(event: str, label: str) -> None:
    assert formatting.event(event) == label


def test_a_moment_keeps_its_exact_time() -> None:
    shown = formatting.timestamp(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert 'datetime="2026-01-02T03:04:05.000000Z"' in shown
    assert 'title="2026-01-02 03:04:05 UTC"' in shown


def test_a_job_is_summarized_by_its_file_or_its_arguments() -> None:
    assert summarize('{"fileName": "voters.csv", "dryRun": false}') == "voters.csv"
    assert summarize('{"filters": {"state": "CA", "city": null}, "limit": 5, "useCache": true}') == (
        "limit 5, useCache true, state CA"
    )
    assert summarize("{}") == ""
