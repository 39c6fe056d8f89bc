"""Responses that break the rules of HTTP, and that Chromium shows nevertheless."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from app.domain.vocabulary.websites import WebsiteStatus
from providers.web import Fetcher, http_client
from providers.web.response_head import InvalidHead, repair_head
from tests.unit.websites.conftest import EVER

OK, NOT_HTML, SERVER = WebsiteStatus.OK, WebsiteStatus.NOT_HTML, WebsiteStatus.SERVER_ERROR
BODY = b"<html><title>Shop</title><p>We sell tea.</p></html>"
TEXT = b"Content-Type: text/html; charset=utf-8\r\n"
CHUNKED_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + TEXT
RAW_DEFLATE = zlib.compressobj(9, zlib.DEFLATED, -15)
RAW = RAW_DEFLATE.compress(BODY) + RAW_DEFLATE.flush()


def response(headers: bytes = TEXT, body: bytes = BODY, start: bytes = b"HTTP/1.1 200 OK") -> bytes:
    return b"%b\r\n%bContent-Length: %d\r\n\r\n%b" % (start, headers, len(body), body)


CHUNKED = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
READ = {
    "a header of 60 kB": response(TEXT + b"Content-Security-Policy: " + b"x " * 30_000 + b"\r\n"),
    "a head of 80 kB": response(TEXT + b"".join(b"X-%d: %b\r\n" % (n, b"y" * 400) for n in range(190))),
    "a name with a space": response(TEXT + b"X Foo : 1\r\n"),
    "a space before the colon": response(b"Content-Type : text/html\r\nContent-Encoding : identity\r\n"),
    "a line that is no header": response(TEXT + b"this is no header\r\n"),
    "a line that is only a colon": response(TEXT + b": x\r\n:\r\n"),
    "markup between the headers": response(b"<br />\r\n<b>Warning</b>: it is deprecated\r\n" + TEXT),
    "a folded header": response(TEXT + b"X-A: 1\r\n  and more\r\n\tand more\r\n"),
    "a first header that is folded": response(b" X-A: 1\r\n" + TEXT),
    "NUL in a header": response(TEXT + b"X-A: 1\0 2\r\n"),
    "control characters in a header": response(TEXT + b"X-A: \x01\x02\r\n"),
    "line feeds alone": response().replace(b"\r\n", b"\n"),
    "length and chunks": CHUNKED_HEAD + b"Content-Length: 20\r\n" + b"\r\n" + CHUNKED,
    "chunks in capitals": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n" + TEXT + b"\r\n" + CHUNKED,
    "more after the last chunk": CHUNKED_HEAD + b"\r\n" + CHUNKED + b"tail",
    "chunks twice": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n" + TEXT + b"\r\n" + CHUNKED,
    "a longer body than announced": response() + b"<!-- and more -->",
    "a longer body at the end": response(TEXT + b"Connection: close\r\n") + b"<!-- and more -->",
    "the same length twice": response(TEXT + b"Content-Length: %d\r\n" % len(BODY)),
    "the same length in a list": b"HTTP/1.1 200 OK\r\n" + TEXT + b"Content-Length: 51, 51\r\n\r\n" + BODY,
    "an odd length until the end": b"HTTP/1.1 200 OK\r\nContent-Length: x\r\nConnection: close\r\n\r\n" + BODY,
    "no reason": response(start=b"HTTP/1.1 200"),
    "no space before the reason": response(start=b"HTTP/1.1 200OK"),
    "no status": response(start=b"HTTP/1.1"),
    "HTTP/1.0": response(start=b"HTTP/1.0 200 OK"),
    "HTTP/2 by name": response(start=b"HTTP/2 200"),
    "small letters": response(start=b"http/1.1 200 ok"),
    "an umlaut in the reason": response(start=b"HTTP/1.1 200 sch\xf6n"),
    "line breaks before it": b"\r\n\r\n" + response(),
    "interim responses": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + response(),
    "an offer of HTTP/2": response(TEXT + b"Upgrade: h2,h2c\r\nConnection: Upgrade\r\n"),
    "coding none": response(TEXT + b"Content-Encoding: none\r\n"),
    "coding UTF-8": response(TEXT + b"Content-Encoding: UTF-8\r\n"),
    "coding of nobody": response(TEXT + b"Content-Encoding: x-mine\r\n"),
    "coding empty": response(TEXT + b"Content-Encoding: \r\n"),
    "coding identity and gzip": response(TEXT + b"Content-Encoding: identity, gzip\r\n", gzip.compress(BODY)),
    "coding in capitals": response(TEXT + b"Content-Encoding: GZIP\r\n", gzip.compress(BODY)),
    "gzip twice": response(TEXT + b"Content-Encoding: gzip, gzip\r\n", gzip.compress(gzip.compress(BODY))),
    "gzip named twice": response(TEXT + b"Content-Encoding: gzip, gzip\r\n", gzip.compress(BODY)),
    "deflate in gzip": response(TEXT + b"Content-Encoding: deflate, gzip\r\n", gzip.compress(zlib.compress(BODY))),
    "raw deflate": response(TEXT + b"Content-Encoding: deflate\r\n", RAW),
    "two members": response(TEXT + b"Content-Encoding: gzip\r\n", gzip.compress(BODY[:9]) + gzip.compress(BODY[9:])),
    "garbage after gzip": response(TEXT + b"Content-Encoding: gzip\r\n", gzip.compress(BODY) + b"\0\0\0"),
    "type in a list": response(b"Content-Type: text/html, text/html; charset=utf-8\r\n"),
    "type twice": response(b"Content-Type: text/plain\r\n" + TEXT),
    "type html": response(b"Content-Type: html\r\n"),
    "type of anything": response(b"Content-Type: */*\r\n"),
    "type unknown": response(b"Content-Type: unknown/unknown\r\n"),
    "type with a comma at the end": response(b"Content-Type: text/html,\r\n"),
    "type and charset without semicolon": response(b"Content-Type: text/html charset=utf-8\r\n"),
    "type in capitals": response(b"CONTENT-TYPE: Text/HTML;Charset=UTF-8\r\n"),
    "no type, with a byte order mark": response(b"", b"\xef\xbb\xbf \n" + BODY),
}  # fmt: skip
CUT = {
    "a shorter body than announced": b"HTTP/1.1 200 OK\r\n" + TEXT + b"Content-Length: 9000\r\n\r\n" + BODY,
    "chunks without an end": CHUNKED_HEAD + b"\r\n" + CHUNKED[:-5],
    "a chunk that is cut off": CHUNKED_HEAD + b"\r\nfff\r\n" + BODY,
    "gzip that is cut off": response(TEXT + b"Content-Encoding: gzip\r\n", gzip.compress(BODY * 50)[:-12]),
}
NOT_READ = {
    "two lengths": (b"HTTP/1.1 200 OK\r\n" + TEXT + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde", SERVER),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", SERVER),
    "a head of 200 kB": (response(TEXT + b"X-A: " + b"a" * 200_000 + b"\r\n"), SERVER),
    "an empty answer": (b"", SERVER),
    "nothing of the body": (b"HTTP/1.1 200 OK\r\n" + TEXT + b"Content-Length: 9000\r\n\r\n", SERVER),
    "no gzip": (response(TEXT + b"Content-Encoding: gzip\r\n"), SERVER),
    "brotli, not asked for": (response(TEXT + b"Content-Encoding: br\r\n", b"\x0b\x02\x80hello\x03"), SERVER),
    "type html, but an image": (response(b"Content-Type: image\r\n", b"GIF89a\0\0"), NOT_HTML),
    "the last type": (response(b"Content-Type: text/html, application/pdf\r\n"), NOT_HTML),
    "no type, but a feed": (response(b"", b"<rss version='2.0'></rss>"), NOT_HTML),
    "a switch of protocols": (b"HTTP/1.1 101 Switching\r\nUpgrade: h2\r\nConnection: Upgrade\r\n\r\n", SERVER),
}  # fmt: skip


@asynccontextmanager
async def serving(answer: bytes, pieces: int = 1) -> AsyncIterator[str]:
    """Serve `answer` for every path but robots.txt, in so many packets, and close the connection after it."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            robots = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            given = robots if b"/robots.txt" in head else answer
            size = max(len(given) // pieces, 1)
            for start in range(0, len(given), size):
                writer.write(given[start : start + size])
                await writer.drain()
                await asyncio.sleep(0 if pieces == 1 else 0.002)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has seen enough
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()


@pytest.mark.parametrize("case", READ)
async def test_what_browsers_show_is_read(case: str, fetcher: Fetcher) -> None:
    async with serving(READ[case]) as url:
        page = await fetcher.fetch(url, since=EVER)
    assert (page.outcome, page.detail, page.truncated) == (OK, "", False)
    assert page.html.strip() == BODY.decode()


@pytest.mark.parametrize("case", ["a line that is no header", "interim responses", "gzip twice", "length and chunks"])
async def test_packets_make_no_difference(case: str, fetcher: Fetcher) -> None:
    async with serving(READ[case], pieces=60) as url:
        assert (await fetcher.fetch(url, since=EVER)).html == BODY.decode()


@pytest.mark.parametrize("case", CUT)
async def test_what_was_received_counts(case: str, fetcher: Fetcher) -> None:
    async with serving(CUT[case]) as url:
        page = await fetcher.fetch(url, since=EVER)
    assert page.outcome is OK, page.detail
    assert page.html.startswith("<html><title>Shop</title><p>We sell tea.")


@pytest.mark.parametrize("headers", [b"", b"Content-Length: 9000\r\n", b"Transfer-Encoding: chunked\r\n"])
async def test_a_body_that_never_ends_but_stops(
    headers: bytes, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_client, "IDLE_SECONDS", 0.2)
    body = b"%x\r\n%b\r\n" % (len(BODY), BODY) if b"chunked" in headers else BODY
    closed = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if b"/robots.txt" in await reader.readuntil(b"\r\n\r\n"):
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        else:
            writer.write(b"HTTP/1.1 200 OK\r\n" + TEXT + headers + b"\r\n")
            await asyncio.sleep(0.5)  # a slow beginning is no end
            writer.write(body)
            await reader.read()
            closed.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    page = await fetcher.fetch(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", since=EVER)
    assert (page.outcome, page.html, page.truncated) == (OK, BODY.decode(), True)
    async with asyncio.timeout(10):
        await closed.wait()
    server.close()


@pytest.mark.parametrize("case", NOT_READ)
async def test_the_rest_is_not_read(case: str, fetcher: Fetcher) -> None:
    answer, outcome = NOT_READ[case]
    async with serving(answer) as url:
        page = await fetcher.fetch(url, since=EVER)
    assert (page.outcome, page.html, bool(page.detail)) == (outcome, "", True)


@pytest.mark.parametrize(
    ("start", "headers", "outcome"),
    [
        (b"HTTP/1.1 999 Request denied", b"", WebsiteStatus.BLOCKED),
        (b"HTTP/1.1 202 Accepted", b"SG-Captcha: challenge\r\n", WebsiteStatus.BLOCKED),
        (b"HTTP/1.1 202 Accepted", b"x-amzn-waf-action: challenge\r\n", WebsiteStatus.BLOCKED),
        (b"HTTP/1.1 405 Not Allowed", b"x-amzn-waf-action: captcha\r\n", WebsiteStatus.BLOCKED),
        (b"HTTP/1.1 503 Unavailable", b"CF-Mitigated: challenge\r\n", WebsiteStatus.BLOCKED),
        (b"HTTP/1.1 522 Timeout", b"", SERVER),
        (b"HTTP/1.1 202 Accepted", b"", OK),
    ],
)
async def test_refusals(start: bytes, headers: bytes, outcome: WebsiteStatus, fetcher: Fetcher) -> None:
    async with serving(response(TEXT + headers, start=start)) as url:
        assert (await fetcher.fetch(url, since=EVER)).outcome is outcome


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        (b"<title>Just a moment...</title><p>Checking your browser before accessing shop.com", WebsiteStatus.BLOCKED),
        (b"<script>window._cf_chl_opt={}</script>", WebsiteStatus.BLOCKED),
        (b"<h1>Service Unavailable</h1>", SERVER),
        (b"", SERVER),
    ],
)
async def test_a_challenge_with_503(page: bytes, outcome: WebsiteStatus, fetcher: Fetcher) -> None:
    for headers, sent in ((TEXT, page), (TEXT + b"Content-Encoding: gzip\r\n", gzip.compress(page))):
        async with serving(response(headers, sent, start=b"HTTP/1.1 503 Unavailable")) as url:
            found = await fetcher.fetch(url, since=EVER)
        assert (found.outcome, found.status, found.html) == (outcome, 503, "")


