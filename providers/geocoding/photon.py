"""Photon (https://photon.komoot.io, https://github.com/komoot/photon): full-text search over OpenStreetMap.

It reports no match quality and its US house numbers are incomplete, so several candidates are read and compared with
the query. The public server is free, for reasonable use and without guarantee, on OpenStreetMap's terms; addresses of
people need the operator's permission there.

Asks `/api` and `/reverse` below the configured url.
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
from providers.json_values import text, texts
from providers.rate_limit import Window

TYPES: Mapping[str, Accuracy] = MappingProxyType(
    {
        "house": Accuracy.ROOFTOP,
        "street": Accuracy.STREET,
        "locality": Accuracy.PLACE,
        "district": Accuracy.PLACE,
        "city": Accuracy.PLACE,
        "county": Accuracy.REGION,
        "state": Accuracy.REGION,
        "country": Accuracy.REGION,
    }
)
"""Accuracy by `type`; a house may be any building or shop."""
CANDIDATES = 5


class Photon(OnlineGeocoder):
    """Free text search, limited to the country."""

    name: ClassVar[str] = "photon"
    public_url: ClassVar[str | None] = "https://photon.komoot.io"
    public_hosts: ClassVar[frozenset[str]] = frozenset({"photon.komoot.io"})
    public_wants_contact: ClassVar[bool] = True
    public_refuses_personal_data: ClassVar[bool] = True
    windows: ClassVar[tuple[Window, ...]] = (Window(1, 1.0),)
    attribution: ClassVar[str | None] = (
        "© OpenStreetMap contributors, ODbL 1.0. https://www.openstreetmap.org/copyright"
    )
    verified_on: ClassVar[date | None] = date(2026, 7, 1)
    reverses: ClassVar[bool] = True
    path: ClassVar[str] = "/api"
    reverse_path: ClassVar[str] = "/reverse"

    def params(self, query: Query) -> Mapping[str, str]:
        """See OnlineGeocoder."""
        country = query.country.upper()
        return {"q": query.line, "countrycode": country, "limit": str(CANDIDATES), "lang": "en"}

    def reverse_params(self, latitude: float, longitude: float) -> Mapping[str, str]:
        """See OnlineGeocoder."""
        return {"lat": f"{latitude:.7f}", "lon": f"{longitude:.7f}", "limit": "1", "lang": "en"}

    def read(self, query: Query, answer: Any) -> Location | None:
        """See OnlineGeocoder."""
        return best(self._locations(query, self.listed(answer, "features")))

    def _locations(self, query: Query, features: list[dict[str, Any]]) -> Iterator[Location]:
        for feature in features:
            geometry, properties = feature.get("geometry"), feature.get("properties")
            point = geometry.get("coordinates") if isinstance(geometry, dict) else None
            if not isinstance(point, list) or len(point) < 2 or not isinstance(properties, dict):
                self.garbled("no point")
            if text(properties, "countrycode") not in (None, query.country.upper()) and query.line:
                continue  # older servers do not know the parameter
            match = Match(
                house_number=text(properties, "housenumber"),
                road=text(properties, "street") or (text(properties, "name") if _is(properties, "street") else None),
                cities=texts(properties, "city", "locality", "district")
                or (texts(properties, "name") if _is(properties, "city") else texts(properties, "county")),
                state=text(properties, "state"),
                postcode=text(properties, "postcode"),
            )
            yield self.location(query, (point[1], point[0]), match, _accuracy(properties), _label(match, properties))


def _is(properties: Mapping[str, Any], kind: str) -> bool:
    return properties.get("type") == kind


def _accuracy(properties: Mapping[str, Any]) -> Accuracy:
    if properties.get("osm_value") in ("postcode", "postal_code"):
        return Accuracy.POSTCODE
    # A house without its own object is on the way of its street.
    interpolated = (properties.get("osm_key"), properties.get("osm_type")) == ("place", "W")
    if _is(properties, "house") and interpolated:
        return Accuracy.INTERPOLATED
    return TYPES.get(str(properties.get("type")), Accuracy.REGION)


def _label(match: Match, properties: Mapping[str, Any]) -> str:
    street = " ".join(part for part in (match.house_number, match.road) if part)
    region = " ".join(part for part in (match.state, match.postcode) if part)
    parts = (text(properties, "name"), street, match.cities[0] if match.cities else None, region)
    return ", ".join(dict.fromkeys(part for part in parts if part))
