"""Queries, locations and the interface of geocoders."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar
from urllib.parse import urlsplit
from uuid import UUID

from app.domain.vocabulary.accuracy import Accuracy
from app.domain.vocabulary.evidence import Evidence
from providers.errors import ProviderError
from providers.latency import Latencies
from providers.rate_limit import LimiterState, Window, window_of_rate
from providers.setup import ProviderConfig, Setup, setting_name

# A number first, as in "12 Main St", "12-34A Main St", "517.5 Bridge Street", "123 1/2 Oak St", and in a grid "N6W23001
# Bluemound Rd", "W148 N9748 Tree Tops Dr", but not "1st Avenue".
_LEADING_NUMBER = re.compile(
    r"\s*(\d+(?:[-/.]\d+)*[a-z]?(?: \d/\d| ?[½¼¾])?|[nsew]\d+ ?[nsew]\d+|\d+[nsew]\d+)(?=[\s,]|$)", re.IGNORECASE
)
# A number last, with or without an entrance and a flat, as in "Mannerheimintie 20", "Aleksanterinkatu 52 B 9".
_TRAILING_NUMBER = re.compile(r"\s(\d+(?:[-/.]\d+)*(?:\s?[a-z])?)(?:(?<=[a-z])\s+\d+)?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Query:
    """An address to look up.

    `street` is house number and street name without a unit; `country` is ISO 3166-1 alpha-2 in any case.
    """

    street: str | None = None
    city: str | None = None
    county: str | None = None
    state: str | None = None
    postcode: str | None = None
    country: str = "us"
    asker: UUID | None = None
    """The user whose own reference data count besides those of all users."""

    @property
    def house_number(self) -> str | None:
        """The house number in `street`. Outside the US it may come last."""
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
        """The address on one line without its country: "12 Main St, Anchorage, AK 99501". Empty if all parts are."""
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

    `confidence` (0 to 1) is computed in `providers.geocoding.confidence`, the same way for all providers; `raw_score`
    is the provider's own number. `attribution` must be shown with the result. `contradicts` lists the parts of the
    query (`house_number`, `direction`, `road`, `postcode`, `city`, `state`, `country`) for which the answer has a
    different value; `direction` is another direction or suffix of a street with that name.
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
    evidence: Evidence | None = None
    """What it rests on, if the provider says so."""


class Geocoder(ABC):
    """One provider. A subclass sets the class attributes, which describe the free tier, and implements `geocode`.
    --"""

    name: ClassVar[str]
    public_url: ClassVar[str | None] = None
    public_hosts: ClassVar[frozenset[str]] = frozenset()
    """Hosts to which the free tier in `windows` and `daily` applies. Other hosts have no built-in limit."""
    needs_key: ClassVar[bool] = False
    needs_url: ClassVar[bool] = False
    """Whether a URL must be configured even though `public_url` is known."""
    public_wants_contact: ClassVar[bool] = False
    """Whether the operators of the free public hosts require a contact."""
    public_refuses_personal_data: ClassVar[bool] = False
    windows: ClassVar[tuple[Window, ...]] = ()
    daily: ClassVar[int | None] = None
    rate_ceiling: ClassVar[float | None] = None
    """Requests per second at the public hosts. No setting can raise it: it is the provider's rule, not a tariff."""
    attribution: ClassVar[str | None] = None
    verified_on: ClassVar[date | None] = None
    """When the limits and rules above were last checked against the provider's documentation."""
    finest: ClassVar[Accuracy] = Accuracy.ROOFTOP
    """The finest accuracy that the provider returns."""
    batch_size: ClassVar[int] = 1
    """Queries per call of `geocode_batch`; 1 if the provider has no batches."""
    batch_timeout: ClassVar[float] = 0.0
    """Seconds that a batch call may take."""
    reverses: ClassVar[bool] = False
    """Whether `reverse` is supported."""

    keeps: timedelta | None = None
    """How long an answer may be stored: None means for ever, zero not at all."""
    active_windows: tuple[Window, ...] = ()
    """The rate windows in force with the given configuration."""
    active_daily: int | None = None
    latencies: Latencies | None = None
    """Durations of recent requests; None if the provider sends none."""
    is_idle: bool = False
    """Whether it has nothing to answer from: then it is asked only by name."""

    @classmethod
    def lacks(cls, config: ProviderConfig, contact: str | None = None, allow_personal_data: bool = False) -> str | None:
        """Return why the provider cannot be used with `config`, or None if it can."""
        if cls.needs_url and not config.url:
            return cls._unset("url")
        if cls.needs_key and not config.key:
            return cls._unset("key")
        if cls.is_public(config):
            if cls.public_wants_contact and not contact:
                return "its public server wants a contact: set TRIGPOINT_CONTACT"
            if cls.public_refuses_personal_data and not allow_personal_data:
                return (
                    "its public server is not for personal data: set the URL of another one as "
                    f"{setting_name(cls.name, 'url')}, or set TRIGPOINT_ALLOW_PUBLIC_PERSONAL_DATA=true"
                )
        return None

    @classmethod
    def _unset(cls, setting: str) -> str:
        return f"{setting_name(cls.name, setting)} is not set"

    @classmethod
    def is_public(cls, config: ProviderConfig) -> bool:
        """Whether `config` points to one of the public hosts."""
        host = urlsplit(config.url or cls.public_url or "").hostname
        return host is not None and host.rstrip(".").lower() in cls.public_hosts

    @classmethod
    def limits(cls, config: ProviderConfig) -> tuple[tuple[Window, ...], int | None]:
        """Return the rate windows and the daily allowance in force with `config`."""
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
        """Create the geocoder. Nothing is opened or loaded here."""

    @abstractmethod
    async def geocode(self, query: Query, timeout: float, patience: float | None = None) -> Location | None:
        """Return the location of `query`, or None if the provider has no match.

        `timeout` limits the request, in seconds, without the wait for the rate limiter. If that wait would take longer
        than `patience` seconds, Busy is raised; None waits as long as necessary. Raises ProviderError.
        """

    async def geocode_batch(self, queries: Sequence[Query], timeout: float) -> list[Location | None | ProviderError]:
        """Look up at most `batch_size` queries in one call. Returns one result per query, in order.

        Raises ProviderError if the whole call failed.
        """
        raise NotImplementedError(f"{self.name} takes one query at a time")

    async def reverse(
        self, latitude: float, longitude: float, timeout: float, asker: UUID | None = None
    ) -> Location | None:
        """Return the address nearest to a point in degrees, or None. Raises ProviderError.

        `asker` is the user whose own reference data count besides those of all users.
        """
        raise NotImplementedError(f"{self.name} does not look up points")

    async def prepare(self) -> None:  # noqa: B027 - most geocoders need no preparation
        """Update `is_idle`, before a job or a request."""

    async def pause(self, seconds: float, reason: str = "") -> None:  # noqa: B027 - geocoders without requests need no pause
        """Pause all requests to this provider for `seconds`, in every process."""

    async def standing(self) -> LimiterState:
        """Return the state of the provider's rate limiter."""
        return LimiterState(0, 0.0, "")
