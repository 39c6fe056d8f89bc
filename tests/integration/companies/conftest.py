"""An API and a worker, a company's website, and a model to write with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from app.settings import Settings
from tests import harness
from tests.integration.households.calls import call
from tests.servers.llm import MODEL, LlmStandIn
from tests.servers.site import Site

Json = dict[str, Any]
Research = Callable[..., Awaitable[Json]]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as running:
        yield running


@pytest.fixture
async def llm() -> AsyncIterator[LlmStandIn]:
    async with LlmStandIn() as running:
        yield running


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Without a model."""
    return settings.model_copy(update={"fetch_allow": ("127.0.0.0/8",), "fetch_gap_seconds": 0.0})


@pytest.fixture
def with_model(settings: Settings, llm: LlmStandIn) -> Settings:
    return settings.model_copy(update={"llm_url": llm.url, "llm_model": MODEL, "llm_timeout_seconds": 5.0})


@pytest.fixture
async def company(client: aiohttp.ClientSession, site: Site) -> str:
    """The id of a company with that website."""
    made = await call(client, "POST", "/api/companies", json={"name": "Acme Widgets Ltd", "website": site.url})
    assert made.status == 201, made.raw
    return str(made.json["id"])


@pytest.fixture
def research(client: aiohttp.ClientSession, company: str) -> Research:
    """Research the company and wait for the job to end; return the report, or the job unless it completed."""

    async def run(*, ends: str = "completed", **options: Any) -> Json:
        asked = await call(client, "POST", f"/api/research/{company}", json={"force_refresh": True, **options})
        assert asked.status == 202, asked.raw
        job = await harness.follow(client, asked.json["job_id"])
        assert job["status"] == ends, job
        if ends != "completed":
            return job
        report = await call(client, "GET", f"/api/reports/{job['result']['report_id']}")
        assert report.status == 200, report.raw
        found: Json = report.json
        return found | {"job": job}

    return run
