"""Google Places (New): one company's entry, by its place id or by its name.

The field mask is required and decides the price. Of what it answers only the place id may be kept for ever; the rest
carries the time at which it was read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp

from providers.errors import Unavailable
from providers.json_api import JsonApi
from providers.rate_limit import RateLimiter, Window

NAME = "google_places"
PUBLIC_URL = "https://places.googleapis.com"
WINDOWS = (Window(10, 1.0),)
FIELDS = (
    "id", "displayName", "formattedAddress", "websiteUri", "internationalPhoneNumber", "primaryTypeDisplayName",
    "businessStatus", "rating", "userRatingCount", "googleMapsUri",
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    place_id: str
    name: str
    address: str | None
    website: str | None
    phone: str | None
    category: str | None
    status: str | None
    """`OPERATIONAL`, `CLOSED_TEMPORARILY`, `CLOSED_PERMANENTLY`."""
    rating: float | None
    ratings: int | None
    url: str


class GooglePlaces:
    def __init__(
        self, session: aiohttp.ClientSession, limiter: RateLimiter, *, key: str, url: str | None, user_agent: str
    ) -> None:
        headers = {"X-Goog-Api-Key": key, "User-Agent": user_agent}
        self._api = JsonApi(NAME, url or PUBLIC_URL, session, limiter, windows=WINDOWS, headers=headers, secrets=(key,))

    async def entry(self, place_id: str) -> Entry | None:
        """Raises ProviderError."""
        mask = {"X-Goog-FieldMask": ",".join(FIELDS)}
        answer = await self._api.get(f"/v1/places/{quote(place_id, safe='')}", headers=mask)
        return None if answer is None else _entry(answer)

    async def search(self, text: str) -> list[Entry]:
        """At most five entries for a name, with its place if that is known."""
        mask = {"X-Goog-FieldMask": ",".join(f"places.{field}" for field in FIELDS)}
        answer = await self._api.post("/v1/places:searchText", {"textQuery": text, "pageSize": 5}, mask)
        places = (answer or {}).get("places", []) if isinstance(answer or {}, dict) else None
        if not isinstance(places, list):
            raise Unavailable("garbled answer: no list of places", provider=NAME)
        return [_entry(one) for one in places]


def _entry(place: Any) -> Entry:
    try:
        return Entry(
            place_id=str(place["id"]),
            name=str(place["displayName"]["text"]),
            address=place.get("formattedAddress"),
            website=place.get("websiteUri"),
            phone=place.get("internationalPhoneNumber"),
            category=(place.get("primaryTypeDisplayName") or {}).get("text"),
            status=place.get("businessStatus"),
            rating=place.get("rating"),
            ratings=place.get("userRatingCount"),
            url=str(place.get("googleMapsUri") or f"https://www.google.com/maps/place/?q=place_id:{place['id']}"),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise Unavailable(f"garbled answer: {type(error).__name__}", provider=NAME) from error
