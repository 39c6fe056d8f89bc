"""The platform with websites on the loopback that it may visit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from app.settings import Settings
from providers.web import fetcher, pages
from tests import harness
from tests.servers.sites import Sites
from workers.core.worker import Worker
from workers.websites import postgres_store, scrape, website_validation


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"fetch_allow": ("127.10.0.0/16",), "fetch_gap_seconds": 0.0, "mx_lookups": False}
    )


@pytest.fixture
async def sites() -> AsyncIterator[Sites]:
    async with Sites(3) as running:
        yield running


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failures that may pass are looked at again after a second, not after half a minute."""
    for module in (fetcher, pages, postgres_store, scrape, website_validation):
        monkeypatch.setattr(module, "TRANSIENT_SECONDS", 0.0)


@pytest.fixture
async def worker(settings: Settings, url: str) -> AsyncIterator[Worker]:
    async with harness.worker(settings) as runtime:
        yield runtime


async def add(client: aiohttp.ClientSession, **business: Any) -> dict[str, Any]:
    """Create a business and return the response."""
    async with client.post("/api/v1/businesses", json={"name": "Bakery Miller 0", **business}) as response:
        assert response.status == 201, await response.text()
        answer: dict[str, Any] = await response.json()
        return answer


async def finished(client: aiohttp.ClientSession, business: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Wait for the jobs of a business and return them by kind."""
    return {job["type"]: await harness.follow(client, job["jobId"]) for job in business["jobs"]}


async def shown(client: aiohttp.ClientSession, business: dict[str, Any]) -> dict[str, Any]:
    async with client.get(f"/api/v1/businesses/{business['id']}") as response:
        assert response.status == 200
        answer: dict[str, Any] = await response.json()
        return answer