async def test_a_refresh_header_is_a_redirect(fetcher: Fetcher) -> None:
    async with serving(response()) as end, serving(response(TEXT + b"Refresh: 0; URL='%b'\r\n" % end.encode())) as url:
        page = await fetcher.fetch(url, since=EVER)
    assert (page.final_url, page.redirects) == (end, (url,))


@pytest.mark.parametrize("refresh", [b"5", b"5; url=/", b"60; url=/elsewhere", b"nonsense"])
async def test_a_page_that_reloads_is_no_redirect(refresh: bytes, fetcher: Fetcher) -> None:
    async with serving(response(TEXT + b"Refresh: %b\r\n" % refresh)) as url:
        page = await fetcher.fetch(url, since=EVER)
    assert (page.outcome, page.redirects) == (OK, ())


async def test_connections_are_kept_where_nothing_is_left_over(fetcher: Fetcher) -> None:
    opened: list[int] = []
    answers: Sequence[bytes] = (response(TEXT + b"X Y : 1\r\n"), response() + b"surplus")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.append(1)
        while not reader.at_eof():
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            writer.write(answers[b"/surplus" in head])
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    for path, connections in (("/a", 1), ("/b", 1), ("/surplus", 1), ("/c", 2)):
        assert (await fetcher.fetch(base + path, since=EVER)).html == BODY.decode()
        assert len(opened) == connections
    server.close()


@pytest.mark.parametrize("head", [b"", b"\r\n\r\n", b"HTTP/1.1 9999 x\r\n\r\n", b"xxxxxHTTP/1.1 200 OK\r\n\r\n"])
def test_what_cannot_be_repaired(head: bytes) -> None:
    with pytest.raises(InvalidHead):
        repair_head(head)
