"""OpenCage (https://opencagedata.com/api): an aggregator of open data; answers may be stored.

Free trial: 2,500 requests per day, one per second. Its `confidence` is the size of the box around the result and says
nothing about the match; `components._type` is the kind of the result. `no_record` keeps the query out of its logs.

Asks `/geocode/v1/json` below the configured url, for points as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, ClassVar

from app.domain.vocabulary.accuracy import Accuracy
from providers.errors import ProviderError
from providers.geocoding.base import Location, Query
from providers.geocoding.confidence import Match
from providers.geocoding.nominatim import SETTLEMENTS
from providers.geocoding.online import OnlineGeocoder
from providers.http import redact
from providers.json_values import text, texts
from providers.rate_limit import Window

TYPES: Mapping[str, Accuracy] = MappingProxyType(
    {
        "road": Accuracy.STREET,
        "intersection": Accuracy.STREET,
        "postcode": Accuracy.POSTCODE,
        "city": Accuracy.PLACE,
        "town": Accuracy.PLACE,
        "village": Accuracy.PLACE,
        "hamlet": Accuracy.PLACE,
        "municipality": Accuracy.PLACE,
        "local_administrative_area": Accuracy.PLACE,
        "neighbourhood": Accuracy.PLACE,
        "suburb": Accuracy.PLACE,
        "district": Accuracy.PLACE,
        "city_district": Accuracy.PLACE,
        "place": Accuracy.PLACE,
        "island": Accuracy.PLACE,
        "county": Accuracy.REGION,
        "state_district": Accuracy.REGION,
        "region": Accuracy.REGION,
        "state": Accuracy.REGION,
        "country": Accuracy.REGION,
        "continent": Accuracy.REGION,
        "body_of_water": Accuracy.REGION,
        "unknown": Accuracy.REGION,
    }
)
"""Accuracy by `_type`. Buildings, shops and similar have names and count as houses."""


class OpenCage(OnlineGeocoder):
    """Free text search, limited to the country."""

    name: ClassVar[str] = "opencage"
    public_url: ClassVar[str | None] = "https://api.opencagedata.com"
    public_hosts: ClassVar[frozenset[str]] = frozenset({"api.opencagedata.com"})
    needs_key: ClassVar[bool] = True
    windows: ClassVar[tuple[Window, ...]] = (Window(1, 1.0),)
    daily: ClassVar[int | None] = 2500
    attribution: ClassVar[str | None] = "OpenCage, © OpenStreetMap contributors"
    verified_on: ClassVar[date | None] = date(2026, 6, 1)
    reverses: ClassVar[bool] = True
    path: ClassVar[str] = "/geocode/v1/json"
    reverse_path: ClassVar[str] = path

    def params(self, query: Query) -> Mapping[str, str]:
        """See OnlineGeocoder."""
        return self._asking(query.line) | {"countrycode": query.country.lower()}

    def reverse_params(self, latitude: float, longitude: float) -> Mapping[str, str]:
        """See OnlineGeocoder."""
        return self._asking(f"{latitude:.7f},{longitude:.7f}")

    def refused(self, answer: Any, retry_after: float | None) -> ProviderError | None:
        """See OnlineGeocoder. The status in the body takes precedence."""
        status = answer.get("status") if isinstance(answer, dict) else None
        code = status.get("code") if isinstance(status, dict) else None
        if not isinstance(code, int):
            self.garbled("no status")
        said = redact(text(status, "message") or "", self.secrets)
        return None if code == 200 else self.judge(code, said, retry_after)

    def read(self, query: Query, answer: Any) -> Location | None:
        """See OnlineGeocoder."""
        results = self.listed(answer, "results")
        if not results:
            return None
        found = results[0]
        point, components = found.get("geometry"), found.get("components")
        if not isinstance(point, dict) or not isinstance(components, dict):
            self.garbled("no geometry")
        match = Match(
            house_number=text(components, "house_number"),
            road=text(components, "road", "pedestrian", "footway"),
            cities=texts(components, "_normalized_city", *SETTLEMENTS) or texts(components, "county"),
            state=text(components, "state_code", "state"),
            postcode=text(components, "postcode"),
        )
        accuracy = TYPES.get(str(components.get("_type")), Accuracy.ROOFTOP)
        if match.house_number and accuracy is Accuracy.STREET:
            accuracy = Accuracy.ROOFTOP
        return self.location(
            query,
            (point.get("lat"), point.get("lng")),
            match,
            accuracy,
            found.get("formatted"),
            raw_score=found.get("confidence"),
        )

    def _asking(self, words: str) -> dict[str, str]:
        return {
            "q": words,
            "key": self.config.key or "",
            "limit": "1",
            "language": "en",
            "no_annotations": "1",
            "no_record": "1",
        }
