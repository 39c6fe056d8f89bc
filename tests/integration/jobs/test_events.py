"""Follow a job by server-sent events."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import orjson

from app.settings import Settings
from tests.harness import worker


async def listen(client: aiohttp.ClientSession, job_id: str, last: str | None = None) -> list[dict[str, Any]]:
    """Return the jobs of a stream's events, each with its event's id, until the stream ends."""
    headers = {"Last-Event-ID": last} if last else {}
    events: list[dict[str, Any]] = []
    async with asyncio.timeout(10), client.get(f"/api/v1/jobs/{job_id}/events", headers=headers) as response:
        assert (response.status, response.content_type) == (200, "text/event-stream")
        fields: dict[str, str] = {}
        async for line in response.content:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = value
            elif fields.get("event") == "job":
                events.append(orjson.loads(fields["data"]) | {"event_id": fields["id"]})
                fields = {}
    return events


async def test_a_stream_has_every_change_and_ends_with_the_job(
    client: aiohttp.ClientSession, settings: Settings
) -> None:
    body = {"type": "scripted", "data": {"steps": 5, "step_seconds": 0.05}}
    async with client.post("/api/v1/jobs", json=body) as made:
        job_id = (await made.json())["jobId"]
    following = asyncio.create_task(listen(client, job_id))
    async with worker(settings):
        events = await following
    assert [job["status"] for job in events][:1] == ["pending"]
    assert events[-1]["status"] == "completed"
    assert len(events) >= 4
    processed = [job["processedItems"] for job in events]
    assert processed == sorted(processed)
    assert await listen(client, job_id, events[-1]["event_id"]) == []
    assert [job["status"] for job in await listen(client, job_id, events[0]["event_id"])] == ["completed"]


async def test_other_users_may_not_follow_a_job(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession
) -> None:
    async with client.post("/api/v1/jobs", json={"type": "noop"}) as made:
        job_id = (await made.json())["jobId"]
    async with user_client.get(f"/api/v1/jobs/{job_id}/events") as response:
        assert response.status == 404
