"""The standards that the REST API follows, one test each. The client is aiohttp's, or the standard's own library.

RFC 8288 is in `test_api_routes`, schemathesis parses server-sent events in `tests/fuzz`, and Standard Webhooks are
verified by their own library in `tests/acceptance/jobs/test_webhook_delivery.py`.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import aiohttp
import pytest
from multidict import CIMultiDict
from yarl import URL


async def create(client: aiohttp.ClientSession) -> str:
    async with client.post("/api/v1/jobs", json={"type": "noop"}) as response:
        job_id: str = (await response.json())["jobId"]
        return job_id


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("PUT", "/api/v1/jobs", 405),
        ("GET", "/api/v1/jobs/01a21fb8-1c98-757d-83aa-21f20fb1f330", 404),
        ("GET", "/api/v1/jobs?limit=many", 422),
        ("GET", "/api/v1/jobs?colour=red", 400),
        ("POST", "/api/v1/jobs", 400),
    ],
)
async def test_errors_are_problem_documents(client: aiohttp.ClientSession, method: str, path: str, status: int) -> None:
    """RFC 9457, sections 3.1 and 4."""
    async with client.request(method, path, headers={"Content-Type": "application/json"}) as response:
        assert response.content_type == "application/problem+json"
        problem = await response.json()
    assert response.status == problem["status"] == status
    assert URL(problem["type"]).scheme == "urn"
    assert problem["title"] and problem["detail"] and problem["instance"] == URL(path).path


async def test_conditional_requests(client: aiohttp.ClientSession) -> None:
    """RFC 9110, sections 8.8.3 and 13.1.2: weak comparison, lists, several fields, and `*`."""
    path = f"/api/v1/jobs/{await create(client)}"
    async with client.get(path) as response:
        etag = response.headers["ETag"]
    strong = etag.removeprefix("W/")
    for tags, status in (
        ([etag], 304),
        ([strong], 304),
        (['"other"', f'"third", {etag}'], 304),
        (["*"], 304),
        (['"other"'], 200),
    ):
        headers = CIMultiDict([("If-None-Match", tag) for tag in tags])
        async with client.get(path, headers=headers) as response:
            assert (response.status, response.headers["ETag"]) == (status, etag), tags
            assert (await response.read() == b"") == (status == 304)


async def test_responses_say_when_and_how_they_may_be_stored(client: aiohttp.ClientSession) -> None:
    """RFC 9110, section 6.6.1, and RFC 9111, section 5.2.2."""
    async with client.get("/api/v1/me") as response:
        assert parsedate_to_datetime(response.headers["Date"]).tzinfo is not None
        assert response.headers["Cache-Control"] == "no-store"


async def test_a_wrong_key_is_challenged(client: aiohttp.ClientSession) -> None:
    """RFC 9110, section 11.6.1."""
    async with client.get("/api/v1/me", headers={"Authorization": "Bearer tp_wrong"}) as response:
        assert (response.status, response.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    "preferences",
    [["wait=1"], ["respond-async, wait=1"], ["respond-async", "wait=1"], ['WAIT="1"; reason=test'], ["wait=1, wait=9"]],
)
async def test_preferences_are_applied_and_named(client: aiohttp.ClientSession, preferences: list[str]) -> None:
    """RFC 7240, sections 2 and 3."""
    path = f"/api/v1/jobs/{await create(client)}"
    headers = CIMultiDict([("Prefer", preference) for preference in preferences])
    async with client.get(path, headers=headers) as response:
        assert (response.status, response.headers["Preference-Applied"]) == (200, "wait=1")


async def test_an_unknown_preference_is_ignored(client: aiohttp.ClientSession) -> None:
    """RFC 7240, section 2."""
    path = f"/api/v1/jobs/{await create(client)}"
    async with client.get(path, headers={"Prefer": "wait=soon, colour=red"}) as response:
        assert response.status == 200
        assert "Preference-Applied" not in response.headers


async def test_idempotency_keys(client: aiohttp.ClientSession) -> None:
    """The draft "The Idempotency-Key HTTP Header Field", sections 2.1 to 2.7: the key is a quoted string."""
    headers = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}
    bodies = []
    for _ in range(2):
        async with client.post("/api/v1/jobs", json={"type": "noop"}, headers=headers) as response:
            bodies.append(await response.json())
    assert bodies[0] == bodies[1]
    async with client.post("/api/v1/jobs", json={"type": "scripted"}, headers=headers) as response:
        assert response.status == 422
    for wrong in ([""], ["a", "b"]):
        several = CIMultiDict([("Idempotency-Key", key) for key in wrong])
        async with client.post("/api/v1/jobs", json={"type": "noop"}, headers=several) as response:
            assert response.status == 400
