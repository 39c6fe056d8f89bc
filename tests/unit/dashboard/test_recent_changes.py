"""Catching up with changed jobs after a lost connection."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.web.dashboard.core import recent_changes
from app.web.dashboard.core.recent_changes import RecentChanges

JOBS = [UUID(int=n) for n in range(5)]


def test_a_page_catches_up_from_the_time_of_its_last_event() -> None:
    changes = RecentChanges(now_ms=100)
    changes.record(JOBS[:2], 110)
    changes.record([JOBS[2]], 120)
    changes.record([JOBS[0]], 130)
    assert list(changes.since(120)) == [JOBS[0], JOBS[2]]
    assert set(changes.since(0)) == set(JOBS[:3])
    assert list(changes.since(131)) == []


def test_it_covers_the_time_since_it_was_started_or_restarted() -> None:
    changes = RecentChanges(now_ms=100)
    assert changes.covers(100)
    assert not changes.covers(99)
    changes.restart(now_ms=200)
    assert not changes.covers(199)


def test_the_oldest_changes_are_dropped_and_no_longer_covered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recent_changes, "MAX_REMEMBERED", 2)
    changes = RecentChanges(now_ms=100)
    for number, job_id in enumerate(JOBS[:3]):
        changes.record([job_id], 110 + number)
    assert list(changes.since(0)) == [JOBS[2], JOBS[1]]
    assert not changes.covers(109)
    assert changes.covers(110)
