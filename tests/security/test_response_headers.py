"""Private responses are not cached, redirects stay on the host, HEAD ends, and every response has a request id."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import urlsplit

import aiohttp
import pytest

from app.settings import Settings
from tests import harness
from tests.integration.households.calls import call

PRIVATE = [
    "/api/v1/me", "/api/v1/keys", "/api/v1/households", "/api/v1/households/export.csv",
    "/api/v1/households/export.geojson", "/api/v1/businesses/export.csv", "/api/v1/jobs", "/nowhere", "/healthz",
    "/api/v1/jobs/not-an-id", "/jobs/", "/login", "/",
]  # fmt: skip


@pytest.mark.parametrize("path", PRIVATE)
async def test_private_responses_are_not_stored(client: aiohttp.ClientSession, path: str) -> None:
    async with client.get(path, allow_redirects=False) as response:
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Request-Id"]
    async with client.get(path, allow_redirects=False, headers={"Authorization": "Bearer wrong"}) as response:
        assert response.headers["Cache-Control"] == "no-store"


async def test_a_job_is_not_stored_and_can_still_be_polled_by_its_etag(client: aiohttp.ClientSession) -> None:
    job = (await call(client, "POST", "/api/v1/jobs", json={"type": "noop"})).json
    path = f"/api/v1/jobs/{job['jobId']}"
    first = await call(client, "GET", path)
    assert first.status == 200 and first.headers["Cache-Control"] == "no-store"
    again = await call(client, "GET", path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304 and again.headers["Cache-Control"] == "no-store"


async def test_public_responses_can_be_revalidated(settings: Settings, admin_id: object) -> None:
    path = "/api/heatmap/tiles/3/1/2.png"
    async with (
        harness.api(settings.model_copy(update={"public_reads": True})) as url,
        aiohttp.ClientSession(url) as anybody,
    ):
        async with anybody.get(path) as response:
            assert (response.status, response.headers["Cache-Control"]) == (200, "no-cache")
        async with anybody.get(path, headers={"Authorization": f"Bearer {harness.ADMIN_KEY}"}) as response:
            assert response.headers["Cache-Control"] == "private, no-cache"
            assert response.headers["Vary"] == "Authorization, Cookie"


async def test_assets_keep_their_own_header(url: str) -> None:
    async with aiohttp.ClientSession(url) as session, session.get("/login") as page:
        text = await page.text()
        script = text.partition('src="')[2].partition('"')[0]
        async with session.get(script) as response:
            assert "immutable" in response.headers["Cache-Control"]


async def test_a_redirect_names_no_host(client: aiohttp.ClientSession) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Proto": "https"}
    async with client.get("/jobs/?q=a%20b&x=1", allow_redirects=False, headers=headers) as response:
        assert (response.status, response.headers["Location"]) == (307, "/jobs?q=a%20b&x=1")
    async with client.get("/api/v1/me", headers={"Host": "evil.example"}) as response:
        assert response.status == 200


async def exchange(url: str, request: bytes) -> bytes:
    """Send raw bytes and read what comes until the server closes the connection."""
    target = urlsplit(url)
    assert target.hostname and target.port
    reader, writer = await asyncio.open_connection(target.hostname, target.port)
    try:
        writer.write(request)
        async with asyncio.timeout(20):
            return await reader.read()
    finally:
        writer.close()


@pytest.mark.parametrize("path", [b"//evil.example/", b"//evil.example", b"/\\evil.example/"])
async def test_no_path_leads_to_another_host(url: str, path: bytes) -> None:
    answer = await exchange(url, b"GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" % path)
    assert answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400")) and b"location:" not in answer.lower()


@pytest.mark.parametrize("host", [b"evil/x?", b"a b", b"<script>", b"a@b"])
async def test_an_invalid_host_name_is_refused(url: str, host: bytes) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % host
    head, _, body = (await exchange(url, request)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400")
    assert json.loads(body)["instance"] == "/healthz"


@pytest.mark.parametrize("path", ["/api/v1/jobs/{id}/events", "/api/v1/households/export.csv"])
async def test_head_of_a_stream_ends(url: str, client: aiohttp.ClientSession, path: str) -> None:
    job = (await call(client, "POST", "/api/v1/jobs", json={"type": "noop"})).json
    path = path.replace("{id}", job["jobId"])
    head = f"HEAD {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {harness.ADMIN_KEY}\r\n"
    answers = await exchange(url, f"{head}\r\n{head}Connection: close\r\n\r\n".encode())
    assert answers.count(b"HTTP/1.1 200 OK") == 2, "the connection is free for the next request"
    assert answers.endswith(b"\r\n\r\n"), "no body"


@pytest.mark.parametrize("given", ["abc.DEF_1-2", "x" * 128])
async def test_a_request_id_is_returned(client: aiohttp.ClientSession, given: str) -> None:
    async with client.get("/nowhere", headers={"X-Request-Id": given}) as response:
        assert response.headers["X-Request-Id"] == given
        assert (await response.json())["requestId"] == given


@pytest.mark.parametrize("given", ["", "x" * 129, "a b", "a,b", "ü", "<a>"])
async def test_an_odd_request_id_is_replaced(client: aiohttp.ClientSession, given: str) -> None:
    async with client.get("/api/v1/me", headers={"X-Request-Id": given}) as response:
        assert response.status == 200 and response.headers["X-Request-Id"] not in ("", given)


async def test_a_job_carries_the_id_of_its_request(client: aiohttp.ClientSession) -> None:
    headers = {"X-Request-Id": "order-4711"}
    job = (await call(client, "POST", "/api/v1/jobs", json={"type": "noop"}, headers=headers)).json
    assert (await call(client, "GET", f"/api/v1/jobs/{job['jobId']}")).json["requestId"] == "order-4711"
