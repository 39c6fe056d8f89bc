"""Mapbox geocoding v6 (https://docs.mapbox.com/api/search/geocoding/).

Answers are "temporary" and must not be stored unless they are requested with `permanent=true`, which costs extra and is
enabled by the setting `permanent`. 1,000 requests per minute by default.

Asks `/search/geocode/v6/forward` and `/search/geocode/v6/reverse` below the configured url.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, ClassVar

from app.domain.vocabulary.accuracy import Accuracy
from providers.geocoding.base import Location, Query
from providers.geocoding.confidence import Match
from providers.geocoding.online import OnlineGeocoder
from providers.json_values import text, texts
from providers.rate_limit import Window
from providers.setup import Setup

TYPES: Mapping[str, Accuracy] = MappingProxyType(
    {
        "secondary_address": Accuracy.ROOFTOP,
        "street": Accuracy.STREET,
        "block": Accuracy.STREET,
        "postcode": Accuracy.POSTCODE,
        "neighborhood": Accuracy.PLACE,
        "locality": Accuracy.PLACE,
        "place": Accuracy.PLACE,
        "district": Accuracy.REGION,
        "region": Accuracy.REGION,
        "country": Accuracy.REGION,
    }
)
"""Accuracy by `feature_type`, except "address"."""
ADDRESSES: Mapping[str, tuple[Accuracy, float]] = MappingProxyType(
    {
        "rooftop": (Accuracy.ROOFTOP, 1.0),
        "parcel": (Accuracy.ROOFTOP, 1.0),
        "point": (Accuracy.ROOFTOP, 0.95),
        "interpolated": (Accuracy.INTERPOLATED, 1.0),
        "intersection": (Accuracy.STREET, 1.0),
        "approximate": (Accuracy.STREET, 1.0),
    }
)
"""Accuracy and text factor by the `accuracy` of an address."""
TEXT_FACTORS: Mapping[str, float] = MappingProxyType({"exact": 1.0, "high": 0.95, "medium": 0.8, "low": 0.5})
"""Text factor by `match_code.confidence`."""


class Mapbox(OnlineGeocoder):
    """Structured search."""

    name: ClassVar[str] = "mapbox"
    public_url: ClassVar[str | None] = "https://api.mapbox.com"
    public_hosts: ClassVar[frozenset[str]] = frozenset({"api.mapbox.com"})
    needs_key: ClassVar[bool] = True
    windows: ClassVar[tuple[Window, ...]] = (Window(1000, 60.0),)
    attribution: ClassVar[str | None] = "© Mapbox © OpenStreetMap"
    verified_on: ClassVar[date | None] = date(2026, 8, 1)
    reverses: ClassVar[bool] = True
    path: ClassVar[str] = "/search/geocode/v6/forward"
    reverse_path: ClassVar[str] = "/search/geocode/v6/reverse"
    keeps: timedelta | None = timedelta(0)

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        if setup.config.permanent:
            self.keeps = None

    def params(self, query: Query) -> Mapping[str, str]:
        """See OnlineGeocoder."""
        parts = {
            "address_number": query.house_number,
            "street": query.road,
            "place": query.city,
            "region": query.state,
            "postcode": query.postcode,
            "country": query.country.lower(),
        }
        return self._common() | {name: part for name, part in parts.items() if part} | {"autocomplete": "false"}

    def reverse_params(self, latitude: float, longitude: float) -> Mapping[str, str]:
        """See OnlineGeocoder."""
        return self._common() | {"latitude": f"{latitude:.7f}", "longitude": f"{longitude:.7f}"}

    def read(self, query: Query, answer: Any) -> Location | None:
        """See OnlineGeocoder."""
        features = self.listed(answer, "features")
        if not features:
            return None
        found = features[0].get("properties")
        point = found.get("coordinates") if isinstance(found, dict) else None
        if not isinstance(found, dict) or not isinstance(point, dict):
            self.garbled("no coordinates")
        kind = found.get("feature_type")
        if kind == "address":
            accuracy, share = ADDRESSES.get(str(point.get("accuracy")), (Accuracy.STREET, 1.0))
        else:
            accuracy, share = TYPES.get(str(kind), Accuracy.REGION), 1.0
        code = found.get("match_code")
        quality = text(code, "confidence")
        factor = share if quality is None else share * TEXT_FACTORS.get(quality, TEXT_FACTORS["low"])
        return self.location(
            query,
            (point.get("latitude"), point.get("longitude")),
            _match(found.get("context")),
            accuracy,
            text(found, "full_address", "place_formatted", "name"),
            text_factor=factor,
            raw_score=TEXT_FACTORS.get(quality or ""),
        )

    def _common(self) -> dict[str, str]:
        params = {"access_token": self.config.key or "", "limit": "1", "language": "en"}
        return params | {"permanent": "true"} if self.config.permanent else params


def _match(context: object) -> Match:
    """Read the parts of a `context`, an object with one object per part."""
    parts = context if isinstance(context, dict) else {}
    address = parts.get("address")
    return Match(
        house_number=text(address, "address_number"),
        road=text(address, "street_name") or text(parts.get("street"), "name"),
        cities=tuple(name for kind in ("place", "locality", "neighborhood") for name in texts(parts.get(kind), "name"))
        or texts(parts.get("district"), "name"),
        state=text(parts.get("region"), "region_code", "name"),
        postcode=text(parts.get("postcode"), "name"),
    )
