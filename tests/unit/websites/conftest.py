"""Fetchers that may connect to 127.0.0.1, and to no other private address."""

from __future__ import annotations

import socket
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from providers.web import Fetcher, HttpClient, MemoryStore, NetworkPolicy
from tests.unit.websites.site import Site

EVER = datetime.now(UTC) - timedelta(days=1)


class Names:
    """A name server. Each query for a name returns the next of its `answers`, the last one repeatedly."""

    def __init__(self) -> None:
        self.answers: dict[str, list[list[str]]] = {}
        self.asked: Counter[str] = Counter()
        """Queries by name."""

    async def __call__(self, host: str) -> Sequence[tuple[socket.AddressFamily, str]]:
        self.asked[host] += 1
        if host not in self.answers:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        answers = self.answers[host]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET6 if ":" in address else socket.AF_INET, address) for address in answer]


@pytest.fixture
def names() -> Names:
    return Names()


MakeFetcher = Callable[..., Awaitable[Fetcher]]


@pytest.fixture
async def make(names: Names) -> AsyncIterator[MakeFetcher]:
    """Returns a factory of fetchers, each with a store of its own unless one is given."""
    made: list[Fetcher] = []

    async def maker(store: MemoryStore | None = None, gap: float = 0.0, tls: ssl.SSLContext | bool = True) -> Fetcher:
        client = HttpClient("Trigpoint/1.0 (tests@example.org)", NetworkPolicy(["127.0.0.1/32"]), names, tls)
        made.append(Fetcher(client, store or MemoryStore(), gap=gap))
        return made[-1]

    yield maker
    for fetcher in made:
        await fetcher.close()


@pytest.fixture
async def fetcher(make: MakeFetcher) -> Fetcher:
    return await make()


@pytest.fixture
async def site() -> AsyncIterator[tuple[Site, str]]:
    site = Site()
    runner = web.ServerRunner(web.Server(site.answer), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield site, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()
