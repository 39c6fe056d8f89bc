"""What the contract suite needs to know of each geocoder: how to build it, and what it is expected to know."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from app.domain.vocabulary.accuracy import Accuracy
from providers.geocoding.base import Geocoder, Query
from providers.geocoding.registry import discover
from providers.rate_limit import LimiterState, Window
from providers.setup import ProviderConfig, Setup
from tests.servers.everyone import STAND_INS
from tests.servers.reference_data import BookData
from tests.servers.standin import KEY, StandIn

USER_AGENT = "contract-suite/1.0"
CONTACT = "ops@example.org"
GEOCODERS = discover()

MISSPELT = Query("12 Misspelt Street", "Anchorage", state="AK", postcode="99501")


@dataclass(frozen=True)
class Case:
    """`coarse` is a query that gets an answer coarser than asked, of `coarse_accuracy`; None where all are fine.

    `online` says whether there is a stand-in to ask.
    """

    found_accuracy: Accuracy = Accuracy.ROOFTOP
    found_within_metres: float = 50.0
    coarse: Query | None = MISSPELT
    coarse_accuracy: Accuracy = Accuracy.PLACE
    online: bool = True


CASES: Mapping[str, Case] = {
    "census": Case(found_accuracy=Accuracy.INTERPOLATED, coarse=None),
    "geoapify": Case(),
    "geocodio": Case(),
    "google": Case(),
    "here": Case(),
    "local": Case(coarse=None, online=False),
    "locationiq": Case(),
    "mapbox": Case(),
    "nominatim": Case(
        coarse=Query("999999 East 11th Ave", "Anchorage", state="AK", postcode="99501"),
        coarse_accuracy=Accuracy.STREET,
    ),
    "offline": Case(
        found_accuracy=Accuracy.POSTCODE,
        found_within_metres=60_000.0,
        coarse=Query("108 East 11th Ave", "Anchorage", state="AK"),
        online=False,
    ),
    "opencage": Case(),
    "pelias": Case(),
    "photon": Case(),
}

ONLINE = sorted(name for name, case in CASES.items() if case.online)
COARSE = sorted(name for name, case in CASES.items() if case.coarse)


class CountingLimiter:
    """Lets everyone through, unless `busy`, and keeps what was asked of it."""

    def __init__(self) -> None:
        self.acquired: list[tuple[str, tuple[Window, ...], int | None]] = []
        self.costs: list[int] = []
        self.penalties: list[tuple[str, float]] = []
        self.busy = False
        self.used_today = 0

    async def acquire(self, key: str, windows: Sequence[Window], daily: int | None = None, cost: int = 1) -> None:
        """See RateLimiter."""
        self.acquired.append((key, tuple(windows), daily))
        self.costs.append(cost)

    async def try_acquire(
        self, key: str, windows: Sequence[Window], daily: int | None = None, within: float = 0.05
    ) -> bool:
        """See RateLimiter."""
        if not self.busy:
            await self.acquire(key, windows, daily)
        return not self.busy

    def expected_wait(self, key: str, windows: Sequence[Window]) -> float:
        """See RateLimiter."""
        return 7.0 if self.busy else 0.0

    async def penalise(self, key: str, seconds: float, reason: str = "") -> None:
        """See RateLimiter."""
        self.penalties.append((key, seconds))

    async def standing(self, key: str) -> LimiterState:
        """See RateLimiter."""
        return LimiterState(self.used_today, 0.0, "")


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
        server = await stack.enter_async_context(STAND_INS[name]()) if case.online else None
        session = await stack.enter_async_context(aiohttp.ClientSession())
        config = ProviderConfig(**{"url": server and server.url, "key": KEY, **settings})
        setup = Setup(config, session, limiter, USER_AGENT, CONTACT, BookData())
        yield Running(GEOCODERS[name](setup), limiter, case, server)
