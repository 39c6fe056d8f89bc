"""A server that misbehaves in a different way on each path, and a private one that must not be reached."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

Writer = asyncio.StreamWriter
Act = Callable[["Hostile", Writer], Coroutine[Any, Any, None]]

FOR_EVER = 120.0
"""Seconds; longer than any visit may take."""
HTML = b"Content-Type: text/html; charset=utf-8\r\n"
CHINESE = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(1900))
CONTACTS = b"<a href='mailto:info@shop.de'>info@shop.de</a>"
PROFILES = b"".join(b"<a href=https://facebook.com/abc%d>x</a>" % n for n in range(400))


def zeros(megabytes: int) -> bytes:
    """A gzip file of zeros, a thousandth as long: one compressed megabyte, repeated."""
    megabyte, checksum = bytes(1_000_000), 0
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(megabyte) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(megabytes):
        checksum = zlib.crc32(megabyte, checksum)
    head = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
    return head + packed * megabytes + packer.flush() + struct.pack("<II", checksum, megabytes * 1_000_000)


BOMB_BYTES = zeros(200)


def answer(body: bytes, more: bytes = HTML, status: bytes = b"200 OK") -> bytes:
    return b"HTTP/1.1 %b\r\n%bContent-Length: %d\r\n\r\n%b" % (status, more, len(body), body)


def redirect(to: str, status: bytes = b"302 Found") -> bytes:
    return answer(b"", b"Location: %b\r\n" % to.encode(), status)


def _same_as(profile: str) -> bytes:
    return b'<script type="application/ld+json">{"@type":"Organization","sameAs":["%b"]}</script>' % profile.encode()


class Hostile:
    """Serves `FIXED` and `ACTS`; any other path is an ordinary page.

    `asked` counts the requests by path. `robots` is the response for robots.txt by host, one of `ROBOTS`.
    """

    def __init__(self, inner_port: int) -> None:
        self.inner_port = inner_port
        self.asked: Counter[str] = Counter()
        self.redirects = 0
        self.robots: dict[str, str] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1].decode()
                host = head.lower().partition(b"\nhost: ")[2].partition(b":")[0].decode()
                self.asked[path] += 1
                await self.act(self.robots.get(host, path) if path == "/robots.txt" else path, writer)
                await writer.drain()
        writer.close()

    async def act(self, path: str, writer: Writer) -> None:
        if path == "/robots.txt":
            writer.write(answer(b"", status=b"404 Not Found"))
        elif path in FIXED or path in ROBOTS:
            writer.write(FIXED.get(path) or ROBOTS[path])
        elif path in ACTS:
            await ACTS[path](self, writer)
            raise ConnectionResetError
        else:
            writer.write(answer(b"<title>A page</title><p>Hello"))


async def endless_body(_: Hostile, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n" + HTML + b"Connection: close\r\n\r\n")
    while True:
        writer.write(b"<p>more" * 10_000)
        await writer.drain()


async def slow_drip(_: Hostile, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n" + HTML + b"Content-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def slow_headers(_: Hostile, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-A: b\r\n")
        await writer.drain()
        await asyncio.sleep(0.2)


async def header_flood(_: Hostile, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"".join(b"X-%d: %b\r\n" % (n, b"y" * 1000) for n in range(500)))
        await writer.drain()


async def continue_flood(_: Hostile, writer: Writer) -> None:
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)
        await writer.drain()


async def empty_members(_: Hostile, writer: Writer) -> None:
    """Send endless compressed bytes that decompress to nothing."""
    writer.write(b"HTTP/1.1 200 OK\r\n" + HTML + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n")
    while True:
        writer.write(gzip.compress(b"") * 1000)
        await writer.drain()


async def chunk_extension(_: Hostile, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n" + HTML + b"Transfer-Encoding: chunked\r\n\r\n5;")
    while True:
        writer.write(b"a" * 100_000)
        await writer.drain()


async def trailers(_: Hostile, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n" + HTML + b"Transfer-Encoding: chunked\r\n\r\n0\r\n")
    while True:
        writer.write(b"".join(b"X-%d: %b\r\n" % (n, b"y" * 1000) for n in range(100)))
        await writer.drain()


async def small_chunks(_: Hostile, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n" + HTML + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1\r\na\r\n" * 10_000)
        await writer.drain()


async def early_hints(_: Hostile, writer: Writer) -> None:
    while True:
        writer.write((b"HTTP/1.1 103 Early Hints\r\nLink: " + b"a" * 4000 + b"\r\n\r\n") * 10)
        await writer.drain()


async def silent(_: Hostile, writer: Writer) -> None:
    await asyncio.sleep(FOR_EVER)


async def hang_up(_: Hostile, writer: Writer) -> None:
    return


async def reset(_: Hostile, writer: Writer) -> None:
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    writer.transport.abort()


async def redirect_chain(server: Hostile, writer: Writer) -> None:
    """Redirect endlessly, each time to another URL."""
    server.redirects += 1
    writer.write(redirect(f"/chain/{server.redirects}"))
    await writer.drain()


async def to_inner(server: Hostile, writer: Writer) -> None:
    writer.write(redirect(f"http://127.0.0.2:{server.inner_port}/secret"))
    await writer.drain()


FIXED: dict[str, bytes] = {
    "/metadata": redirect("http://169.254.169.254/latest/meta-data/"),
    "/metadata-https": redirect("https://169.254.169.254/", b"308 Permanent Redirect"),
    "/metadata-dotless": redirect("http://2852039166/"),
    "/metadata-hex": redirect("//0xa9fea9fe/"),
    "/metadata-mapped": redirect("http://[::ffff:169.254.169.254]/"),
    "/to-nat64": redirect("http://[64:ff9b::a9fe:a9fe]/"),
    "/to-file": redirect("file:///etc/passwd"),
    "/to-gopher": redirect("gopher://127.0.0.1:6379/_FLUSHALL"),
    "/to-script": redirect("javascript:alert(1)"),
    "/to-user": redirect("http://user:pass@example.com/"),
    "/to-port": redirect("http://8.8.8.8:22/"),
    "/to-nonsense": redirect("http://[::1"),
    "/to-itself": redirect("/to-itself"),
    "/ping": redirect("/pong"),
    "/pong": redirect("/ping"),
    "/long-location": redirect("/" + "a" * 7000),
    "/no-location": answer(b"", b"", b"302 Found"),
    "/not-modified": answer(b"", b"", b"304 Not Modified"),
    "/teapot": answer(b"", b"", b"418 I'm a teapot"),
    "/forbidden": answer(b"", b"", b"403 Forbidden"),
    "/too-many": answer(b"", b"", b"429 Too Many Requests"),
    "/retry-later": answer(b"", b"Retry-After: 86400\r\n", b"503 Service Unavailable"),
    "/challenge": answer(b"", b"cf-mitigated: challenge\r\n", b"503 Service Unavailable"),
    "/broken": answer(b"", b"", b"500 Internal Server Error"),
    "/gone": answer(b"", b"", b"410 Gone"),
    "/missing": answer(b"", b"", b"404 Not Found"),
    "/pdf": answer(b"%PDF-1.7", b"Content-Type: application/pdf\r\n"),
    "/video": answer(b"\0" * 100, b"Content-Type: video/mp4\r\n"),
    "/no-type": answer(b"hello", b""),
    "/no-type-html": answer(b" <p>hello", b""),
    "/garbage": b"\x00\x01\x02 this is no HTTP\r\n\r\n",
    "/bad-status": b"HTTP/1.1 999999 Odd\r\n\r\n",
    "/bad-length": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: -5\r\n\r\nabc",
    "/two-lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
    "/bad-chunk": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n",
    "/huge-chunk": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n" + b"F" * 18,
    "/long-header": b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 100_000 + b"\r\n\r\n",
    "/bomb": answer(BOMB_BYTES, HTML + b"Content-Encoding: gzip\r\n"),
    "/nested-bomb": answer(gzip.compress(BOMB_BYTES), HTML + b"Content-Encoding: gzip, gzip\r\n"),
    "/not-gzip": answer(b"plain text", HTML + b"Content-Encoding: gzip\r\n"),
    "/cut-gzip": answer(gzip.compress(b"<p>hello" * 1000)[:50], HTML + b"Content-Encoding: gzip\r\n"),
    "/odd-coding": answer(b"x", HTML + b"Content-Encoding: zstd-of-mine\r\n"),
    "/wrong-charset": answer("Grüße aus Köln".encode("latin-1"), HTML),
    "/no-such-charset": answer("Grüße".encode(), b"Content-Type: text/html; charset=klingon\r\n"),
    "/rot13": answer(b"uryyb", b"Content-Type: text/html; charset=rot13\r\n"),
    "/utf-7": answer(b"+ADw-script+AD4-", b"Content-Type: text/html; charset=utf-7\r\n"),
    "/nul-bytes": answer(b"\0\0<p>a\0b\0" * 1000),
    "/binary": answer(bytes(range(256)) * 1000),
    "/deep": answer(b"<div>" * 1_000_000),
    "/deep-mixed": answer(b"<b><p><a href=x><table><td>" * 70_000),
    "/attributes": answer(b"<p " + b" ".join(b"a%d=b" % n for n in range(200_000)) + b">"),
    "/one-attribute": answer(b'<a href="mailto:' + b"a." * 900_000 + b'">'),
    "/at-signs": answer(b"<p>" + b"a@" * 900_000),
    "/dots": answer(b"<p>x@" + b"a." * 900_000),
    "/dashes": answer(b"<p>" + b"a-" * 900_000 + b"@b.c"),
    "/brackets": answer(b"<p>" + b"a [at] " * 250_000),
    "/digits": answer(b"<p>" + b"1 " * 900_000),
    "/entities": answer(b"<p>" + b"&#64;" * 350_000),
    "/links": answer(b"".join(b"<a href='/contact/%d'>contact</a>" % n for n in range(50_000))),
    "/scripts": answer(b"<script>" + b"atob('" * 300_000),
    "/json-ld": answer(b'<script type="application/ld+json">' + b"[" * 500_000 + b"</script>"),
    "/comments": answer(b"<!--" * 400_000),
    "/doctype": answer(b"<!DOCTYPE" + b" x" * 900_000),
    "/frames": answer(b"<iframe src='/frames'></iframe>" * 50_000),
    "/http-0.9": b"<html>hello\r\n",
    "/retry-for-ever": answer(b"", b"Retry-After: 99999999999999999999\r\n", b"503 Service Unavailable"),
    "/retry-past": answer(b"", b"Retry-After: Thu, 01 Jan 1970 00:00:00 GMT\r\n", b"429 Too Many Requests"),
    "/retry-odd": answer(b"", b"Retry-After: Fri, 31 Dec 99999999999999999999 23:59:59 GMT\r\n", b"503 Busy"),
    "/odd-type": answer(b"x", b"Content-Type: text/\xff\xfe\r\n"),
    "/odd-location": answer(b"", b"Location: /\xff\xfe\r\n", b"302 Found"),
    "/control-location": answer(b"", b"Location: /a\x01b\tc\r\n", b"302 Found"),
    "/escaped-location": redirect(f"/{CHINESE[:600]}"),
    "/odd-headers": answer(b"<p>hello", HTML + b'ETag: "\xff"\r\nLast-Modified: \xfe\r\n'),
    "/cookies": answer(b"<p>hello", HTML + b"".join(b"Set-Cookie: a%d=b; Path=/\r\n" % n for n in range(100))),
    "/brotli": answer(b"\x0b\x02\x80hello\x03", HTML + b"Content-Encoding: br\r\n"),
    "/unicode-escape": answer(b"<p>\\ud800 hello", b"Content-Type: text/html; charset=unicode_escape\r\n"),
    "/undefined-charset": answer(b"<p>hello", b"Content-Type: text/html; charset=undefined\r\n"),
    "/punycode": answer(b"<p>" + b"a-" * 500_000, b"Content-Type: text/html; charset=punycode\r\n"),
    "/utf-16": answer("<p>hello".encode("utf-16-le"), b"Content-Type: text/html; charset=utf-16\r\n"),
    "/escapes": answer(b"<p>\\u0000 info@shop.de \\ud800" + CONTACTS),
    "/surrogates": answer(b"<script>w('\\ud800 mailto:info@shop.de \\udfff')</script>" + CONTACTS),
    "/nul-handle": answer(_same_as("https://facebook.com/%00shop")),
    "/long-handle": answer(_same_as(f"https://linkedin.com/company/{CHINESE}")),
    "/mailtos": answer(b"<div>" + b"<a href=mailto:a@b>x</a>" * 14_000 + b"word " * 300_000),
    "/mailto-to": answer(b"<a href='mailto:?" + b"to=a@b.de&" * 190_000 + b"'>x</a>"),
    "/backwards": answer(b"<div style=rtl>" * 14_000 + b"word " * 300_000),
    "/in-one-another": answer(b"<div itemprop=email>" * 14_000 + b"word " * 300_000),
    "/nested-links": answer(b"<a href=/contact><object>" * 15_000 + b"word " * 300_000),
    "/class": answer(b"<div class='" + b"a1" * 900_000 + b"'>" + PROFILES),
    "/name": answer(b"<meta property=og:site_name content='" + b"a" * 1_900_000 + b"'>" + PROFILES),
    "/formatting": answer(b"".join(b"<b id=%d><p>" % n for n in range(100_000))),
    "/many-attributes": answer((b"<p " + b" ".join(b"a%d" % n for n in range(990)) + b">") * 380),
    "/spoken": answer(b"<p>" + b"a at b dot " * 170_000),
    "/percents": answer(b"<a href=" + b"%" * 1_900_000 + b">contact</a>"),
    "/long-contact": answer(b"<a href='/contact?" + b"a" * 1_900_000 + b"'>contact</a>"),
    "/long-host": answer(b"<a href='http://" + b"a." * 900_000 + b"de/contact'>contact</a>"),
    "/long-refresh": answer(b"<meta http-equiv=refresh content='0;url=/" + b"a" * 1_900_000 + b"'>"),
    "/long-title": answer(b"<title>" + b"title \\u0000 &#0; " * 100_000),
    "/refresh-ping": answer(b"<meta http-equiv=refresh content='0;url=/refresh-pong'>"),
    "/refresh-pong": answer(b"<meta http-equiv=refresh content='0;url=/refresh-ping'>"),
    "/refresh": answer(b"<meta http-equiv=refresh content='0;url=http://169.254.169.254/'>"),
    "/base": answer(b"<base href='http://169.254.169.254/'><a href='contact'>Contact</a>"),
}

ACTS: Mapping[str, Act] = {
    "/empty-members": empty_members,
    "/chunk-extension": chunk_extension,
    "/trailers": trailers,
    "/small-chunks": small_chunks,
    "/early-hints": early_hints,
    "/endless": endless_body,
    "/drip": slow_drip,
    "/slow-headers": slow_headers,
    "/header-flood": header_flood,
    "/continue-flood": continue_flood,
    "/silent": silent,
    "/hang-up": hang_up,
    "/reset": reset,
    "/chain": redirect_chain,
    "/to-inner": to_inner,
} | {f"/chain/{n}": redirect_chain for n in range(1, 50)}


TEXT = b"Content-Type: text/plain\r\n"
# Further responses for robots.txt, besides those of all paths.
ROBOTS: dict[str, bytes] = {
    "robots-wildcards": answer(b"User-agent: *\n" + b"".join(b"Disallow: /*a%d*b$\n" % n for n in range(25_000)), TEXT),
    "robots-stars": answer(b"User-agent: *\nDisallow: /" + b"*a" * 250_000, TEXT),
    "robots-agents": answer(
        b"".join(b"User-agent: a%d\n" % n for n in range(15_000)) + b"Disallow: /b\n" * 18_000, TEXT
    ),
    "robots-to-itself": redirect("/robots.txt"),
    "robots-binary": answer(bytes(range(256)) * 2000, TEXT),
    "robots-bomb": answer(BOMB_BYTES, TEXT + b"Content-Encoding: gzip\r\n"),
    "robots-denies": answer(b"User-agent: trigpoint/2.0\nDisallow: /\n\nUser-agent: *\nAllow: /\n", TEXT),
}


@asynccontextmanager
async def hostile(hosts: Sequence[str] = ("127.0.0.1",)) -> AsyncIterator[tuple[str, Hostile, Counter[str]]]:
    """Yield its URL on the first host, the server, and the connections made to the private server on 127.0.0.2."""
    reached: Counter[str] = Counter()

    async def inner(_: asyncio.StreamReader, writer: Writer) -> None:
        reached["connections"] += 1
        writer.close()

    secret = await asyncio.start_server(inner, "127.0.0.2", 0)
    server = Hostile(secret.sockets[0].getsockname()[1])
    first = await asyncio.start_server(server.serve, hosts[0], 0)
    port = first.sockets[0].getsockname()[1]
    others = [await asyncio.start_server(server.serve, host, port) for host in hosts[1:]]
    try:
        yield f"http://{hosts[0]}:{port}", server, reached
    finally:
        for one in (first, secret, *others):
            one.close()
