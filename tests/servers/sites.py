"""Small websites of businesses on the loopback, each on an address of its own, which log every request."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from aiohttp import web

Content = str | web.Response

CONTACT = """<html lang="en"><head><title>Contact – {name}</title></head><body>
<nav><a href="/">Home</a><a href="/about">About us</a></nav>
<h1>Contact</h1><p>Write to <a href="mailto:info@{domain}">info@{domain}</a> or call +1 202-456-1111.</p>
<p>Or: orders [at] {domain}</p>{filler}</body></html>"""
HOME = """<html lang="en"><head><title>{name}</title><meta property="og:site_name" content="{name}"></head><body>
<header><a href="/">Home</a> <a href="/products">Products</a> <a href="/contact">Contact</a>
<a href="/about">About us</a>
<a href="/team">Our team</a> <a href="/support">Support</a> <a href="/impressum">Imprint</a></header>
<h1>{name}</h1><p>We have been baking bread and rolls for three generations, and we still do so every morning.</p>
<p>Visit us in the old town, or order by telephone: what is ordered before ten is delivered on the same day.</p>
{filler}
<footer class="social"><a href="https://www.facebook.com/{handle}/"><img alt="Facebook" src="f.png"></a>
<a href="https://twitter.com/{handle}"><img alt="Twitter" src="t.png"></a>
<a href="https://www.facebook.com/sharer.php?u=x">Share</a></footer></body></html>"""
FILLER = "".join(
    f"<div class='item'><h3>Bread no. {n}</h3><p>Made of rye, water and salt.</p></div>" for n in range(60)
)
PATHS = ("/contact", "/about", "/team", "/support", "/impressum")


@dataclass(frozen=True)
class LoggedRequest:
    """A request, with the times of its arrival and of its response on the monotonic clock."""

    at: float
    until: float
    host: str
    path: str


class Sites:
    """An async context manager that serves sites on 127.`net`.*.*, all on one free port.

    `pages` replaces pages, by URL or by path.
    """

    def __init__(self, count: int = 1, net: int = 10) -> None:
        self.hosts = [f"127.{net}.{n // 250}.{n % 250 + 1}" for n in range(count)]
        self.port = 0
        self.pages: dict[str, Content] = {}
        self.robots: Content = web.Response(status=404)
        self.log: list[LoggedRequest] = []

    def url(self, number: int = 0, path: str = "/") -> str:
        return f"http://{self.hosts[number]}:{self.port}{path}"

    @property
    def asked(self) -> Counter[str]:
        """Requests by URL."""
        return Counter(f"http://{request.host}{request.path}" for request in self.log)

    async def __aenter__(self) -> Self:
        self._runner = web.ServerRunner(web.Server(self._answer), shutdown_timeout=0.1)
        await self._runner.setup()
        for host in self.hosts:
            site = web.TCPSite(self._runner, host, self.port)
            await site.start()
            self.port = self.port or self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        at = time.monotonic()
        answer = self._content(request.host, request.path)
        if isinstance(answer, str):
            answer = web.Response(text=answer, content_type="text/html")
        elif answer.prepared:
            answer = web.Response(status=answer.status, headers=answer.headers, body=answer.body)
        self.log.append(LoggedRequest(at, time.monotonic(), request.host, request.path))
        return answer

    def _content(self, host: str, path: str) -> Content:
        given = self.pages.get(f"http://{host}{path}", self.pages.get(path))
        if given is not None:
            return given
        if path == "/robots.txt":
            return self.robots
        number = self.hosts.index(host.partition(":")[0])
        words = {
            "name": f"Bakery Miller {number}",
            "handle": f"bakerymiller{number}",
            "domain": f"bakery-miller-{number}.de",
            "filler": FILLER,
        }
        if path == "/":
            return HOME.format(**words)
        if path == "/contact":
            return CONTACT.format(**words)
        if path in PATHS:
            return f"<html><title>{path}</title><body><p>Nothing to see on {path}, but bread.</p>{FILLER}</body></html>"
        return web.Response(status=404)
