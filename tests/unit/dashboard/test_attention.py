"""What needs attention: failures by cause, queues that do not move, providers that fail, quotas nearly used."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.db.jobs.overview import MAX_FAILURES, FailedJob
from app.db.jobs.queues import Queue
from app.domain.geocoding.geocoder_status import GeocoderStatus
from app.web.dashboard.jobs.attention import cause_of, of_failures, of_providers, of_queues, of_quota

NOW = datetime(2026, 11, 28, tzinfo=UTC)
QUEUE = Queue(
    name="websites", route="default", per_worker=False, priority=5, priority_override=None, concurrency=20,
    concurrency_override=None, paused_at=None, paused_until=None, workers=1, slots=8, paused=False, ready=0, deferred=0,
    admitted=0, processing=0, completed=0, failed=0, cancelled=0, rate_per_minute=0.0, oldest_ready_seconds=None,
)  # fmt: skip
GEOCODER = GeocoderStatus(
    name="census", on=True, why_off=None, needs_key=False, reverses=True, used_today=100, daily=None, errors=0,
    breaker="closed", p50_ms=None, p95_ms=None, keeps_seconds=None, attribution=None, verified_on=None,
)  # fmt: skip


def failed(number: int, error: str, kind: str = "website_validation") -> FailedJob:
    return FailedJob(UUID(int=number), kind, error, NOW)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTTP 503 from https://a.example/x", "HTTP 500 from https://b.example/"),
        ("no answer within 5.0 s", "no answer within 30 s"),
        ("job 01a2214a-9364-7375-a045-99dec1554aaa is gone", "job 01a2214a-9364-7375-a045-99cf3cb6e946 is gone"),
    ],
)
def test_errors_with_the_same_cause(one: str, other: str) -> None:
    assert cause_of(one) == cause_of(other)


def test_other_errors_are_other_causes() -> None:
    assert cause_of("the domain does not exist") != cause_of("the certificate is invalid")


def test_failures_are_grouped_and_counted() -> None:
    jobs = [failed(n, f"timeout after {n} s") for n in range(3)] + [failed(9, "bad file", "voter_import")]
    most, single = of_failures(jobs)
    assert most.text == "Website validation: 3 jobs failed"
    assert most.detail == "timeout after 0 s", "the newest is the example"
    assert most.link == "/jobs?status=failed&type=website_validation&within=24h"
    assert (single.text, single.link) == ("Voter import: 1 job failed", f"/jobs/{UUID(int=9)}")


def test_few_causes_are_shown_and_the_rest_is_summed_up() -> None:
    words = ["one", "two", "three", "four", "five", "six", "seven"]
    found = of_failures([failed(n, word) for n, word in enumerate(words)])
    assert len(found) == 6
    assert found[-1].text == "2 jobs failed for other reasons"
    many = of_failures([failed(n, "same") for n in range(MAX_FAILURES)])
    assert "only the newest are counted" in many[-1].text
    assert of_failures([]) == []


def test_queues_that_do_not_move() -> None:
    paused = replace(QUEUE, name="a", paused=True, ready=2, deferred=1)
    closed = replace(QUEUE, name="b", concurrency_override=0, ready=1)
    alone = replace(QUEUE, name="c", workers=0, ready=1200)
    moving = replace(QUEUE, ready=9)
    idle = replace(QUEUE, workers=0)
    assert [(item.text, item.detail) for item in of_queues([paused, closed, alone, moving, idle])] == [
        ("Queue a is paused", "3 jobs wait"),
        ("The limit of queue b is 0, so none of its jobs runs", "1 job waits"),
        ("No worker serves queue c", "1,200 jobs wait"),
    ]
    assert of_queues([moving]) == []


def test_without_any_worker_there_is_one_message() -> None:
    queues = [replace(QUEUE, workers=0, ready=n) for n in range(3)]
    assert [(item.text, item.detail) for item in of_queues(queues)] == [("No worker is running", "3 jobs wait")]
    assert of_queues([]) == []


def test_providers_that_fail_or_are_nearly_used_up() -> None:
    statuses = [
        GEOCODER,
        replace(GEOCODER, name="open", breaker="open", errors=50),
        replace(GEOCODER, name="shaky", errors=36),
        replace(GEOCODER, name="unlucky", errors=9, used_today=9),
        replace(GEOCODER, name="full", used_today=80, daily=100),
        replace(GEOCODER, name="off", on=False, breaker="open", errors=99),
    ]
    assert [item.text for item in of_providers(statuses)] == [
        "open fails, and is not asked for a while",
        "shaky often fails",
        "full has used 80 of 100 requests of today",
    ]


@pytest.mark.parametrize(("used", "is_shown"), [(0, False), (39, False), (40, True), (50, True)])
def test_the_quota(used: int, is_shown: bool) -> None:
    assert bool(of_quota(used, 50)) is is_shown
