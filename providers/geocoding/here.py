"""HERE Geocoding & Search v7 (https://www.here.com/docs/bundle/geocoding-and-search-api-v7-api-reference).

`scoring.queryScore` measures how much of the query was matched; `resultType` and `houseNumberType` say what was found.
Free plan: five requests a second. Whether answers may be stored depends on the plan, so they are not.

Asks `/v1/geocode` below the configured url, and `/v1/revgeocode` there or, by default, on HERE's own host for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, ClassVar

from app.domain.vocabulary.accuracy import Accuracy
from providers.geocoding.base import Location, Query
from providers.geocoding.confidence import Match
from providers.geocoding.gazetteer import country_alpha3
from providers.geocoding.online import OnlineGeocoder
from providers.http import Request
from providers.json_values import number, text, texts
from providers.rate_limit import Window

TYPES: Mapping[str, Accuracy] = MappingProxyType(
    {
        "houseNumber": Accuracy.ROOFTOP,
        "place": Accuracy.ROOFTOP,
        "street": Accuracy.STREET,
        "intersection": Accuracy.STREET,
        "addressBlock": Accuracy.STREET,
        "postalCodePoint": Accuracy.POSTCODE,
        "locality": Accuracy.PLACE,
        "administrativeArea": Accuracy.REGION,
    }
)
"""Accuracy by `resultType`; a place is a shop or similar."""
REVERSE_URL = "https://revgeocode.search.hereapi.com"


class Here(OnlineGeocoder):
    """Free text search, limited to the country."""

    name: ClassVar[str] = "here"
    public_url: ClassVar[str | None] = "https://geocode.search.hereapi.com"
    public_hosts: ClassVar[frozenset[str]] = frozenset({"geocode.search.hereapi.com"})
    needs_key: ClassVar[bool] = True
    windows: ClassVar[tuple[Window, ...]] = (Window(5, 1.0),)
    attribution: ClassVar[str | None] = "© HERE"
    verified_on: ClassVar[date | None] = date(2025, 11, 1)
    reverses: ClassVar[bool] = True
    path: ClassVar[str] = "/v1/geocode"
    reverse_path: ClassVar[str] = "/v1/revgeocode"
    keeps: timedelta | None = timedelta(0)

    def params(self, query: Query) -> Mapping[str, str]:
        """See OnlineGeocoder."""
        params = self._common() | {"q": query.line}
        country = country_alpha3(query.country)
        return params if country is None else params | {"in": f"countryCode:{country}"}

    def reverse_params(self, latitude: float, longitude: float) -> Mapping[str, str]:
        """See OnlineGeocoder."""
        return self._common() | {"at": f"{latitude:.7f},{longitude:.7f}"}

    def request(self, path: str, params: Mapping[str, str], timeout: float) -> Request:
        """See OnlineGeocoder. Reverse geocoding has its own host."""
        request = super().request(path, params, timeout)
        if path == self.reverse_path and not self.config.url:
            return replace(request, url=REVERSE_URL + path)
        return request

    def read(self, query: Query, answer: Any) -> Location | None:
        """See OnlineGeocoder."""
        items = self.listed(answer, "items")
        if not items:
            return None
        found = items[0]
        point, address, scoring = found.get("position"), found.get("address"), found.get("scoring")
        if not isinstance(point, dict):
            self.garbled("no position")
        score = number(scoring.get("queryScore")) if isinstance(scoring, dict) else None
        match = Match(
            house_number=text(address, "houseNumber"),
            road=text(address, "street"),
            cities=texts(address, "city", "district", "subdistrict") or texts(address, "county"),
            state=text(address, "stateCode", "state"),
            postcode=text(address, "postalCode"),
        )
        return self.location(
            query,
            (point.get("lat"), point.get("lng")),
            match,
            _accuracy(found),
            text(address, "label"),
            text_factor=1.0 if score is None else score,
            raw_score=score,
        )

    def _common(self) -> dict[str, str]:
        return {"apiKey": self.config.key or "", "limit": "1", "lang": "en-US"}


def _accuracy(found: Mapping[str, Any]) -> Accuracy:
    if found.get("localityType") == "postalCode":
        return Accuracy.POSTCODE
    if found.get("houseNumberType") == "interpolated":
        return Accuracy.INTERPOLATED
    return TYPES.get(str(found.get("resultType")), Accuracy.REGION)
