"""Google's Geocoding API (https://developers.google.com/maps/documentation/geocoding).

It always answers 200; `status` contains the result. Coordinates may be stored for 30 days and shown only on a Google
map. A partial match ignored part of the query.

Asks `/maps/api/geocode/json` below the configured url, for points as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from app.domain.vocabulary.accuracy import Accuracy
from providers.errors import BadRequest, Misconfigured, ProviderError, QuotaExceeded, RateLimited, Unavailable
from providers.geocoding.base import Location, Query
from providers.geocoding.confidence import Match
from providers.geocoding.online import OnlineGeocoder
from providers.http import MAX_DETAIL, redact
from providers.json_values import text
from providers.rate_limit import Window

HOUSES: Mapping[str, Accuracy] = MappingProxyType(
    {"ROOFTOP": Accuracy.ROOFTOP, "RANGE_INTERPOLATED": Accuracy.INTERPOLATED}
)
"""Accuracy by `location_type` for houses; otherwise by `types`, finest first."""
TYPES: Mapping[str, Accuracy] = MappingProxyType(
    {
        "street_address": Accuracy.STREET,  # without a location type of a house
        "route": Accuracy.STREET,
        "intersection": Accuracy.STREET,
        "postal_code": Accuracy.POSTCODE,
        "neighborhood": Accuracy.PLACE,
        "sublocality": Accuracy.PLACE,
        "locality": Accuracy.PLACE,
        "postal_town": Accuracy.PLACE,
    }
)
PARTIAL_MATCH_FACTOR = 0.8
ITS_TIME = "America/Los_Angeles"
"""Time zone in which daily quotas reset."""
SETTLEMENTS = ("locality", "postal_town", "sublocality", "neighborhood", "administrative_area_level_3")


class Google(OnlineGeocoder):
    """Free text search, limited to the country."""

    name: ClassVar[str] = "google"
    public_url: ClassVar[str | None] = "https://maps.googleapis.com"
    public_hosts: ClassVar[frozenset[str]] = frozenset({"maps.googleapis.com"})
    needs_key: ClassVar[bool] = True
    windows: ClassVar[tuple[Window, ...]] = (Window(50, 1.0),)
    attribution: ClassVar[str | None] = "Google Maps"
    verified_on: ClassVar[date | None] = date(2023, 5, 9)
    reverses: ClassVar[bool] = True
    path: ClassVar[str] = "/maps/api/geocode/json"
    reverse_path: ClassVar[str] = path
    keeps: timedelta | None = timedelta(days=30)

    def params(self, query: Query) -> Mapping[str, str]:
        """See OnlineGeocoder."""
        return self._common() | {"address": query.line, "components": f"country:{query.country.upper()}"}

    def reverse_params(self, latitude: float, longitude: float) -> Mapping[str, str]:
        """See OnlineGeocoder."""
        return self._common() | {"latlng": f"{latitude:.7f},{longitude:.7f}"}

    def refused(self, answer: Any, retry_after: float | None) -> ProviderError | None:
        """See OnlineGeocoder."""
        status = text(answer, "status")
        if status is None:
            self.garbled("no status")
        if status in ("OK", "ZERO_RESULTS"):
            return None
        said = redact(text(answer, "error_message") or "", self.secrets)[:MAX_DETAIL]
        return self._error(status, said, retry_after)

    def read(self, query: Query, answer: Any) -> Location | None:
        """See OnlineGeocoder."""
        results = self.listed(answer, "results")
        if not results:
            return None
        found = results[0]
        geometry = found.get("geometry")
        point = geometry.get("location") if isinstance(geometry, dict) else None
        if not isinstance(point, dict):
            self.garbled("no location")
        kinds = found.get("types")
        return self.location(
            query,
            (point.get("lat"), point.get("lng")),
            _match(found.get("address_components")),
            _accuracy(text(geometry, "location_type"), kinds if isinstance(kinds, list) else []),
            found.get("formatted_address"),
            text_factor=PARTIAL_MATCH_FACTOR if found.get("partial_match") is True else 1.0,
        )

    def _common(self) -> dict[str, str]:
        return {"key": self.config.key or "", "language": "en"}

    def _error(self, status: str, said: str, retry_after: float | None) -> ProviderError:
        message = f"{status}: {said}" if said else status
        words = said.lower()
        if status in ("OVER_DAILY_LIMIT", "OVER_QUERY_LIMIT"):
            # The first also means a bad key or missing billing, the second also an exhausted daily quota.
            if "api key" in words or "billing" in words:
                return Misconfigured(message, provider=self.name)
            if status == "OVER_DAILY_LIMIT" or "daily" in words:
                return QuotaExceeded(message, provider=self.name, resets_at=next_midnight_there())
            return RateLimited(message, provider=self.name, retry_after=retry_after)
        if status == "INVALID_REQUEST":
            return BadRequest(message, provider=self.name)
        if status == "UNKNOWN_ERROR":
            return Unavailable(message, provider=self.name, transient=True)
        return Misconfigured(message, provider=self.name)


def next_midnight_there(now: datetime | None = None) -> datetime:
    """Return when Google's daily quota resets after `now` (aware; default: the current time), in UTC."""
    zone = ZoneInfo(ITS_TIME)
    today = (now or datetime.now(UTC)).astimezone(zone).date()
    return datetime.combine(today + timedelta(days=1), time.min, tzinfo=zone).astimezone(UTC)


def _accuracy(location_type: str | None, kinds: Iterable[object]) -> Accuracy:
    if (house := HOUSES.get(location_type or "")) is not None:
        return house
    found = [TYPES[kind] for kind in kinds if isinstance(kind, str) and kind in TYPES]
    return min(found, key=lambda accuracy: accuracy.rank, default=Accuracy.REGION)


def _match(components: object) -> Match:
    """The parts of `address_components`: a list of {long_name, short_name, types}."""
    parts: dict[str, Mapping[str, Any]] = {}
    for component in components if isinstance(components, list) else ():
        if isinstance(component, dict) and isinstance(kinds := component.get("types"), list):
            parts |= {kind: component for kind in kinds if isinstance(kind, str) and kind not in parts}
    return Match(
        house_number=text(parts.get("street_number"), "long_name"),
        road=text(parts.get("route"), "long_name"),
        cities=tuple(name for kind in SETTLEMENTS if (name := text(parts.get(kind), "long_name"))),
        state=text(parts.get("administrative_area_level_1"), "short_name", "long_name"),
        postcode=text(parts.get("postal_code"), "long_name"),
    )
