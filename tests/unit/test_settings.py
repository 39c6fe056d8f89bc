"""Settings from the environment, and their effect on queues."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from app.domain.jobs.spec import QueueSpec
from app.settings import Settings, load

URLS = {"DATABASE_URL": "postgresql:///x", "REDIS_URL": "redis://x"}
RESEARCH = QueueSpec("research", concurrency=2, per_worker=True, priority=1)
SIGNALS = QueueSpec("buying-signals", concurrency=5, variable="SIGNALS")


def settings(monkeypatch: pytest.MonkeyPatch, **env: str) -> Settings:
    for name, value in (URLS | env).items():
        monkeypatch.setenv(name, value)
    return load()


def test_lists_and_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = settings(
        monkeypatch,
        TRIGPOINT_GEOCODERS="locationiq, offline,",
        TRIGPOINT_PROVIDERS__LOCATIONIQ__KEY="k",
        TRIGPOINT_PROVIDERS__LOCATIONIQ__RATE="2.5",
    )
    assert loaded.geocoders == ("locationiq", "offline")
    assert (loaded.providers["locationiq"].key, loaded.providers["locationiq"].rate) == ("k", 2.5)


def test_missing_settings_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("REDIS_URL", "redis://x")
    with pytest.raises(ValidationError, match="DATABASE_URL"):
        load()


def test_a_queue_as_the_environment_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = settings(
        monkeypatch, RESEARCH_WORKER_CONCURRENCY="7", ENABLE_SIGNALS_WORKER="false", SIGNALS_WORKER_CONCURRENCY="3"
    )
    assert loaded.queue(RESEARCH) == QueueSpec("research", concurrency=7, per_worker=True, priority=1)
    signals = loaded.queue(SIGNALS)
    assert (signals.concurrency, signals.route) == (3, "signals")


def test_heat_maps_at_once_have_the_name_of_their_document(monkeypatch: pytest.MonkeyPatch) -> None:
    heatmap = QueueSpec("heatmap", concurrency=1)
    loaded = settings(monkeypatch, MAX_CONCURRENT_JOBS="3", WORKER_CHUNK_SIZE="1000")
    assert loaded.queue(heatmap).concurrency == 3 and loaded.worker_chunk_size == 1000
    assert loaded.queue(RESEARCH).concurrency == 2
    assert settings(monkeypatch, HEATMAP_WORKER_CONCURRENCY="5").queue(heatmap).concurrency == 5


@pytest.mark.parametrize("env", [{"RESEARCH_WORKER_CONCURRENCY": "many"}, {"ENABLE_RESEARCH_WORKER": "perhaps"}])
def test_nonsense_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, env: dict[str, str]) -> None:
    loaded = settings(monkeypatch, **env)
    with pytest.raises(ValueError, match=next(iter(env))):
        loaded.queue(RESEARCH)
