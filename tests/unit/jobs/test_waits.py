"""What a pending job waits for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.jobs.waits import MAX_AHEAD, QueueSituation, WaitReason, explain

NEXT = QueueSituation("scoring", "default", None, False, False, None, 1, 2, 0, None)
LATER = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("situation", "reason", "message"),
    [
        (replace(NEXT, run_at=LATER), "due_later", "It is due at 2026-11-28 09:30 UTC."),
        (replace(NEXT, admitted=True), "starting", "It is on its way to a worker."),
        (replace(NEXT, paused=True), "queue_paused", "The queue scoring is paused."),
        (
            replace(NEXT, paused=True, paused_until=LATER, workers=0),
            "queue_paused",
            "The queue scoring is paused until 2026-11-28 09:30 UTC.",
        ),
        (replace(NEXT, workers=0, at_once=0), "no_worker", "No worker is running that serves the queue scoring."),
        (
            replace(NEXT, route="llm", workers=0),
            "no_worker",
            "No worker on the route llm is running that serves the queue scoring.",
        ),
        (replace(NEXT, at_once=0), "limit_zero", "The limit of the queue scoring is 0 jobs at once."),
        (NEXT, "in_line", "It is next in the queue scoring; at most 2 jobs run at once."),
        (
            replace(NEXT, ahead=2, at_once=1, typical_seconds=240.0),
            "in_line",
            "It is 3rd in line in the queue scoring, about 10 min; at most 1 job runs at once.",
        ),
        (
            replace(NEXT, ahead=11, typical_seconds=1800.0),
            "in_line",
            "It is 12th in line in the queue scoring, about 2 h 45 min; at most 2 jobs run at once.",
        ),
        (
            replace(NEXT, ahead=MAX_AHEAD),
            "in_line",
            "More than 1,000 jobs of the queue scoring are before it.",
        ),
    ],
    ids=range(11),
)
def test_reasons(situation: QueueSituation, reason: str, message: str) -> None:
    wait = explain(situation)
    assert (str(wait.reason), wait.message) == (reason, message)


def test_places_and_times() -> None:
    wait = explain(replace(NEXT, ahead=4, typical_seconds=10.0))
    assert (wait.reason, wait.position, wait.seconds) == (WaitReason.IN_LINE, 5, 25.0)
    assert explain(replace(NEXT, ahead=MAX_AHEAD)).position is None
