"""Requests of the client: what they carry, when they are sent again, and which errors they raise."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from app import errors
from app.client import (
    AccessDenied,
    ApiError,
    Client,
    Forbidden,
    Invalid,
    LimitReached,
    NotFound,
    NotReachable,
    ServerError,
    SyncClient,
    Unauthorized,
    Unavailable,
    UnexpectedResponse,
    models,
    new_key,
)
from app.client.errors import PROBLEM, api_error
from tests.unit.cli.standin import JOB, StandIn

JOB_ID = "018f0000-0000-7000-8000-000000000001"
HOUSEHOLDS = models.GeocodeHouseholdsRequest(filters=models.HouseholdFilters(city="Berkeley"))


@pytest.fixture
def closed_url() -> Iterator[str]:
    """Where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


async def test_the_key_travels_as_a_bearer_token(platform: StandIn) -> None:
    platform.on("GET /api/v1/jobs/j1", JOB)
    async with Client(platform.url + "/", "tp_secret") as client:
        assert await client.request("GET", "/api/v1/jobs/j1") == JOB
    [(_, headers, _)] = platform.asked
    assert headers["Authorization"] == "Bearer tp_secret"


async def test_url_and_key_default_to_the_environment(platform: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIGPOINT_URL", platform.url)
    monkeypatch.setenv("TRIGPOINT_API_KEY", "tp_environment")
    platform.on("GET /x", {"a": 1})
    async with Client() as client:
        assert await client.request("GET", "/x") == {"a": 1}
    assert platform.asked[0][1]["Authorization"] == "Bearer tp_environment"


async def test_a_problem_has_its_fields_and_the_request_id(platform: StandIn) -> None:
    problem = {
        "type": PROBLEM + "invalid",
        "title": "Unprocessable",
        "detail": "The body is not valid.",
        "requestId": "r1",
        "errors": [{"field": "limit", "message": "must be at least 1"}],
    }
    platform.on("POST /x", problem, status=422)
    async with Client(platform.url) as client:
        with pytest.raises(Invalid) as caught:
            await client.request("POST", "/x", body={})
    assert str(caught.value) == "The body is not valid. (422)\n  limit: must be at least 1"
    assert (caught.value.status, caught.value.type, caught.value.request_id) == (422, "invalid", "r1")
    assert caught.value.errors == problem["errors"]


@pytest.mark.parametrize(("status", "error"), [(401, Unauthorized), (403, Forbidden)])
async def test_a_refused_key_is_its_own_error(platform: StandIn, status: int, error: type[AccessDenied]) -> None:
    platform.on("GET /x", {"error": "no"}, status=status)
    async with Client(platform.url) as client:
        with pytest.raises(error, match=f"no \\({status}\\)"):
            await client.request("GET", "/x")


def test_every_problem_of_the_platform_has_an_error() -> None:
    classes = errors.AppError.__subclasses__()
    for problem in classes:
        classes += problem.__subclasses__()
        error = api_error(problem.status, "", {"type": PROBLEM + problem.slug})
        if problem.__module__ == errors.__name__ and problem.status not in (406, 408, 414):
            assert type(error) not in (ApiError, ServerError), problem.__name__
    assert isinstance(api_error(429, "", {"type": PROBLEM + "limit-reached"}), LimitReached)


async def test_only_what_cannot_be_done_twice_is_sent_again(closed_url: str, pauses: list[float]) -> None:
    async with Client(closed_url) as client:
        for method in ("GET", "POST"):  # it was never sent, so even a POST may be repeated
            with pytest.raises(NotReachable, match="no answer from"):
                await client.request(method, "/x")
            assert [round(pause, 1) >= least for pause, least in zip(pauses, (0.2, 0.4, 0.8, 1.6), strict=True)]
            pauses.clear()


@pytest.mark.parametrize(("method", "key", "tries"), [("GET", None, 2), ("POST", "k", 2), ("POST", None, 1)])
async def test_an_unavailable_platform(
    platform: StandIn, pauses: list[float], method: str, key: str | None, tries: int
) -> None:
    platform.on(f"{method} /x", {"type": PROBLEM + "busy"}, status=503, headers={"Retry-After": "7"})
    platform.on(f"{method} /x", {"ok": True})
    async with Client(platform.url) as client:
        if tries == 1:
            with pytest.raises(Unavailable):
                await client.request(method, "/x", idempotency_key=key)
        else:
            assert await client.request(method, "/x", idempotency_key=key) == {"ok": True}
    assert len(platform.asked) == tries
    assert pauses == [7.0] * (tries - 1)


async def test_a_limit_is_waited_for_only_if_that_helps_soon(platform: StandIn, pauses: list[float]) -> None:
    platform.on("POST /soon", {}, status=429, headers={"Retry-After": "2"})
    platform.on("POST /soon", {"ok": True})
    platform.on("POST /late", {"type": PROBLEM + "quota-exceeded"}, status=429, headers={"Retry-After": "3600"})
    platform.on("POST /never", {"type": PROBLEM + "limit-reached"}, status=429)
    async with Client(platform.url) as client:
        assert await client.request("POST", "/soon") == {"ok": True}
        for path in ("/late", "/never"):
            with pytest.raises(ApiError):
                await client.request("POST", path)
    assert pauses == [2.0]
    assert len(platform.asked) == 4


async def test_a_create_keeps_its_key_over_retries_and_each_has_its_own(platform: StandIn, pauses: list[float]) -> None:
    path = "POST /api/v1/gis/households/geocode"
    answer = {"success": True, "jobId": JOB_ID, "message": "made", "estimatedHouseholds": 1, "limit": 10}
    answer |= {"processingStarted": True, "poll_interval_ms": 500, "laterVersion": "adds this"}
    platform.on(path, {}, status=503, headers={"Retry-After": "1"})
    platform.on(path, answer, status=202)
    async with Client(platform.url) as client:
        first = await client.geocode_households(HOUSEHOLDS)
        await client.geocode_households(HOUSEHOLDS)
    assert str(first.job_id) == JOB_ID
    keys = [headers["Idempotency-Key"] for _, headers, _ in platform.asked]
    assert keys[0] == keys[1] != keys[2]
    assert platform.asked[0][2] == {"filters": {"city": "Berkeley"}}


async def test_deleting_what_a_lost_try_has_deleted(
    platform: StandIn, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.on("DELETE /x", {"type": PROBLEM + "not-found"}, status=404)
    async with Client(platform.url) as client:
        with pytest.raises(NotFound):
            await client.request("DELETE", "/x")
        lost = [NotReachable("lost")]
        real = client.transport.response

        def response(*arguments: object, **options: object) -> object:
            if lost:
                raise lost.pop()
            return real(*arguments, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(client.transport, "response", response)
        await client.request("DELETE", "/x")


def test_the_sync_client_raises_the_same_errors(platform: StandIn) -> None:
    platform.on("GET /x", {"type": PROBLEM + "not-found", "detail": "nothing here"}, status=404)
    with SyncClient(platform.url) as client:
        with pytest.raises(NotFound, match="nothing here"):
            client.request("GET", "/x")
        assert len(new_key()) == 32


async def test_a_response_of_another_platform(platform: StandIn) -> None:
    platform.on("GET /api/v1/me", {"hello": "world"})
    async with Client(platform.url) as client:
        with pytest.raises(UnexpectedResponse, match="version"):
            await client.get_me()
