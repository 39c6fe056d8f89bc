"""Pelias (https://github.com/pelias/documentation), by default as geocode.earth runs it. Its data are open.

Its `confidence` measures the text match; `layer` and `match_type` are the kind of the result. Candidates are not always
sorted by confidence, so several are read.

Asks `/v1/search` and `/v1/reverse` below the configured url.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, ClassVar

from app.domain.vocabulary.accuracy import Accuracy
from providers.geocoding.base import Location, Query
from providers.geocoding.confidence import Match
from providers.geocoding.online import OnlineGeocoder, best
from providers.json_values import number, text, texts
from providers.rate_limit import Window
from providers.setup import ProviderConfig

LAYERS: Mapping[str, Accuracy] = MappingProxyType(
    {
        "address": Accuracy.ROOFTOP,
        "venue": Accuracy.ROOFTOP,
        "street": Accuracy.STREET,
        "intersection": Accuracy.STREET,
        "postalcode": Accuracy.POSTCODE,
        "neighbourhood": Accuracy.PLACE,
        "borough": Accuracy.PLACE,
        "locality": Accuracy.PLACE,
        "localadmin": Accuracy.PLACE,
    }
)
"""Accuracy by `layer`."""
CANDIDATES = 5


class Pelias(OnlineGeocoder):
    """Free text search, limited to the country. Your own installation needs no key."""

    name: ClassVar[str] = "pelias"
    public_url: ClassVar[str | None] = "https://api.geocode.earth"
    public_hosts: ClassVar[frozenset[str]] = frozenset({"api.geocode.earth"})
    windows: ClassVar[tuple[Window, ...]] = (Window(10, 1.0),)
    attribution: ClassVar[str | None] = "Geocode Earth, OpenStreetMap, OpenAddresses, GeoNames, Who's On First"
    verified_on: ClassVar[date | None] = date(2026, 7, 1)
    reverses: ClassVar[bool] = True
    path: ClassVar[str] = "/v1/search"
    reverse_path: ClassVar[str] = "/v1/reverse"

    @classmethod
    def lacks(cls, config: ProviderConfig, contact: str | None = None, allow_personal_data: bool = False) -> str | None:
        """See Geocoder. Only geocode.earth requires a key."""
        if cls.is_public(config) and not config.key:
            return cls._unset("key")
        return super().lacks(config, contact, allow_personal_data)

    def params(self, query: Query) -> Mapping[str, str]:
        """See OnlineGeocoder."""
        asked = {"text": query.line, "boundary.country": query.country.upper(), "size": str(CANDIDATES)}
        return self._common() | asked

    def reverse_params(self, latitude: float, longitude: float) -> Mapping[str, str]:
        """See OnlineGeocoder."""
        return self._common() | {"point.lat": f"{latitude:.7f}", "point.lon": f"{longitude:.7f}", "size": "1"}

    def read(self, query: Query, answer: Any) -> Location | None:
        """See OnlineGeocoder."""
        return best(self._locations(query, self.listed(answer, "features")))

    def read_point(self, answer: Any) -> Location | None:
        """See OnlineGeocoder. Pelias' `confidence` of a point depends on the distance, which is measured separately."""
        return best(self._locations(Query(), self.listed(answer, "features"), measures_text=False))

    def _locations(
        self, query: Query, features: list[dict[str, Any]], measures_text: bool = True
    ) -> Iterator[Location]:
        for feature in features:
            geometry, found = feature.get("geometry"), feature.get("properties")
            point = geometry.get("coordinates") if isinstance(geometry, dict) else None
            if not isinstance(point, list) or len(point) < 2 or not isinstance(found, dict):
                self.garbled("no point")
            match = Match(
                house_number=text(found, "housenumber"),
                road=text(found, "street"),
                cities=texts(found, "locality", "localadmin", "borough", "neighbourhood") or texts(found, "county"),
                state=text(found, "region_a", "region"),
                postcode=text(found, "postalcode"),
            )
            score = number(found.get("confidence"))
            yield self.location(
                query,
                (point[1], point[0]),
                match,
                _accuracy(found),
                found.get("label"),
                text_factor=score if score is not None and measures_text else 1.0,
                raw_score=score,
            )

    def _common(self) -> dict[str, str]:
        return {"api_key": self.config.key} if self.config.key else {}


def _accuracy(found: Mapping[str, Any]) -> Accuracy:
    if found.get("match_type") == "interpolated":
        return Accuracy.INTERPOLATED
    return LAYERS.get(str(found.get("layer")), Accuracy.REGION)
