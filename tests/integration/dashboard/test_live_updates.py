"""The event stream of a page: computed once for all viewers, filtered per viewer, resumed after a reconnect."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiohttp
import orjson
import pytest

from app.db.core import asyncpg_overrides
from app.settings import Settings
from tests import harness
from tests.harness import eventually, follow, worker
from tests.integration.dashboard.conftest import Visitor, visitor

Json = dict[str, Any]


class Listener:
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.events: list[Json] = []
        self._task = asyncio.create_task(self._read(response))

    async def _read(self, response: aiohttp.ClientResponse) -> None:
        fields: dict[str, str] = {}
        async for line in response.content:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = value
            elif "event" in fields:
                self.events.append({"event": fields["event"], "id": fields.get("id"), **orjson.loads(fields["data"])})
                fields = {}

    def jobs(self) -> list[Json]:
        return [job for event in self.events if event["event"] == "jobs" for job in event["jobs"]]

    async def receives(self, job_id: str, status: str) -> None:
        async def received() -> bool:
            return any(job["id"] == job_id and job["status"] == status for job in self.jobs())

        await eventually(received)

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@asynccontextmanager
async def listening(viewer: Visitor, path: str, last: str | None = None) -> AsyncIterator[Listener]:
    headers = {"Last-Event-ID": last} if last else {}
    async with viewer.session.get(path, headers=headers) as response:
        assert (response.status, response.content_type) == (200, "text/event-stream"), await response.text()
        listener = Listener(response)
        try:
            yield listener
        finally:
            await listener.stop()


async def create(client: aiohttp.ClientSession, **job: object) -> str:
    async with client.post("/api/v1/jobs", json=job) as response:
        return str((await response.json())["jobId"])


async def test_a_list_receives_new_jobs_and_their_changes(
    admin: Visitor, client: aiohttp.ClientSession, settings: Settings
) -> None:
    async with listening(admin, "/live/jobs?top=1&type=scripted") as listener:
        job = await create(client, type="scripted", data={"steps": 2, "step_seconds": 0.1})
        other = await create(client, type="noop")
        await listener.receives(job, "pending")
        async with worker(settings):
            await listener.receives(job, "completed")
        assert listener.jobs()[0]["new"]
        assert other not in {job["id"] for job in listener.jobs()}
        async with client.delete(f"/api/v1/jobs/{job}") as response:
            assert response.status == 204

        async def gone() -> bool:
            return any(job in event.get("gone", ()) for event in listener.events)

        await eventually(gone)


async def test_jobs_of_other_users_are_not_sent(
    user: Visitor, client: aiohttp.ClientSession, user_client: aiohttp.ClientSession
) -> None:
    before = await create(client, type="noop")
    async with (
        listening(user, f"/live/jobs?top=1&ids={before}") as listener,
        listening(user, f"/live/jobs/{before}") as spying,
    ):
        theirs = await create(client, type="noop")
        for job in (before, theirs):
            async with client.post(f"/api/v1/jobs/{job}/cancel") as response:
                assert response.status == 200
        own = await create(user_client, type="noop")
        await listener.receives(own, "pending")
        assert {job["id"] for job in listener.jobs()} == {own}
        assert spying.jobs() == []


async def test_a_page_that_reconnects_receives_what_it_missed(
    admin: Visitor, client: aiohttp.ClientSession, settings: Settings
) -> None:
    first = await create(client, type="noop")
    async with listening(admin, f"/live/jobs?top=1&ids={first}") as listener:
        await listener.receives(await create(client, type="noop"), "pending")
        last = listener.events[-1]["id"]
    missed = await create(client, type="noop")
    async with client.post(f"/api/v1/jobs/{first}/cancel") as response:
        assert response.status == 200
    async with listening(admin, f"/live/jobs?top=1&ids={first}", last) as listener:
        await listener.receives(missed, "pending")
        await listener.receives(first, "cancelled")
        assert "reload" not in {event["event"] for event in listener.events}
    async with listening(admin, "/live/jobs?top=1", "1700000000000") as listener:

        async def is_told_to_reload() -> bool:
            return "reload" in {event["event"] for event in listener.events}

        await eventually(is_told_to_reload)


async def test_panels_are_sent_after_an_action(admin: Visitor, client: aiohttp.ClientSession) -> None:
    async with listening(admin, "/live/panels/queues,audit,unheard-of") as listener:
        async with client.post("/api/v1/queues/noop/pause") as response:
            assert response.status == 200

        async def paused() -> bool:
            panels = {event["name"]: event["content"] for event in listener.events if event["event"] == "panel"}
            return "paused" in panels.get("queues", "") and "Queue paused" in panels.get("audit", "")

        await eventually(paused)


@pytest.mark.parametrize("viewers", [1, 200])
async def test_200_viewers_cost_as_many_connections_as_1(
    url: str, client: aiohttp.ClientSession, settings: Settings, monkeypatch: pytest.MonkeyPatch, viewers: int
) -> None:
    """Count the connections that the API takes while a job goes through twenty steps."""
    taken = 0
    original = asyncpg_overrides.AcquireContext.__aenter__

    async def counting(self: Any) -> Any:
        nonlocal taken
        taken += "trigpoint api" in str(self.pool._connect_kwargs.get("server_settings"))
        return await original(self)

    async with visitor(url, harness.ADMIN_KEY) as admin, AsyncExitStack() as stack:
        admin.session._connector._limit = 0  # type: ignore[union-attr]  # aiohttp's own limit of connections
        listeners = [await stack.enter_async_context(listening(admin, "/live/jobs?top=1")) for _ in range(viewers)]
        job = await create(client, type="scripted", data={"steps": 20, "step_seconds": 0.05})
        for listener in listeners:
            await listener.receives(job, "pending")
        monkeypatch.setattr(asyncpg_overrides.AcquireContext, "__aenter__", counting)
        async with worker(settings):
            await follow(client, job)
            for listener in listeners:
                await listener.receives(job, "completed")
    assert 0 < taken < 60
