"""Nominatim (https://nominatim.org/release-docs/latest/api/Search/): OpenStreetMap's geocoder.

Meant for an installation of one's own. The public server is never asked unless its url is configured, and then at one
request a second at most, as https://operations.osmfoundation.org/policies/nominatim/ demands, which also forbids
personal data and regular bulk use: whoever configures it decides that.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from providers.geocoding.base import Accuracy, Location, Query
from providers.geocoding.online import OnlineGeocoder
from providers.geocoding.scale import Match, assess
from providers.rate_limit import Window


class Nominatim(OnlineGeocoder):
    """Structured search in the `jsonv2` format. The place ranks are those of docs/customize/Ranking.md there."""

    name: ClassVar[str] = "nominatim"
    public_url: ClassVar[str | None] = "https://nominatim.openstreetmap.org"
    public_hosts: ClassVar[frozenset[str]] = frozenset({"nominatim.openstreetmap.org"})
    needs_url: ClassVar[bool] = True
    windows: ClassVar[tuple[Window, ...]] = (Window(1, 1.0),)
    rate_ceiling: ClassVar[float | None] = 1.0
    attribution: ClassVar[str | None] = "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright"
    verified_on: ClassVar[date | None] = date(2026, 5, 1)
    path: ClassVar[str] = "/search"

    def params(self, query: Query) -> Mapping[str, str]:
        """See OnlineGeocoder. Free text (`q`) may not be mixed with these."""
        params = {"format": "jsonv2", "addressdetails": "1", "limit": "1", "accept-language": "en"}
        params |= structured(query)
        if self.contact and "@" in self.contact:
            params["email"] = self.contact
        return params

    def read(self, query: Query, answer: Any) -> Location | None:
        """See OnlineGeocoder."""
        if not isinstance(answer, list):
            self.garbled("not a list")
        if not answer:
            return None
        place = answer[0]
        if not isinstance(place, dict):
            self.garbled("no place")
        latitude, longitude = self.coordinates(place.get("lat"), place.get("lon"))
        address = place.get("address")
        match = matched(address if isinstance(address, dict) else {})
        accuracy, confidence = assess(query, match, self.accuracy(place), self.text_factor(place))
        importance, licence = place.get("importance"), place.get("licence")
        return Location(
            latitude=latitude,
            longitude=longitude,
            accuracy=accuracy,
            confidence=confidence,
            provider=self.name,
            matched_address=str(place.get("display_name") or ""),
            raw_score=float(importance) if isinstance(importance, int | float) else None,
            attribution=licence if isinstance(licence, str) else self.attribution,
        )

    def accuracy(self, place: Mapping[str, Any]) -> Accuracy:
        """What the place is, before it is held against the query."""
        if place.get("type") in ("postcode", "postal_code"):
            return Accuracy.POSTCODE
        rank = place.get("place_rank")
        if not isinstance(rank, int):
            self.garbled("no place_rank")
        if rank >= 30:
            # A house without an object of its own (an interpolated one, or from US TIGER) comes as a "house" on the way
            # that is its street.
            on_street = place.get("type") == "house" and place.get("osm_type") == "way"
            return Accuracy.INTERPOLATED if on_street else Accuracy.ROOFTOP
        if rank >= 28:
            return Accuracy.INTERPOLATED
        if rank >= 26:
            return Accuracy.STREET
        return Accuracy.PLACE if rank >= 13 else Accuracy.REGION

    def text_factor(self, place: Mapping[str, Any]) -> float:
        """How well the provider says that the text matched; Nominatim says nothing."""
        return 1.0


def structured(query: Query) -> dict[str, str]:
    """The structured search parameters that Nominatim and those who took over its API share."""
    named = {
        "street": query.street,
        "city": query.city,
        "county": query.county,
        "state": query.state,
        "postalcode": query.postcode,
        "countrycodes": query.country.lower(),
    }
    return {name: value for name, value in named.items() if value}


def matched(address: Mapping[str, Any]) -> Match:
    """The parts of an `address` object (`addressdetails=1`); settlements stand under a key of their size."""

    def text(*keys: str) -> str | None:
        return next((value for key in keys if isinstance(value := address.get(key), str) and value), None)

    settlements = ("city", "town", "village", "hamlet", "municipality", "suburb", "borough", "city_district", "county")
    return Match(
        house_number=text("house_number"),
        road=text("road", "pedestrian", "footway", "residential"),
        cities=tuple(value for key in settlements if isinstance(value := address.get(key), str)),
        state=text("ISO3166-2-lvl4", "state"),
        postcode=text("postcode"),
    )
