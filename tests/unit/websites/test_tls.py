"""Fetching by HTTPS: with valid certificates, and with failing handshakes of all kinds."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from app.domain.vocabulary.websites import WebsiteStatus
from providers.web import Fetcher, fetcher
from tests.servers.hostile import answer
from tests.unit.websites.conftest import EVER, MakeFetcher, Names

HOST = "shop.test"
ENDS = datetime.now(UTC).replace(microsecond=0) + timedelta(days=40)

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
async def trusting(authority: trustme.CA, make: MakeFetcher, names: Names) -> Fetcher:
    """A fetcher that believes the authority, and knows the host."""
    names.answers = {HOST: [["127.0.0.1"]]}
    tls = ssl.create_default_context()
    authority.configure_trust(tls)
    return await make(tls=tls)


def server_side(certificate: trustme.LeafCert) -> ssl.SSLContext:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(tls)
    return tls


def expired(authority: trustme.CA) -> ssl.SSLContext:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    return server_side(authority.issue_cert(HOST, not_before=yesterday - timedelta(days=90), not_after=yesterday))


def of_another_name(authority: trustme.CA) -> ssl.SSLContext:
    return server_side(authority.issue_cert("other.test"))


def of_an_unknown_authority(_: trustme.CA) -> ssl.SSLContext:
    return server_side(trustme.CA().issue_cert(HOST))


def signed_by_itself(_: trustme.CA) -> ssl.SSLContext:
    own = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with own.private_key_pem.tempfile() as key, own.cert_pem.tempfile() as chain:
        tls.load_cert_chain(chain, key)
    return tls


async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while not reader.at_eof():
        head = await reader.readuntil(b"\r\n\r\n")
        robots = b"/robots.txt" in head
        writer.write(answer(b"", status=b"404 Not Found") if robots else answer(b"<title>Shop</title>"))


async def plain_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(100)
    writer.write(answer(b"This is no request", status=b"400 Bad Request"))
    writer.close()


async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def hang_up_midway(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(100)
    writer.close()


async def garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(100)
    writer.write(bytes(range(256)))
    writer.close()


async def wait_for_a_request(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """As servers of plain HTTP do that see no end of line in a hello."""
    await reader.readuntil(b"\r\n\r\n")


async def begin_and_stop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The head of a server's hello, and never the rest."""
    writer.write(b"\x16\x03\x03\x40\x00\x02")
    await reader.read()


@asynccontextmanager
async def server(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Its address under the name of the host."""

    async def quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):  # the client has disconnected
            await serve(reader, writer)
        writer.close()

    listening = await asyncio.start_server(quietly, "127.0.0.1", 0, ssl=tls)
    try:
        yield f"https://{HOST}:{listening.sockets[0].getsockname()[1]}/"
    finally:
        listening.close()


async def test_a_good_certificate_and_when_it_ends(authority: trustme.CA, trusting: Fetcher) -> None:
    certificate = authority.issue_cert(HOST, not_after=ENDS)
    async with server(page, server_side(certificate)) as url:
        read = await trusting.fetch(url, since=EVER)
    assert (read.outcome, read.html, read.certificate_expires_at) == (WebsiteStatus.OK, "<title>Shop</title>", ENDS)


@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        (expired, "expired"),
        (of_another_name, f"not valid for '{HOST}'"),
        (of_an_unknown_authority, "unable to get local issuer certificate"),
        (signed_by_itself, "self-signed certificate"),
    ],
)
async def test_a_certificate_that_is_not_valid(
    certificate: Callable[[trustme.CA], ssl.SSLContext], words: str, authority: trustme.CA, trusting: Fetcher
) -> None:
    async with server(page, certificate(authority)) as url:
        read = await trusting.fetch(url, since=EVER)
    assert read.outcome is WebsiteStatus.TLS_ERROR
    assert read.detail.startswith("its certificate is not valid: ") and words in read.detail


@pytest.mark.parametrize(
    ("serve", "outcome", "words"),
    [
        (plain_http, WebsiteStatus.TLS_ERROR, "no secure connection could be made"),
        (garbage, WebsiteStatus.TLS_ERROR, "no secure connection could be made"),
        (hang_up, WebsiteStatus.SERVER_ERROR, "it closed the connection without a response"),
        (hang_up_midway, WebsiteStatus.SERVER_ERROR, "it closed the connection without a response"),
    ],
)
async def test_a_server_that_makes_no_secure_connection(
    serve: Serve, outcome: WebsiteStatus, words: str, trusting: Fetcher
) -> None:
    async with server(serve) as url:
        read = await trusting.fetch(url, since=EVER)
    assert (read.outcome, read.detail) == (outcome, words)


async def test_no_server_at_the_port(trusting: Fetcher) -> None:
    async with server(page) as url:
        pass
    read = await trusting.fetch(url, since=EVER)
    assert (read.outcome, read.detail) == (WebsiteStatus.SERVER_ERROR, "its server refuses connections")


@pytest.mark.parametrize("serve", [wait_for_a_request, begin_and_stop])
async def test_a_handshake_without_an_end_is_given_up(
    serve: Serve, trusting: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetcher, "MAX_VISIT_SECONDS", 1.0)
    async with server(serve) as url:
        read = await trusting.fetch(url, since=EVER)
    assert (read.outcome, read.detail) == (WebsiteStatus.TIMEOUT, "no complete response within 1 s")
