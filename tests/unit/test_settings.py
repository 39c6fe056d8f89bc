"""Settings from the environment, and their effect on queues."""

from __future__ import annotations

import pytest

from app.domain.jobs.spec import QueueSpec
from app.settings import Settings, load
from app.variables import InvalidSettings

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
    with pytest.raises(InvalidSettings, match="DATABASE_URL is not set: set postgresql://"):
        load()


SECRET = "s3cret"


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("TRIGPOINT_MAX_ITEMS", "many", "must be a whole number"),
        ("TRIGPOINT_MAX_ITEMS", "-1", "must be greater than 0"),
        ("TRIGPOINT_MX_LOOKUPS", "2", "must be true or false"),
        ("TRIGPOINT_SESSION_SECRET", SECRET, "must have at least 16 characters"),
        ("TRIGPOINT_FETCH_ALLOW", "10.0.0.0/33", "must be networks such as 10.0.0.0/8, separated by commas"),
        ("TRIGPOINT_MAP_TILES", "tiles", "should match pattern"),
        ("TRIGPOINT_DEFAULT_COUNTRY", "usa", "set two letters of ISO 3166-1, such as us"),
        ("TRIGPOINT_LOG_LEVEL", "verbose", "must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL"),
        ("TRIGPOINT_QUEUE_PREFIX", "", "must have at least 1 characters"),
        ("TRIGPOINT_LEASE_SECONDS", "1", "must be greater than 1"),
        ("TRIGPOINT_RESEARCH_PAGES", "51", "must be at most 50"),
        ("TRIGPOINT_UPLOADS_URL", f"ftp://{SECRET}", "must be a folder"),
        ("TRIGPOINT_SCORING_WEIGHTS", "{", "must be valid JSON"),
        ("TRIGPOINT_PROVIDERS__NOMINATIM__RATE", "fast", "must be a number"),
        ("TRIGPOINT_PROVIDERS__NOMINATIM__URL", f"{SECRET}:8080", "must be a URL that begins with http://"),
        ("TRIGPOINT_PROVIDERS__NOMINATIM__URI", SECRET, "is not a setting"),
        ("TRIGPOINT_LLM_URL", "https://x", "and TRIGPOINT_LLM_MODEL belong together"),
        ("WORKER_SLOTS", "0", "must be greater than 0"),
        ("REDIS_URL", f"http://:{SECRET}@h", "must begin with redis://"),
        ("REDIS_URL", f"redis://:{SECRET}@h/name", "must end with the number of a database"),
        ("DATABASE_URL", f"mysql://:{SECRET}@h/name", "must begin with postgresql://"),
    ],
)
def test_one_line_names_the_variable_and_what_to_set(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, line: str
) -> None:
    with pytest.raises(InvalidSettings) as refused:
        settings(monkeypatch, TRIGPOINT_LLM_KEY=SECRET, **{name: value})
    (problem,) = refused.value.problems
    assert problem.startswith(name) and line in problem
    assert SECRET not in problem and SECRET not in repr(refused.value.__context__)


def test_a_path_is_a_folder_of_uploads(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch, TRIGPOINT_UPLOADS_URL="/srv/up loads").uploads_url == "file:///srv/up%20loads"


def test_secrets_are_not_in_the_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = f"{SECRET} and more text"
    loaded = settings(
        monkeypatch,
        DATABASE_URL="postgresql://u:s3cret@h/x",
        REDIS_URL="redis://:s3cret@h",
        TRIGPOINT_LLM_KEY=secret,
        TRIGPOINT_LLM_FALLBACK_KEY=secret,
        TRIGPOINT_SMTP_URL=secret,
        TRIGPOINT_ADMIN_KEY=secret,
        TRIGPOINT_SESSION_SECRET=secret,
        CRON_SECRET=secret,
        TRIGPOINT_PROVIDERS__LOCATIONIQ__KEY=secret,
        TRIGPOINT_PROVIDERS__LOCATIONIQ__URL="https://h/?key=s3cret",
        TRIGPOINT_LLM_URL="https://u:s3cret@h",
        TRIGPOINT_LLM_MODEL="m",
    )
    assert SECRET not in repr(loaded) and SECRET not in str(loaded)


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
