"""Following a job: how events are read, and what happens where they do not arrive."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.client import ApiError, Client, NotFound, Unauthorized
from app.client.errors import PROBLEM
from app.client.following import Event, follow, parse
from tests.unit.cli.standin import JOB, StandIn


@pytest.mark.parametrize("size", [1, 7, 1000])
async def test_events_are_read_from_blocks_of_any_size(size: int) -> None:
    text = b'retry: 2000\n\nevent: job\nid: 7\ndata: {"a":\ndata: 1}\n\n'
    text += b": still here\n\nevent: end\r\ndata: {}\r\n\r\nevent: job\n"

    async def blocks() -> AsyncIterator[bytes]:
        for first in range(0, len(text), size):
            yield text[first : first + size]

    events = [event async for event in parse(blocks())]
    assert events == [Event("job", "7", '{"a":\n1}'), Event("end", "7", "{}")]


async def test_polling_respects_the_interval(platform: StandIn, pauses: list[float]) -> None:
    waiting = {**JOB, "status": "pending", "poll_interval_ms": 500}
    running = {**JOB, "status": "processing", "poll_interval_ms": 2000}
    platform.on("GET /api/v1/jobs/j1", waiting, running, JOB)
    async with Client(platform.url) as client:
        seen = [job["status"] async for job in follow(client.transport, "j1")]
    assert seen == ["pending", "processing", "completed"]
    assert pauses == [0.5, 2.0]


async def test_a_platform_without_room_for_another_stream_is_polled(platform: StandIn, pauses: list[float]) -> None:
    platform.on("GET /api/v1/jobs/j1/events", {"type": PROBLEM + "too-many-requests"}, status=429)
    platform.on("GET /api/v1/jobs/j1", {**JOB, "status": "pending"}, JOB)
    async with Client(platform.url) as client:
        assert [job["status"] async for job in follow(client.transport, "j1")] == ["pending", "completed"]
    asked = [name for name, _, _ in platform.asked]
    assert asked.count("GET /api/v1/jobs/j1/events") == 1


async def test_an_unavailable_platform_is_waited_for(platform: StandIn, pauses: list[float]) -> None:
    for path in ("GET /api/v1/jobs/j1/events", "GET /api/v1/jobs/j1"):
        platform.on(path, *[{}] * 8, status=503, headers={"Retry-After": "3"})
    platform.on("GET /api/v1/jobs/j1/events", {}, status=404)
    platform.on("GET /api/v1/jobs/j1", JOB)
    async with Client(platform.url) as client:
        assert [job["status"] async for job in follow(client.transport, "j1")] == ["completed"]
    assert set(pauses) == {3.0}


async def test_what_waiting_cannot_help_is_raised(platform: StandIn, pauses: list[float]) -> None:
    platform.on("GET /api/v1/jobs/j1/events", {"type": PROBLEM + "unauthorized"}, status=401)
    platform.on("GET /api/v1/jobs/j2", {"type": PROBLEM + "not-found"}, status=404)
    platform.on("GET /api/v1/jobs/j3", {"type": PROBLEM + "internal"}, status=500)
    expected: list[tuple[str, type[ApiError]]] = [("j1", Unauthorized), ("j2", NotFound), ("j3", ApiError)]
    async with Client(platform.url) as client:
        for job, error in expected:
            with pytest.raises(error):
                async for _ in follow(client.transport, job):
                    pass
    assert pauses == []
