"""Geoapify (https://apidocs.geoapify.com): OpenStreetMap, OpenAddresses and others; answers may be stored.

Free plan: 3,000 requests a day, five a second, with a visible link. `result_type` says what was found; the several
confidences in `rank` are kept as the raw score only.

Asks `/v1/geocode/search` and `/v1/geocode/reverse` below the configured url.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, ClassVar

from app.domain.vocabulary.accuracy import Accuracy
from providers.geocoding.base import Location, Query
from providers.geocoding.confidence import Match
from providers.geocoding.online import OnlineGeocoder
from providers.json_values import text, texts
from providers.rate_limit import Window

TYPES: Mapping[str, Accuracy] = MappingProxyType(
    {
        "building": Accuracy.ROOFTOP,
        "amenity": Accuracy.ROOFTOP,
        "street": Accuracy.STREET,
        "postcode": Accuracy.POSTCODE,
        "suburb": Accuracy.PLACE,
        "district": Accuracy.PLACE,
        "city": Accuracy.PLACE,
        "county": Accuracy.REGION,
        "state": Accuracy.REGION,
        "country": Accuracy.REGION,
        "unknown": Accuracy.REGION,
    }
)
"""Accuracy by `result_type`."""


class Geoapify(OnlineGeocoder):
    """Structured search in its plain JSON format."""

    name: ClassVar[str] = "geoapify"
    public_url: ClassVar[str | None] = "https://api.geoapify.com"
    public_hosts: ClassVar[frozenset[str]] = frozenset({"api.geoapify.com"})
    needs_key: ClassVar[bool] = True
    windows: ClassVar[tuple[Window, ...]] = (Window(5, 1.0),)
    daily: ClassVar[int | None] = 3000
    attribution: ClassVar[str | None] = "Powered by Geoapify, © OpenStreetMap contributors"
    verified_on: ClassVar[date | None] = date(2026, 8, 1)
    reverses: ClassVar[bool] = True
    path: ClassVar[str] = "/v1/geocode/search"
    reverse_path: ClassVar[str] = "/v1/geocode/reverse"

    def params(self, query: Query) -> Mapping[str, str]:
        """See OnlineGeocoder."""
        parts = {
            "housenumber": query.house_number,
            "street": query.road,
            "city": query.city,
            "state": query.state,
            "postcode": query.postcode,
        }
        asked = {name: part for name, part in parts.items() if part}
        return self._common() | asked | {"filter": f"countrycode:{query.country.lower()}"}

    def reverse_params(self, latitude: float, longitude: float) -> Mapping[str, str]:
        """See OnlineGeocoder."""
        return self._common() | {"lat": f"{latitude:.7f}", "lon": f"{longitude:.7f}"}

    def read(self, query: Query, answer: Any) -> Location | None:
        """See OnlineGeocoder."""
        results = self.listed(answer, "results")
        if not results:
            return None
        found = results[0]
        match = Match(
            house_number=text(found, "housenumber"),
            road=text(found, "street"),
            cities=texts(found, "city", "town", "village", "suburb", "district", "municipality")
            or texts(found, "county"),
            state=text(found, "state_code", "state"),
            postcode=text(found, "postcode"),
        )
        rank, source = found.get("rank"), found.get("datasource")
        return self.location(
            query,
            (found.get("lat"), found.get("lon")),
            match,
            TYPES.get(str(found.get("result_type")), Accuracy.REGION),
            found.get("formatted"),
            raw_score=rank.get("confidence") if isinstance(rank, dict) else None,
            attribution=text(source, "attribution"),
        )

    def _common(self) -> dict[str, str]:
        return {"apiKey": self.config.key or "", "format": "json", "limit": "1", "lang": "en"}
