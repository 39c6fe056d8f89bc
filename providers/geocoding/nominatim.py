"""Nominatim (https://nominatim.org/release-docs/latest/api/Search/): OpenStreetMap's geocoder.

Meant for your own installation. The public server is asked only if its URL is configured, with a contact and at most
one request per second over all machines, as https://operations.osmfoundation.org/policies/nominatim/ requires. That
policy also forbids regular bulk use and personal data, so households need the operator's explicit permission.

Asks `/search` and `/reverse` below the configured url.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from app.domain.vocabulary.accuracy import Accuracy
from providers.geocoding.base import Location, Query
from providers.geocoding.confidence import Match
from providers.geocoding.online import OnlineGeocoder
from providers.json_values import text, texts
from providers.rate_limit import Window

SETTLEMENTS = (
    "city", "town", "village", "hamlet", "municipality", "suburb", "borough", "city_district",
)  # fmt: skip
"""The keys of an address that name the settlement, by size and kind of government."""


class Nominatim(OnlineGeocoder):
    """Structured search in the `jsonv2` format. Place ranks: https://nominatim.org/release-docs/latest/customize/Ranking/."""

    name: ClassVar[str] = "nominatim"
    public_url: ClassVar[str | None] = "https://nominatim.openstreetmap.org"
    public_hosts: ClassVar[frozenset[str]] = frozenset({"nominatim.openstreetmap.org"})
    needs_url: ClassVar[bool] = True
    public_wants_contact: ClassVar[bool] = True
    public_refuses_personal_data: ClassVar[bool] = True
    windows: ClassVar[tuple[Window, ...]] = (Window(1, 1.0),)
    rate_ceiling: ClassVar[float | None] = 1.0
    attribution: ClassVar[str | None] = "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright"
    verified_on: ClassVar[date | None] = date(2026, 5, 1)
    reverses: ClassVar[bool] = True
    path: ClassVar[str] = "/search"
    reverse_path: ClassVar[str] = "/reverse"

    def params(self, query: Query) -> Mapping[str, str]:
        """See OnlineGeocoder. Free text (`q`) cannot be combined with these parameters."""
        return {"limit": "1"} | self._common() | structured(query)

    def reverse_params(self, latitude: float, longitude: float) -> Mapping[str, str]:
        """See OnlineGeocoder."""
        return {"lat": f"{latitude:.7f}", "lon": f"{longitude:.7f}", "zoom": "18", "layer": "address"} | self._common()

    def read(self, query: Query, answer: Any) -> Location | None:
        """See OnlineGeocoder."""
        if not isinstance(answer, list):
            self.garbled("not a list")
        if not answer:
            return None
        if not isinstance(answer[0], dict):
            self.garbled("no place")
        return self.place(query, answer[0], self.accuracy(answer[0]))

    def read_point(self, answer: Any) -> Location | None:
        """See OnlineGeocoder. The answer is one place, or an error if there is none."""
        if not isinstance(answer, dict):
            self.garbled("no place")
        if "error" in answer:
            return None
        return self.place(Query(), answer, self.accuracy_of_point(answer))

    def place(self, query: Query, place: Mapping[str, Any], accuracy: Accuracy) -> Location:
        """Return the location of one place."""
        return self.location(
            query,
            (place.get("lat"), place.get("lon")),
            matched(place.get("address")),
            accuracy,
            place.get("display_name"),
            self.text_factor(place),
            raw_score=place.get("importance"),
            attribution=place.get("licence"),
        )

    def accuracy(self, place: Mapping[str, Any]) -> Accuracy:
        """Return the accuracy of the place itself, before it is compared with the query."""
        if place.get("type") in ("postcode", "postal_code"):
            return Accuracy.POSTCODE
        rank = place.get("place_rank")
        if not isinstance(rank, int):
            self.garbled("no place_rank")
        if rank >= 30:
            # A house without its own object (interpolated, or from US TIGER) is returned as a "house" on the way
            # that is its street.
            on_street = place.get("type") == "house" and place.get("osm_type") == "way"
            return Accuracy.INTERPOLATED if on_street else Accuracy.ROOFTOP
        if rank >= 28:
            return Accuracy.INTERPOLATED
        if rank >= 26:
            return Accuracy.STREET
        return Accuracy.PLACE if rank >= 13 else Accuracy.REGION

    def accuracy_of_point(self, place: Mapping[str, Any]) -> Accuracy:
        """Return the accuracy of a reverse result."""
        return self.accuracy(place)

    def text_factor(self, place: Mapping[str, Any]) -> float:
        """Return the provider's own measure of the text match; Nominatim has none."""
        return 1.0

    def _common(self) -> dict[str, str]:
        params = {"format": "jsonv2", "addressdetails": "1", "accept-language": "en"}
        if self.contact and "@" in self.contact:
            params["email"] = self.contact
        return params


def structured(query: Query) -> dict[str, str]:
    """Return the structured search parameters that Nominatim and compatible APIs share."""
    named = {
        "street": query.street,
        "city": query.city,
        "county": query.county,
        "state": query.state,
        "postalcode": query.postcode,
        "countrycodes": query.country.lower(),
    }
    return {name: value for name, value in named.items() if value}


def matched(address: object) -> Match:
    """Read the parts of an `address` object (`addressdetails=1`). The key of a settlement depends on its size."""
    return Match(
        house_number=text(address, "house_number"),
        road=text(address, "road", "pedestrian", "footway", "residential"),
        cities=texts(address, *SETTLEMENTS) or texts(address, "county"),
        state=text(address, "ISO3166-2-lvl4", "state"),
        postcode=text(address, "postcode"),
        country=text(address, "country_code"),
    )
