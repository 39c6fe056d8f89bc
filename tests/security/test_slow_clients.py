"""Clients that hold an idle connection lose it, and slow clients that make progress do not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from urllib.parse import urlsplit

import aiohttp
import pytest
from starlette.types import Message, Receive, Scope, Send

from app import http_connection
from app.errors import RequestTimeout
from app.http_connection import HttpConnection
from app.settings import Settings
from app.web.http.problems import Problem
from app.web.http.slow_bodies import SlowBodies
from tests import harness
from tests.integration.households.calls import call

KEY = f"Authorization: Bearer {harness.ADMIN_KEY}\r\n".encode()


@asynccontextmanager
async def connection(url: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    target = urlsplit(url)
    reader, writer = await asyncio.open_connection(target.hostname, target.port)
    try:
        yield reader, writer
    finally:
        writer.close()


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Half:", b"GET /hea"])
async def test_half_a_header_is_not_waited_for(url: str, monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(http_connection, "HEADER_SECONDS", 0.3)
    async with connection(url) as (reader, writer):
        writer.write(sent)
        async with asyncio.timeout(20):
            answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 408" if sent else b"")


async def test_a_header_that_drips_is_not_waited_for(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_connection, "HEADER_SECONDS", 0.5)
    async with connection(url) as (reader, writer):
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n" + b"GET /healthz HTTP/1.1\r\nX-Drip: ")
        answer = b""
        async with asyncio.timeout(20):
            with suppress(ConnectionError):  # the server has closed it while we were writing
                while block := await reader.read(1000):
                    answer += block
                    for _ in range(20):
                        writer.write(b"x")
                        await asyncio.sleep(0.1)
    assert answer.startswith(b"HTTP/1.1 200")


REQUEST_LINE = b"GET /healthz?x="
HEADER = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
CHUNKED = b"POST /api/v1/jobs HTTP/1.1\r\nHost: a\r\n" + KEY + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"


@pytest.mark.parametrize(
    "sent, more",
    [
        (REQUEST_LINE, b"x" * 1000),
        (HEADER + b"X-Long: ", b"x" * 1000),
        (HEADER, b"X-Many: a\r\n" * 100),
        (HEADER + b"\r\n" + HEADER, b"X-Many: a\r\n" * 100),
        (CHUNKED + b"X-Trailer: ", b"x" * 1000),
        (CHUNKED, b"X-Trailer: x\r\n" * 100),
    ],
    ids=["request line", "one header", "many headers", "pipelined", "one trailer", "many trailers"],
)
async def test_a_header_without_end_is_cut_off(url: str, sent: bytes, more: bytes) -> None:
    """uvicorn itself appends each block to what it has of a header: 50 MB stopped the event loop for 12 seconds."""
    taken = len(sent)
    async with connection(url) as (reader, writer):
        writer.write(sent)
        with suppress(ConnectionError):
            while taken < 50_000_000 and not reader.at_eof():
                writer.write(more)
                await writer.drain()
                taken += len(more)
    assert taken < 10_000_000, "what the buffers of both sides hold besides the limit"


async def test_a_header_that_is_too_long_gets_a_431(url: str) -> None:
    async with connection(url) as (reader, writer):
        for block in (HEADER + b"X-Long: ", b"x" * 40_000, b"x" * 40_000):
            writer.write(block)
            await asyncio.sleep(0.1)
        async with asyncio.timeout(20):
            assert (await reader.read()).startswith(b"HTTP/1.1 431")


async def test_a_header_below_the_limit_and_a_body_in_small_chunks_are_taken(url: str) -> None:
    async with connection(url) as (reader, writer):
        writer.write(HEADER + b"X-Long: " + b"x" * 50_000 + b"\r\n\r\n")
        writer.write(CHUNKED.partition(b"2\r\n{}")[0] + b"1\r\n \r\n" * 30_000 + b"0\r\n\r\n")
        async with asyncio.timeout(20):
            answers = await reader.readuntil(b"HTTP/1.1 200")
            while b"The body is empty" not in answers:
                answers += await reader.read(1000)


async def test_a_pipelined_half_request_does_not_cut_off_the_one_before(
    url: str, client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_connection, "HEADER_SECONDS", 0.2)
    job = (await call(client, "POST", "/api/v1/jobs", json={"type": "noop"})).json["jobId"]
    async with connection(url) as (reader, writer):
        writer.write(
            b"GET /api/v1/jobs/%s HTTP/1.1\r\nHost: a\r\nPrefer: wait=1\r\n%s\r\nGET /he" % (job.encode(), KEY)
        )
        async with asyncio.timeout(20):
            assert (await reader.read()).startswith(b"HTTP/1.1 200")


async def test_idle_connections_make_room_for_new_ones(
    url: str, client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = (await call(client, "POST", "/api/v1/jobs", json={"type": "noop"})).json["jobId"]
    monkeypatch.setattr(http_connection, "max_connections", lambda: 20)
    async with AsyncExitStack() as stack, client.get(f"/api/v1/jobs/{job}/events") as stream:
        await stream.content.readline()
        idle = [await stack.enter_async_context(connection(url)) for _ in range(60)]
        async with aiohttp.ClientSession(url) as other, other.get("/healthz") as response:
            assert response.status == 200, "a new connection gets in"
        async with asyncio.timeout(20):
            with pytest.raises(ConnectionError):
                assert await idle[0][0].read() == b"", "the one that was idle for longest is closed"
                raise ConnectionResetError
        assert not stream.content.at_eof(), "a request in progress keeps its connection"
        assert len(HttpConnection.idle) <= 20


async def test_a_body_that_stops_ends_its_request(
    settings: Settings, admin_id: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.application.WINDOW_SECONDS", 0.3)
    request = (
        b"POST /api/v1/jobs HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n%s\r\n{"
    )
    async with harness.api(settings) as url, connection(url) as (reader, writer):
        writer.write(request % KEY)
        async with asyncio.timeout(20):
            answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 408") and b'"status":408' in answer


async def _receive_all(arrivals: list[tuple[float, bytes]]) -> bytes:
    """Read a body whose blocks arrive after these pauses, with a window of 0.2 seconds and 100 bytes."""
    left, received = list(arrivals), b""

    async def receive() -> Message:
        seconds, block = left.pop(0)
        await asyncio.sleep(seconds)
        return {"type": "http.request", "body": block, "more_body": bool(left)}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal received
        while True:
            message = await receive()
            received += message["body"]
            if not message["more_body"]:
                return
            await asyncio.sleep(0.05)  # writing takes its time, which is not the client's fault

    async def send(message: Message) -> None:
        raise AssertionError

    limited = SlowBodies(app, window_seconds=0.2, min_window_bytes=100)
    await limited({"type": "http"}, receive, send)
    return received


async def test_a_slow_body_that_makes_progress_is_read() -> None:
    assert len(await _receive_all([(0.05, b"x" * 100)] * 12)) == 1200


async def test_a_body_that_drips_is_not_read() -> None:
    with pytest.raises(RequestTimeout, match="less than 100 bytes"):
        await _receive_all([(0.05, b"x")] * 50)


@pytest.mark.parametrize(
    ("response", "status", "said"),
    [
        (http_connection.INVALID_RESPONSE, 400, "not a valid HTTP/1.1 request"),
        (http_connection.TIMEOUT_RESPONSE, 408, "Send the request again"),
        (http_connection.TOO_LARGE_RESPONSE, 431, "more than 64 kB"),
        (http_connection.BUSY_RESPONSE, 503, "Try again in a few seconds"),
    ],
)
def test_responses_to_connections_are_problems(response: bytes, status: int, said: str) -> None:
    head, _, body = response.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status) and b"content-type: application/problem+json" in head
    assert b"\r\ncontent-length: %d" % len(body) in head
    problem = Problem.model_validate_json(body)
    assert problem.status == status and said in problem.detail == problem.error


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
        b"POST /api/v1/jobs HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"POST /api/v1/jobs HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n",
    ],
)
async def test_what_is_not_http_gets_a_problem(url: str, sent: bytes) -> None:
    async with connection(url) as (reader, writer):
        writer.write(sent)
        async with asyncio.timeout(60):
            assert await reader.read() == http_connection.INVALID_RESPONSE
