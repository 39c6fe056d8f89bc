"""LocationIQ (https://docs.locationiq.com): Nominatim's API with a key, its own errors, and a match quality.

Free plan: 5,000 requests a day, 60 a minute, 2 a second; results may be kept for 48 hours only, and a visible link is
required. An "exact" match may lack the house number, so only `matchlevel` and the parts of the address are used.

Asks `/v1/search/structured` and `/v1/reverse` below the configured url.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, ClassVar

from app.domain.vocabulary.accuracy import Accuracy
from providers.errors import BadRequest, Misconfigured, ProviderError, QuotaExceeded, RateLimited, next_utc_midnight
from providers.geocoding.base import Query
from providers.geocoding.nominatim import Nominatim, matched
from providers.http import brief
from providers.rate_limit import Window

LEVELS: Mapping[str, Accuracy] = MappingProxyType(
    {
        "venue": Accuracy.ROOFTOP,
        "building": Accuracy.ROOFTOP,
        "street": Accuracy.STREET,
        "neighbourhood": Accuracy.PLACE,
        "island": Accuracy.PLACE,
        "borough": Accuracy.PLACE,
        "city": Accuracy.PLACE,
        "postalcode": Accuracy.POSTCODE,
        "county": Accuracy.REGION,
        "state": Accuracy.REGION,
        "country": Accuracy.REGION,
        "marine": Accuracy.REGION,
    }
)
"""Accuracy by `matchlevel` (docs.locationiq.com/docs/match-quality)."""

TEXT_FACTORS: Mapping[str, float] = MappingProxyType({"exact": 1.0, "fallback": 0.8, "approximate": 0.6})
"""Text factor by `matchcode`: all words were found, some were left out, or some were replaced."""

WAIT_SECOND, WAIT_MINUTE = 1.0, 60.0
"""Seconds to wait after "Rate Limited Second" and "Rate Limited Minute" without a Retry-After header."""


class LocationIQ(Nominatim):
    """Uses the endpoint of the US region unless another URL is configured."""

    name: ClassVar[str] = "locationiq"
    public_url: ClassVar[str | None] = "https://us1.locationiq.com"
    public_hosts: ClassVar[frozenset[str]] = frozenset({"us1.locationiq.com", "eu1.locationiq.com"})
    needs_url: ClassVar[bool] = False
    needs_key: ClassVar[bool] = True
    public_wants_contact: ClassVar[bool] = False
    public_refuses_personal_data: ClassVar[bool] = False
    windows: ClassVar[tuple[Window, ...]] = (Window(2, 1.0), Window(60, 60.0))
    daily: ClassVar[int | None] = 5000
    rate_ceiling: ClassVar[float | None] = None
    attribution: ClassVar[str | None] = "Search by LocationIQ.com"
    verified_on: ClassVar[date | None] = date(2026, 9, 19)
    path: ClassVar[str] = "/v1/search/structured"
    reverse_path: ClassVar[str] = "/v1/reverse"
    keeps: timedelta | None = timedelta(hours=48)

    def params(self, query: Query) -> Mapping[str, str]:
        """See OnlineGeocoder."""
        return {**super().params(query), "matchquality": "1", "normalizeaddress": "1"}

    def judge(self, status: int, text: str, retry_after: float | None) -> ProviderError | None:
        """See OnlineGeocoder. No match is a 404; the text of a 429 distinguishes the three limits."""
        said = brief(text)
        if status == 404:
            if "unable to geocode" in said.lower():
                return None
            return Misconfigured(f"HTTP 404: {said}", provider=self.name)
        if status == 429:
            words = said.lower()
            if "day" in words:
                return QuotaExceeded(f"HTTP 429: {said}", provider=self.name, resets_at=next_utc_midnight())
            wait = retry_after if retry_after is not None else WAIT_MINUTE if "minute" in words else WAIT_SECOND
            return RateLimited(f"HTTP 429: {said}", provider=self.name, retry_after=wait)
        if status == 400:
            return BadRequest(f"HTTP 400: {said}", provider=self.name)
        return super().judge(status, text, retry_after)

    def accuracy(self, place: Mapping[str, Any]) -> Accuracy:
        """See Nominatim. An unknown level counts as the coarsest."""
        quality = self._quality(place)
        level = LEVELS.get(str(quality.get("matchlevel")), Accuracy.REGION)
        if level is Accuracy.ROOFTOP and quality.get("matchtype") == "interpolated":
            return Accuracy.INTERPOLATED
        return level

    def accuracy_of_point(self, place: Mapping[str, Any]) -> Accuracy:
        """See Nominatim. Reverse results have no match quality, so the parts of the address decide."""
        match = matched(place.get("address"))
        if match.house_number:
            on_street = place.get("type") == "house" and place.get("osm_type") == "way"
            return Accuracy.INTERPOLATED if on_street else Accuracy.ROOFTOP
        if match.road:
            return Accuracy.STREET
        return Accuracy.PLACE if match.cities else Accuracy.REGION

    def text_factor(self, place: Mapping[str, Any]) -> float:
        """See Nominatim."""
        if "matchquality" not in place:  # reverse results have no text match
            return 1.0
        return TEXT_FACTORS.get(str(self._quality(place).get("matchcode")), TEXT_FACTORS["approximate"])

    def _common(self) -> dict[str, str]:
        return {**super()._common(), "key": self.config.key or "", "format": "json"}  # its default is XML

    def _quality(self, place: Mapping[str, Any]) -> Mapping[str, Any]:
        quality = place.get("matchquality")
        if not isinstance(quality, dict):
            self.garbled("no matchquality")
        return quality
