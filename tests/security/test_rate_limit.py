"""The rate limit per API key: shared by all API processes, reported in headers, and off while Redis is unavailable."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import aiohttp
import pytest

from app.embedded.valkey import EmbeddedValkey
from app.settings import Settings
from app.web.accounts import rate_limit
from tests import harness

LIMIT = 40


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is counted must not depend on how busy the machine is."""
    monkeypatch.setattr(rate_limit, "MAX_WAIT_SECONDS", 30.0)


async def get(client: aiohttp.ClientSession, path: str = "/api/v1/me") -> tuple[int, Mapping[str, str]]:
    async with client.get(path) as response:
        await response.read()
        return response.status, response.headers


async def test_requests_of_a_key_are_counted_over_all_processes(settings: Settings, admin_id: UUID) -> None:
    limited = settings.model_copy(update={"rate_limit_per_minute": LIMIT})
    async with (
        harness.api(limited) as first,
        harness.api(limited) as second,
        harness.session(first, harness.ADMIN_KEY) as one,
        harness.session(second, harness.ADMIN_KEY) as two,
    ):
        found = await asyncio.gather(*(get(client) for client in (one, two) for _ in range(LIMIT)))
        statuses = [status for status, _ in found]
        assert (statuses.count(200), statuses.count(429)) == (LIMIT, LIMIT)
        _, headers = found[0]
        assert headers["RateLimit-Policy"] == f'"default";q={LIMIT};w=60'
        assert re.fullmatch(r'"default";r=\d+;t=\d+', headers["RateLimit"])
        refused = next(headers for status, headers in found if status == 429)
        assert 1 <= int(refused["Retry-After"]) <= 60
        assert refused["RateLimit"].startswith('"default";r=0;')
        async with one.post("/api/v1/jobs", json={"type": "noop"}) as response:
            problem = await response.json()
        assert (response.status, problem["limit"], problem["maximum"]) == (429, "requestsPerMinute", LIMIT)
        for path in ("/healthz", "/readyz", "/login"):
            assert (await get(one, path))[0] != 429, path


async def test_other_keys_have_counts_of_their_own(settings: Settings, admin_id: UUID) -> None:
    unlimited = settings.model_copy(update={"rate_limit_per_minute": 5})
    async with harness.api(unlimited) as url, harness.session(url, harness.ADMIN_KEY) as client:
        async with client.post("/api/v1/keys", json={"name": "second"}) as response:
            key = (await response.json())["key"]
        for _ in range(8):
            await get(client)
        async with harness.session(url, key) as other:
            assert [(await get(other))[0] for _ in range(6)] == [200] * 5 + [429]


async def test_without_a_limit_there_are_no_headers(client: aiohttp.ClientSession) -> None:
    status, headers = await get(client)
    assert status == 200 and not any(name.lower().startswith("ratelimit") for name in headers)


async def test_requests_pass_while_redis_is_gone(
    settings: Settings, admin_id: UUID, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    valkey = EmbeddedValkey(tmp_path / "valkey")
    valkey.start()
    limited = settings.model_copy(update={"rate_limit_per_minute": 3, "redis_url": valkey.url})
    try:
        async with harness.api(limited) as url, harness.session(url, harness.ADMIN_KEY) as client:
            assert [(await get(client))[0] for _ in range(4)] == [200] * 3 + [429]
            valkey.stop()
            assert [(await get(client))[0] for _ in range(20)] == [200] * 20
            assert capfd.readouterr().err.count("rate_limit_skipped") == 1
    finally:
        valkey.stop()
