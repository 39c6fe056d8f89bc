"""The client of our own REST interface."""

from __future__ import annotations

import socket

import pytest

from app.client import AccessDenied, ApiError, Client, NotReachable
from tests.unit.cli.standin import JOB, StandIn


async def test_the_key_travels_as_a_bearer_token(platform: StandIn) -> None:
    platform.on("GET /api/v1/jobs/j1", JOB)
    async with Client(platform.url + "/", "tp_secret") as client:
        assert await client.get("/api/v1/jobs/j1") == JOB
    [(_, headers, _)] = platform.asked
    assert headers["Authorization"] == "Bearer tp_secret"


async def test_a_problem_becomes_its_words_and_its_fields(platform: StandIn) -> None:
    errors = [{"field": "limit", "message": "must be at least 1"}]
    platform.on("POST /x", {"title": "Unprocessable", "detail": "The body is not valid.", "errors": errors}, status=422)
    async with Client(platform.url) as client:
        with pytest.raises(ApiError) as caught:
            await client.post("/x", {})
    assert str(caught.value) == "The body is not valid. (422)\n  limit: must be at least 1"
    assert caught.value.status == 422


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_key_is_its_own_error(platform: StandIn, status: int) -> None:
    platform.on("GET /x", {"error": "no"}, status=status)
    async with Client(platform.url) as client:
        with pytest.raises(AccessDenied, match=f"no \\({status}\\)"):
            await client.get("/x")


async def test_a_get_is_tried_again_while_nobody_answers_and_a_post_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("app.client.asyncio.sleep", sleep)
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        async with Client(f"http://127.0.0.1:{taken.getsockname()[1]}") as client:
            with pytest.raises(NotReachable, match="no answer from"):
                await client.get("/x")
            assert pauses == [0.2, 0.4, 0.8, 1.6]
            with pytest.raises(NotReachable):
                await client.post("/x")
    assert len(pauses) == 4


async def test_following_pauses_as_the_platform_asks(platform: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    waiting = {**JOB, "status": "pending", "poll_interval_ms": 500}
    running = {**JOB, "status": "processing", "poll_interval_ms": 2000}
    platform.on("GET /api/v1/jobs/j1", waiting, running, JOB)
    monkeypatch.setattr("app.client.asyncio.sleep", sleep)
    async with Client(platform.url) as client:
        seen = [job["status"] async for job in client.follow("j1")]
    assert seen == ["pending", "processing", "completed"]
    assert pauses == [0.5, 2.0]
