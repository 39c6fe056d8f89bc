"""What a geocoder is asked and what it answers."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar
from urllib.parse import urlsplit

from app.domain.vocabulary.accuracy import Accuracy
from providers.errors import ProviderError
from providers.latency import Latencies
from providers.rate_limit import Standing, Window, window_of_rate
from providers.setup import ProviderConfig, Setup

# A number first, as in "12 Main St", "12-34A Main St", "517.5 Bridge Street", but not "1st Avenue".
_LEADING_NUMBER = re.compile(r"\s*(\d+(?:[-/.]\d+)*[a-z]?)(?=[\s,]|$)", re.IGNORECASE)
# A number last, with or without an entrance and a flat, as in "Mannerheimintie 20", "Aleksanterinkatu 52 B 9".
_TRAILING_NUMBER = re.compile(r"\s(\d+(?:[-/.]\d+)*(?:\s?[a-z])?)(?:(?<=[a-z])\s+\d+)?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Query:
    """An address to look up.

    `street` is house number and street name, without a unit; `country` is ISO 3166-1 alpha-2 in any case.
    """

    street: str | None = None
    city: str | None = None
    county: str | None = None
    state: str | None = None
    postcode: str | None = None
    country: str = "us"

    @property
    def house_number(self) -> str | None:
        """The house number in `street`; outside the US it may stand last."""
        match = self._number()
        return match.group(1) if match else None

    @property
    def road(self) -> str | None:
        """`street` without its house number."""
        match = self._number()
        if self.street is None or match is None:
            return self.street
        return (self.street[: match.start()] + self.street[match.end() :]).strip(" ,")

    @property
    def line(self) -> str:
        """The address on one line, without its country: "12 Main St, Anchorage, AK 99501"; empty where nothing is."""
        region = " ".join(part for part in (self.state, self.postcode) if part)
        return ", ".join(part for part in (self.street, self.city, region) if part)

    def _number(self) -> re.Match[str] | None:
        if self.street is None:
            return None
        match = _LEADING_NUMBER.match(self.street)
        if match is None and self.country.lower() != "us":
            match = _TRAILING_NUMBER.search(self.street)
        return match


@dataclass(frozen=True, slots=True)
class Location:
    """Where an address is, in degrees WGS 84.

    `confidence` (0 to 1) is computed by `scale`, the same way for all providers; `raw_score` is the provider's own
    number, whatever it means there. `attribution` is what the provider wants shown with the result. `contradicts` names
    the parts of the query (`house_number`, `postcode`, `state`) of which the answer says something else.
    """

    latitude: float
    longitude: float
    accuracy: Accuracy
    confidence: float
    provider: str
    matched_address: str
    raw_score: float | None = None
    attribution: str | None = None
    contradicts: tuple[str, ...] = ()


class Geocoder(ABC):
    """One provider. A subclass sets the class attributes, which hold its public free tier, and answers `geocode`."""

    name: ClassVar[str]
    public_url: ClassVar[str | None] = None
    #: Hosts whose free tier `windows` and `daily` describe; elsewhere no built-in limit holds.
    public_hosts: ClassVar[frozenset[str]] = frozenset()
    needs_key: ClassVar[bool] = False
    #: Whether it is unusable until a url is configured, even where `public_url` is known.
    needs_url: ClassVar[bool] = False
    #: Whether those who run the public hosts for nothing want a contact, and no personal data.
    public_wants_contact: ClassVar[bool] = False
    public_refuses_personal_data: ClassVar[bool] = False
    windows: ClassVar[tuple[Window, ...]] = ()
    daily: ClassVar[int | None] = None
    #: Requests a second at the public hosts that no setting raises: a rule of the provider, not a tariff.
    rate_ceiling: ClassVar[float | None] = None
    attribution: ClassVar[str | None] = None
    #: When the limits and rules above were last held against the provider's own pages.
    verified_on: ClassVar[date | None] = None
    #: The finest accuracy that it ever gives.
    finest: ClassVar[Accuracy] = Accuracy.ROOFTOP
    #: Queries that one call of `geocode_batch` takes; 1 where there is no such call.
    batch_size: ClassVar[int] = 1
    #: Seconds that such a call may need.
    batch_timeout: ClassVar[float] = 0.0
    #: Whether it answers `reverse`.
    reverses: ClassVar[bool] = False

    #: How long an answer may be stored: None for ever, zero not at all.
    keeps: timedelta | None = None
    #: The windows and the daily allowance that hold as it is configured.
    active_windows: tuple[Window, ...] = ()
    active_daily: int | None = None
    #: What its requests took; None where it sends none.
    latencies: Latencies | None = None

    @classmethod
    def lacks(cls, config: ProviderConfig, contact: str | None = None, allow_personal_data: bool = False) -> str | None:
        """Why the provider cannot be used with `config`, None where it can."""
        if cls.needs_url and not config.url:
            return "no url configured"
        if cls.needs_key and not config.key:
            return "no key configured"
        if cls.is_public(config):
            if cls.public_wants_contact and not contact:
                return "its public server wants a contact: set TRIGPOINT_CONTACT"
            if cls.public_refuses_personal_data and not allow_personal_data:
                return (
                    "its public server is not for personal data: configure the url of another one, "
                    "or set TRIGPOINT_ALLOW_PUBLIC_PERSONAL_DATA=true"
                )
        return None

    @classmethod
    def is_public(cls, config: ProviderConfig) -> bool:
        """Whether `config` leads to one of the public hosts."""
        host = urlsplit(config.url or cls.public_url or "").hostname
        return host is not None and host.rstrip(".").lower() in cls.public_hosts

    @classmethod
    def limits(cls, config: ProviderConfig) -> tuple[tuple[Window, ...], int | None]:
        """The windows and the daily allowance that hold with `config`."""
        public = cls.is_public(config)
        windows, daily = (cls.windows, cls.daily) if public else ((), None)
        if config.rate is not None:
            rate = config.rate
            if public and cls.rate_ceiling is not None:
                rate = min(rate, cls.rate_ceiling)
            windows = (window_of_rate(rate),)
        return windows, daily if config.daily is None else config.daily

    @abstractmethod
    def __init__(self, setup: Setup) -> None:
        """Build it; nothing is opened or loaded here."""

    @abstractmethod
    async def geocode(self, query: Query, timeout: float, patience: float | None = None) -> Location | None:
        """Look `query` up, None where the provider knows no match.

        `timeout` is in seconds for the request itself; waiting for the rate limiter is not counted: without `patience`
        it takes what it takes, with it Busy is raised where more than so many seconds would be needed. Raises
        ProviderError.
        """

    async def geocode_batch(self, queries: Sequence[Query], timeout: float) -> list[Location | None | ProviderError]:
        """Look up to `batch_size` queries up in one call; what came of each, in their order.

        Raises ProviderError where the whole call failed.
        """
        raise NotImplementedError(f"{self.name} takes one query at a time")

    async def reverse(self, latitude: float, longitude: float, timeout: float) -> Location | None:
        """The address nearest to a point in degrees, None where there is none. Raises ProviderError."""
        raise NotImplementedError(f"{self.name} does not look up points")

    async def pause(self, seconds: float, reason: str = "") -> None:  # noqa: B027 - who asks nobody pauses for nobody
        """Let nobody ask this provider for `seconds`."""

    async def standing(self) -> Standing:
        """What the limiter knows of this provider."""
        return Standing(0, 0.0, "")
