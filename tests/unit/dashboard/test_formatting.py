"""Template filters: numbers, times, durations and names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.web.dashboard.core import formatting


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
def test_names(name: str, text: str) -> None:
    assert formatting.humanize(name) == text


@pytest.mark.parametrize(
    ("event", "label"),
    [("sent_in_again", "Retried"), ("retried", "Retry scheduled"), ("claimed", "Started"), ("completed", "Completed")],
)
def test_timeline_events(event: str, label: str) -> None:
    assert formatting.event(event) == label


def test_a_timestamp_keeps_its_exact_time() -> None:
    shown = formatting.timestamp(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    assert 'datetime="2026-01-02T03:04:05.000000Z"' in shown
    assert 'title="2026-01-02 03:04:05 UTC"' in shown
