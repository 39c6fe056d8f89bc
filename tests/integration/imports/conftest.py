"""An API and a worker that share a folder for uploads."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from app.settings import Settings
from tests import harness
from workers.core.worker import Worker

Json = dict[str, Any]
Send = Callable[..., Coroutine[Any, Any, Json]]


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"uploads_url": (tmp_path / "uploads").as_uri(), "max_items": 100_000})


@pytest.fixture
async def worker(settings: Settings, admin_id: object) -> AsyncIterator[Worker]:
    async with harness.worker(settings) as running:
        yield running


@pytest.fixture
def send(client: aiohttp.ClientSession) -> Send:
    """Send a file as the body, or with `form=True` as a form. Returns the response; checks its status."""

    async def send(what: str, content: bytes, *, status: int = 202, form: bool = False, **options: Any) -> Json:
        path = f"/api/v1/{what}/import"
        given = {
            name: str(value) if not isinstance(value, bool) else str(value).lower() for name, value in options.items()
        }
        if form:
            body = aiohttp.FormData(given)
            body.add_field("file", io.BytesIO(content), filename="voters.csv")
            request = client.post(path, data=body)
        else:
            request = client.post(path, data=io.BytesIO(content), params=given, headers={"Content-Type": "text/csv"})
        async with request as response:
            assert response.status == status, await response.text()
            answer: Json = await response.json()
            return answer

    return send


@pytest.fixture
def imported(client: aiohttp.ClientSession, worker: Worker, send: Send) -> Send:
    """Send a file and wait for its job. Returns the finished job."""

    async def imported(what: str, content: bytes, *, ends: str = "completed", **options: Any) -> Json:
        created = await send(what, content, **options)
        job = await harness.follow(client, created["jobId"])
        assert job["status"] == ends, job
        return job

    return imported
