"""What the contract suite needs to know of each geocoder: how to build it, and what it is expected to know."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from providers.geocoding.base import Accuracy, Geocoder, ProviderConfig, Query, Setup
from providers.geocoding.registry import discover
from providers.rate_limit import Window
from tests.servers import locationiq
from tests.servers.locationiq import LocationIQStandIn
from tests.servers.nominatim import NominatimStandIn
from tests.servers.standin import StandIn

USER_AGENT = "contract-suite/1.0"
CONTACT = "ops@example.org"


@dataclass(frozen=True)
class Case:
    """`coarse` is a query that gets an answer coarser than asked, of `coarse_accuracy`; `server` None asks nobody."""

    server: Callable[[], StandIn] | None
    found_accuracy: Accuracy
    found_within_km: float
    coarse: Query
    coarse_accuracy: Accuracy
    key: str | None = None


CASES: Mapping[str, Case] = {
    "nominatim": Case(
        server=NominatimStandIn,
        found_accuracy=Accuracy.ROOFTOP,
        found_within_km=0.05,
        coarse=Query("999999 East 11th Ave", "Anchorage", state="AK", postcode="99501"),
        coarse_accuracy=Accuracy.STREET,
    ),
    "locationiq": Case(
        server=LocationIQStandIn,
        found_accuracy=Accuracy.ROOFTOP,
        found_within_km=0.05,
        coarse=Query("12 Misspelt Street", "Anchorage", state="AK", postcode="99501"),
        coarse_accuracy=Accuracy.PLACE,
        key=locationiq.KEY,
    ),
    "offline": Case(
        server=None,
        found_accuracy=Accuracy.POSTCODE,
        found_within_km=60.0,
        coarse=Query("108 East 11th Ave", "Anchorage", state="AK"),
        coarse_accuracy=Accuracy.PLACE,
    ),
}

ONLINE = sorted(name for name, case in CASES.items() if case.server is not None)


class CountingLimiter:
    """Lets everyone through and keeps what was asked of it."""

    def __init__(self) -> None:
        self.acquired: list[tuple[str, tuple[Window, ...], int | None]] = []
        self.penalties: list[tuple[str, float]] = []

    async def acquire(self, key: str, windows: Sequence[Window], daily: int | None = None) -> None:
        """See RateLimiter."""
        self.acquired.append((key, tuple(windows), daily))

    async def penalise(self, key: str, seconds: float) -> None:
        """See RateLimiter."""
        self.penalties.append((key, seconds))


@dataclass(frozen=True)
class Running:
    """A geocoder with the server that it asks."""

    geocoder: Geocoder
    limiter: CountingLimiter
    case: Case
    maybe_server: StandIn | None

    @property
    def server(self) -> StandIn:
        """The stand-in; only for what asks one."""
        assert self.maybe_server is not None
        return self.maybe_server


@asynccontextmanager
async def running(name: str, **settings: Any) -> AsyncIterator[Running]:
    """The geocoder `name` against its stand-in; `settings` are of ProviderConfig."""
    case = CASES[name]
    limiter = CountingLimiter()
    async with AsyncExitStack() as stack:
        server = None if case.server is None else await stack.enter_async_context(case.server())
        session = await stack.enter_async_context(aiohttp.ClientSession())
        config = ProviderConfig(**{"url": server and server.url, "key": case.key, **settings})
        setup = Setup(config, session, limiter, USER_AGENT, CONTACT)
        yield Running(discover()[name](setup), limiter, case, server)
