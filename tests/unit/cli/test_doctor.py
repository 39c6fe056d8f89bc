"""What `trigpoint doctor` concludes from what it reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from app.cli.diagnosis.database import of_clock, of_pooler, of_queues, of_server, of_work
from app.cli.diagnosis.findings import Finding, Level
from app.cli.diagnosis.others import of_memory, of_settings
from app.db.core.diagnosis import ServerFacts
from app.db.jobs.workers import WorkerStatus
from app.settings import Settings
from app.version import VERSION
from tests.unit.dashboard.test_attention import QUEUE

NOW = datetime(2026, 11, 28, tzinfo=UTC)
GOOD = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "autovacuum": "on",
    "max_connections": "100",
}
FACTS = ServerFacts("18.1", 180001, NOW, GOOD, 20, 0.0, 0, True, 0)
WORKER = WorkerStatus(
    id=UUID(int=1), hostname="one", pid=7, route="default", slots=100, version=VERSION, started_at=NOW, beat_at=NOW,
    stopping=False, loop_lag_ms=2.0, alive=True, running=0,
)  # fmt: skip


def bad(found: list[Finding]) -> list[tuple[str, str]]:
    return [(str(finding.level), finding.text) for finding in found if finding.level is not Level.OK]


def test_a_good_installation_has_no_findings() -> None:
    assert bad([*of_server(FACTS), *of_clock(0.4), *of_work(FACTS, [WORKER], [QUEUE]), *of_memory("noeviction")]) == []


@pytest.mark.parametrize(
    ("facts", "level", "advice"),
    [
        (replace(FACTS, version="14.2", version_number=140002), "PROBLEM", "15 or later is needed"),
        (replace(FACTS, settings=GOOD | {"fsync": "off"}), "PROBLEM", "fsync is off"),
        (replace(FACTS, settings=GOOD | {"synchronous_commit": "off"}), "PROBLEM", "may lose confirmed jobs"),
        (replace(FACTS, settings=GOOD | {"autovacuum": "off"}), "PROBLEM", "autovacuum is off"),
        (replace(FACTS, connections=90), "note", "90 of 100 connections are in use"),
        (replace(FACTS, dead_share=0.9), "note", "run VACUUM"),
    ],
)
def test_settings_of_the_server(facts: ServerFacts, level: str, advice: str) -> None:
    ((found_level, text),) = bad(of_server(facts))
    assert found_level == level and advice in text


@pytest.mark.parametrize(
    ("facts", "workers", "level", "advice"),
    [
        (replace(FACTS, has_admin=False), [WORKER], "PROBLEM", "run `trigpoint migrate`"),
        (FACTS, [], "PROBLEM", "start one with `trigpoint worker`"),
        (FACTS, [replace(WORKER, alive=False)], "PROBLEM", "start one with `trigpoint worker`"),
        (FACTS, [replace(WORKER, version="0.0.9")], "note", "restart it"),
        (FACTS, [replace(WORKER, loop_lag_ms=4000.0)], "note", "stood still for 4,000 ms"),
        (replace(FACTS, disabled_schedules=2), [WORKER], "note", "trigpoint schedules list"),
        (replace(FACTS, failed_jobs=3), [WORKER], "note", "3 failed within a day"),
    ],
)
def test_what_keeps_jobs_from_running(facts: ServerFacts, workers: list[WorkerStatus], level: str, advice: str) -> None:
    ((found_level, text),) = bad(of_work(facts, workers, [QUEUE]))
    assert found_level == level and advice in text


@pytest.mark.parametrize(
    ("changes", "level", "advice"),
    [
        ({"paused": True, "ready": 3}, "note", "trigpoint queues resume websites"),
        ({"ready": 3, "workers": 0, "route": "own"}, "PROBLEM", "WORKER_ROUTE=own"),
        ({"ready": 3, "oldest_ready_seconds": 3600.0}, "note", "is due for 60 min"),
    ],
)
def test_queues_whose_jobs_wait(changes: dict[str, Any], level: str, advice: str) -> None:
    ((found_level, text),) = bad(of_queues([QUEUE, replace(QUEUE, **changes)], has_workers=True))
    assert found_level == level and advice in text


def test_clocks_that_differ() -> None:
    assert "120 s ahead of" in bad(of_clock(120))[0][1]
    assert "120 s behind" in bad(of_clock(-120))[0][1]


def test_a_full_redis_that_forgets_jobs() -> None:
    assert bad(of_memory("allkeys-lru")) == [
        ("note", "maxmemory-policy is allkeys-lru: set noeviction, or jobs are late when it is full")
    ]


def settings(**changes: Any) -> Settings:
    urls = {"database_url": "postgresql://a@b/c", "redis_url": "redis://b", "contact": "a@x.org"}
    return Settings(**{**urls, "session_secret": "s" * 16, **changes})


def test_a_pooler_in_transaction_mode_needs_two_settings() -> None:
    assert [level for level, _ in bad(of_pooler(settings()))] == ["PROBLEM", "PROBLEM"]
    assert bad(of_pooler(settings(statement_cache=False, listen_url="postgresql://a@b/c"))) == []


def test_settings_that_do_not_fit_and_variables_that_nothing_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    assert bad(of_settings(settings())) == []
    assert bad(of_settings(settings(geocoders=("nominatum",))))[0][0] == "PROBLEM"
    assert "TRIGPOINT_CONTACT" in bad(of_settings(settings(contact=None)))[0][1]
    monkeypatch.setenv("TRIGPOINT_GEOCODER", "census")
    assert bad(of_settings(settings())) == [
        ("note", "TRIGPOINT_GEOCODER is not a setting; did you mean TRIGPOINT_GEOCODERS?")
    ]
