"""A platform on an external Postgres and Redis, which may be lost, and jobs that cannot be done on it."""

from __future__ import annotations

import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from app.embedded import EmbeddedPostgres, EmbeddedValkey
from tests import harness
from tests.acceptance.commands import Provider, Up, environment
from tests.acceptance.conftest import LOCATIONIQ_KEY
from tests.acceptance.geocoding.loaded import addresses, geocode, household, load
from tests.processes import Process

EXTRA_KIND = "tests.scripted"


@dataclass(frozen=True)
class Hosted:
    """A platform that was given its servers, and a key that its only online geocoder refuses."""

    up: Up
    postgres: EmbeddedPostgres
    env: dict[str, str]


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    folder = tmp_path_factory.mktemp("hosted")
    postgres, valkey = EmbeddedPostgres(folder / "postgres", durable=False), EmbeddedValkey(folder / "valkey")
    with ExitStack() as stack:
        for server in (postgres, valkey):
            server.start()
            stack.callback(server.stop)
        locationiq = stack.enter_context(closing(Provider("tests.servers", "--locationiq", "--key", "pk.another")))
        env = environment(
            DATABASE_URL=postgres.dsn,
            REDIS_URL=valkey.url,
            TRIGPOINT_GEOCODERS="nominatim,locationiq",
            TRIGPOINT_PROVIDERS__LOCATIONIQ__URL=locationiq.url,
            TRIGPOINT_PROVIDERS__LOCATIONIQ__KEY=LOCATIONIQ_KEY,
        )
        up = stack.enter_context(closing(Up(folder / "data", env)))
        yield Hosted(up.start(), postgres, env)


@pytest.fixture
async def owner(hosted: Hosted) -> AsyncIterator[aiohttp.ClientSession]:
    """A session with the key that the first start made and showed."""
    assert hosted.up.key is not None
    async with harness.session(hosted.up.url, hosted.up.key) as client:
        yield client


async def test_the_servers_given_are_used_and_no_others_started(hosted: Hosted, owner: aiohttp.ClientSession) -> None:
    assert not hosted.up.data_dir.exists()
    assert hosted.up.pid_of("uvicorn") and not hosted.up.pid_of("postgres") and not hosted.up.pid_of("valkey")
    async with owner.get("/api/v1/me") as response:
        assert (await response.json())["role"] == "admin"


async def test_a_refused_provider_key_is_reported_and_not_shown(hosted: Hosted, owner: aiohttp.ClientSession) -> None:
    await load(owner, "refused", [household(one) for one in addresses(30)])
    done = await geocode(owner, "refused")
    assert len(done.errors) == 30
    reasons = set(done.errors.values())
    assert reasons <= {"locationiq: HTTP 401: Invalid key", "locationiq: switched off: HTTP 401: Invalid key"}
    assert hosted.up.log.count("geocoder_misconfigured") == 1
    assert LOCATIONIQ_KEY not in str(done) + hosted.up.log + hosted.up.said


async def test_a_provider_that_is_not_configured_is_refused_with_the_reason(owner: aiohttp.ClientSession) -> None:
    await load(owner, "lacking", [household(one) for one in addresses(3)])
    asked = {"filters": {"precinctNumber": "lacking"}, "providerId": "nominatim"}
    async with owner.post("/api/v1/gis/households/geocode", json=asked) as response:
        assert response.status == 422
        problem = await response.json()
    unset = "TRIGPOINT_PROVIDERS__NOMINATIM__URL is not set"
    assert problem["error"] == f"providerId: cannot be used ({unset}); choose one of locationiq"
    assert problem["supportedProviders"] == ["locationiq"]
    async with owner.post("/api/v1/jobs", json={"type": "geocode_households", "data": asked}) as response:
        assert response.status == 422
        assert (await response.json())["error"] == f"data.{problem['error']}"


async def test_an_unknown_kind_is_refused(owner: aiohttp.ClientSession) -> None:
    async with owner.post("/api/v1/jobs", json={"type": "scripted"}) as response:
        assert response.status == 422
        assert "geocode_households" in (await response.json())["error"]


async def test_a_kind_that_the_workers_do_not_know_yet_waits_for_one_that_does(
    hosted: Hosted, owner: aiohttp.ClientSession, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    argv = [sys.executable, "-m", "uvicorn", "--factory", "app.main:create", "--port", str(port)]
    newer = await Process("api", argv, hosted.env | {"TRIGPOINT_EXTRA_KINDS": EXTRA_KIND}, tmp_path / "api.log").start()
    try:
        assert hosted.up.key is not None
        async with harness.session(f"http://127.0.0.1:{port}", hosted.up.key) as client:

            async def made() -> str | None:
                try:
                    async with client.post("/api/v1/jobs", json={"type": "scripted"}) as response:
                        assert response.status == 202, await response.text()
                        return str((await response.json())["jobId"])
                except aiohttp.ClientConnectorError:
                    return None

            job_id = await harness.eventually(made)
    finally:
        await newer.end()

    async def put_off() -> dict[str, object] | None:
        async with owner.get(f"/api/v1/jobs/{job_id}") as response:
            job: dict[str, object] = await response.json()
        return job if job["runAt"] else None

    job = await harness.eventually(put_off)
    assert job is not None
    assert (job["status"], job["error"]) == ("pending", "this worker does not know the kind 'scripted'")
    await load(owner, "meanwhile", [household(one) for one in addresses(1)])
    assert (await geocode(owner, "meanwhile")).job["processedItems"] == 1


async def test_requests_get_retry_after_while_postgres_is_unavailable(
    hosted: Hosted, owner: aiohttp.ClientSession
) -> None:
    await load(owner, "away", [household(one) for one in addresses(3)])
    hosted.postgres.stop()
    body = {"filters": {"precinctNumber": "away"}}
    for method, path in (
        ("GET", "/api/v1/jobs"),
        ("GET", "/api/v1/households"),
        ("POST", "/api/v1/gis/households/geocode"),
    ):
        async with owner.request(method, path, json=body if method == "POST" else None) as response:
            assert response.status == 503
            assert response.content_type == "application/problem+json"
            assert int(response.headers["Retry-After"]) > 0
            assert "database" in (await response.json())["error"]
    async with owner.get("/healthz") as response:
        assert response.status == 200
    async with owner.get("/readyz") as response:
        assert (response.status, (await response.json())["checks"]["postgres"]) == (503, False)

    hosted.postgres.start()

    async def ready() -> bool:
        async with owner.get("/readyz") as response:
            return response.status == 200

    await harness.eventually(ready)
    assert (await geocode(owner, "away")).job["processedItems"] == 3
