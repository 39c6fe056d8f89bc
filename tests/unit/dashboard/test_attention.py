"""What needs attention: failures by cause, queues that do not move, providers that fail, quotas nearly used."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from app.db.jobs.causes import FailureGroup
from app.db.jobs.queues import Queue
from app.domain.geocoding.geocoder_status import GeocoderStatus
from app.web.dashboard.jobs.attention import of_failures, of_providers, of_queues, of_quota, of_schema

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


def failed(number: int, error: str, jobs: int = 1, kind: str = "website_validation") -> FailureGroup:
    return FailureGroup(kind, f"digest{number}", jobs, NOW, UUID(int=number), f"Title {number}", error)


def test_failures_lead_to_their_jobs() -> None:
    most, single = of_failures([failed(1, "timeout: after 2 s", 3), failed(9, "bad file", kind="voter_import")])
    assert most.text == "Website validation: 3 jobs failed"
    assert most.detail == "There was no answer in time"
    assert most.link == "/errors?within=24h&kind=website_validation&cause=digest1"
    assert (single.text, single.detail, single.link) == ("Title 9 failed", "Bad file", f"/jobs/{UUID(int=9)}")


def test_few_causes_are_shown_and_the_rest_is_summed_up() -> None:
    found = of_failures([failed(n, f"reason {n}") for n in range(7)])
    assert len(found) == 6
    assert found[-1].text == "2 jobs failed for other reasons"
    assert of_failures([]) == []


def test_a_schema_that_does_not_fit() -> None:
    [found] = of_schema("the schema is older than the code: run `trigpoint migrate`")
    assert found.text == "The schema is older than the code: run `trigpoint migrate`"
    assert of_schema(None) == []


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
