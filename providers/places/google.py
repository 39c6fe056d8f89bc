"""Google Places API (New): search businesses by text, and get a company's entry by place id or name.

The field mask is required and determines the price, so every use has its own. Text Search returns at most three pages
of 20 places. Place ids may be stored for ever, other data as the terms allow, with the attribution
(https://developers.google.com/maps/documentation/places/web-service/text-search).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote

from providers.errors import Unavailable, from_status
from providers.json_api import JsonApi
from providers.json_values import number, part, parts, text
from providers.places.base import Place, PlaceQuery, PlacesProvider
from providers.rate_limit import Window
from providers.rate_limit.base import window_of_rate
from providers.setup import Setup

PAGE = 20
MOST_PAGES = 3
MOST_ENTRIES = 5
PLACE_FIELDS = (
    "id", "displayName", "location", "websiteUri", "internationalPhoneNumber", "primaryType", "businessStatus",
    "formattedAddress", "addressComponents",
)  # fmt: skip
ENTRY_FIELDS = (
    "id", "displayName", "formattedAddress", "websiteUri", "internationalPhoneNumber", "primaryTypeDisplayName",
    "businessStatus", "rating", "userRatingCount", "googleMapsUri",
)  # fmt: skip
PREFIX = "google:"
"""Prefix of Google's id in the id of a Place."""
LARGEST_RADIUS = 50_000.0
"""Maximum radius in metres that the API accepts."""


@dataclass(frozen=True)
class Entry:
    """A company's entry on Google Maps."""

    place_id: str
    name: str
    address: str | None
    website: str | None
    phone: str | None
    category: str | None
    status: str | None
    """`OPERATIONAL`, `CLOSED_TEMPORARILY` or `CLOSED_PERMANENTLY`."""
    rating: float | None
    ratings: int | None
    url: str


class GooglePlaces(PlacesProvider):
    """See PlacesProvider."""

    name: ClassVar[str] = "google_places"
    public_url: ClassVar[str] = "https://places.googleapis.com"
    attribution: ClassVar[str] = "Google Maps"
    windows: ClassVar[tuple[Window, ...]] = (Window(10, 1.0),)

    def __init__(self, setup: Setup) -> None:
        config, key = setup.config, setup.config.key or ""
        self._api = JsonApi(
            self.name,
            config.url or self.public_url,
            setup.session,
            setup.limiter,
            windows=(window_of_rate(config.rate),) if config.rate else self.windows,
            daily=config.daily,
            headers={"X-Goog-Api-Key": key, "User-Agent": setup.user_agent},
            secrets=(key,),
        )

    async def search(self, query: PlaceQuery) -> list[Place]:
        """See PlacesProvider."""
        found: list[Place] = []
        token: str | None = None
        for _ in range(MOST_PAGES):
            listed, token = await self._search(_body(query, query.limit - len(found), token), PLACE_FIELDS)
            found += _places(listed)
            if not token or len(found) >= query.limit:
                break
        return found[: query.limit]

    async def entry(self, place_id: str) -> Entry | None:
        """Return the entry of a place id, or None if there is no such place. Raises ProviderError."""
        answer = await self._api.get(f"/v1/places/{quote(place_id, safe='')}", headers=_mask(ENTRY_FIELDS))
        return None if answer is None else _entry(answer)

    async def entries(self, text: str) -> list[Entry]:
        """Return at most five entries for a name, which may include its place. Raises ProviderError."""
        listed, _ = await self._search({"textQuery": text, "pageSize": MOST_ENTRIES}, ENTRY_FIELDS)
        return [_entry(place) for place in listed]

    async def _search(self, body: dict[str, Any], fields: Sequence[str]) -> tuple[list[dict[str, Any]], str | None]:
        """Return the places of a page and the token of the next page."""
        mask = _mask([*(f"places.{name}" for name in fields), "nextPageToken"])
        answer = await self._api.post("/v1/places:searchText", body, mask)
        if answer is None:  # a search without results is not a 404
            raise from_status(self.name, 404, "")
        if not isinstance(answer, dict) or not isinstance(answer.get("places", []), list):
            raise Unavailable("garbled answer: no list of places", provider=self.name)
        return parts(answer, "places"), text(answer, "nextPageToken")


def own_id(place_id: str) -> str | None:
    """Return Google's place id with or without our prefix, or None for the id of another provider."""
    plain = place_id.removeprefix(PREFIX)
    return None if ":" in plain else plain


def _mask(fields: Sequence[str]) -> dict[str, str]:
    return {"X-Goog-FieldMask": ",".join(fields)}


def _body(query: PlaceQuery, left: int, token: str | None) -> dict[str, Any]:
    body: dict[str, Any] = {"textQuery": query.text, "pageSize": min(PAGE, left)}
    if query.latitude is not None:
        center = {"latitude": query.latitude, "longitude": query.longitude}
        body["locationBias"] = {"circle": {"center": center, "radius": min(query.radius, LARGEST_RADIUS)}}
    if query.country:
        body["regionCode"] = query.country.upper()
    return body | ({"pageToken": token} if token else {})


def _places(listed: list[dict[str, Any]]) -> Iterator[Place]:
    """Yield the places that have an id, a name and a point."""
    for place in listed:
        identity, name, point = text(place, "id"), text(part(place, "displayName"), "text"), part(place, "location")
        latitude, longitude = number(point.get("latitude")), number(point.get("longitude"))
        if identity is None or name is None or latitude is None or longitude is None:
            continue
        if place.get("businessStatus") == "CLOSED_PERMANENTLY":
            continue
        components = {kind: entry for entry in parts(place, "addressComponents") for kind in _kinds(entry)}
        yield Place(
            id=f"{PREFIX}{identity}",
            name=name,
            latitude=latitude,
            longitude=longitude,
            website=text(place, "websiteUri"),
            phone=text(place, "internationalPhoneNumber"),
            category=text(place, "primaryType"),
            address=_street(components) or text(place, "formattedAddress"),
            city=_component(components, "locality") or _component(components, "postal_town"),
            state=_component(components, "administrative_area_level_1", "shortText"),
            zip_code=_component(components, "postal_code"),
            country=(_component(components, "country", "shortText") or "").lower() or None,
        )


def _kinds(component: dict[str, Any]) -> list[str]:
    kinds = component.get("types")
    return [kind for kind in kinds if isinstance(kind, str)] if isinstance(kinds, list) else []


def _component(components: Mapping[str, Any], kind: str, form: str = "longText") -> str | None:
    return text(components.get(kind), form)


def _street(components: Mapping[str, Any]) -> str | None:
    line = [_component(components, "street_number"), _component(components, "route")]
    return " ".join(word for word in line if word) or None


def _entry(place: object) -> Entry:
    """Return the entry. Raises Unavailable if it has no id or no name."""
    identity, name = text(place, "id"), text(part(place, "displayName"), "text")
    if not isinstance(place, dict) or identity is None or name is None:
        raise Unavailable("garbled answer: a place without id or name", provider=GooglePlaces.name)
    ratings = place.get("userRatingCount")
    return Entry(
        place_id=identity,
        name=name,
        address=text(place, "formattedAddress"),
        website=text(place, "websiteUri"),
        phone=text(place, "internationalPhoneNumber"),
        category=text(part(place, "primaryTypeDisplayName"), "text"),
        status=text(place, "businessStatus"),
        rating=number(place.get("rating")),
        ratings=ratings if type(ratings) is int else None,
        url=text(place, "googleMapsUri") or f"https://www.google.com/maps/place/?q=place_id:{identity}",
    )
