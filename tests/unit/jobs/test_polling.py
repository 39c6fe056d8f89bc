"""The polling interval that clients receive."""

from __future__ import annotations

import pytest

from app.domain.jobs.polling import eta_seconds, poll_interval_ms, progress, retry_after


@pytest.mark.parametrize(
    ("age", "eta", "ended", "expected"),
    [
        (0.0, None, False, 500),
        (4.9, 100.0, False, 500),
        (5.0, None, False, 2066),
        (600.0, None, False, 10_000),
        (90_000.0, None, False, 10_000),
        (600.0, 3.0, False, 3_000),
        (600.0, 0.1, False, 500),
        (1.0, None, True, 10_000),
    ],
)
def test_the_hint(age: float, eta: float | None, ended: bool, expected: int) -> None:
    assert poll_interval_ms(age, eta, ended=ended) == expected


def test_the_hint_never_shrinks_with_age() -> None:
    hints = [poll_interval_ms(float(age)) for age in range(0, 1200)]
    assert hints == sorted(hints)


def test_retry_after_is_the_hint_in_whole_seconds() -> None:
    assert [retry_after(ms) for ms in (500, 1000, 2066, 10_000)] == ["1", "1", "3", "10"]


def test_progress_is_full_only_at_the_end() -> None:
    assert [progress(n, 3, completed=False) for n in range(4)] == [0, 33, 66, 99]
    assert progress(0, None, completed=False) == 0
    assert progress(0, 0, completed=True) == 100


def test_an_estimate_needs_something_to_go_by() -> None:
    assert eta_seconds(50, 200, 10.0) == 30.0
    assert eta_seconds(0, 200, 10.0) is None
    assert eta_seconds(50, None, 10.0) is None
