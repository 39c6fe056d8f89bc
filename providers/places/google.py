"""Google Places API (New), Text Search (https://developers.google.com/maps/documentation/places/web-service/text-search).

The field mask says what is sent, and what is paid for. A page has 20 places, and three pages are all there are. Place
ids may be kept for ever, the rest as the terms allow; the attribution goes with it.

Posts to `/v1/places:searchText` below the configured url.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import aiohttp
import orjson

from providers.errors import Unavailable
from providers.http import Reply, Request, exchange, parse_json
from providers.latency import Latencies
from providers.places.base import Place, PlaceQuery
from providers.rate_limit import RateLimiter, Window
from providers.rate_limit.base import window_of_rate

PAGE = 20
FIELDS = ("id", "displayName", "location", "websiteUri", "internationalPhoneNumber", "primaryType", "businessStatus",
          "formattedAddress", "addressComponents")  # fmt: skip
MASK = ",".join([*(f"places.{name}" for name in FIELDS), "nextPageToken"])
SECONDS = 10.0
#: Metres; the API takes no larger circle.
LARGEST_RADIUS = 50_000.0


class GooglePlaces:
    """See PlacesProvider."""

    name: ClassVar[str] = "google_places"
    public_url: ClassVar[str] = "https://places.googleapis.com"
    attribution: ClassVar[str] = "Google Maps"
    needs_point: ClassVar[bool] = False
    windows: ClassVar[tuple[Window, ...]] = (Window(10, 1.0),)

    def __init__(
        self,
        url: str | None,
        key: str,
        session: aiohttp.ClientSession,
        limiter: RateLimiter,
        user_agent: str,
        *,
        rate: float | None = None,
        daily: int | None = None,
    ) -> None:
        self._url = (url or self.public_url).rstrip("/") + "/v1/places:searchText"
        self._session, self._limiter, self._key = session, limiter, key
        self._headers = {
            "User-Agent": user_agent,
            "Content-Type": "application/json",
            "X-Goog-Api-Key": key,
            "X-Goog-FieldMask": MASK,
        }
        self._windows, self._daily = (window_of_rate(rate),) if rate else self.windows, daily
        self.latencies = Latencies()

    async def search(self, query: PlaceQuery) -> list[Place]:
        """See PlacesProvider."""
        found: list[Place] = []
        token: str | None = None
        while len(found) < query.limit:
            answer = await self._page(self._body(query, query.limit - len(found), token))
            found += _places(answer.get("places") or [])
            token = answer.get("nextPageToken")
            if not token:
                break
        return found[: query.limit]

    def _body(self, query: PlaceQuery, left: int, token: str | None) -> dict[str, Any]:
        body: dict[str, Any] = {"textQuery": query.text, "pageSize": min(PAGE, left)}
        if query.latitude is not None:
            center = {"latitude": query.latitude, "longitude": query.longitude}
            body["locationBias"] = {"circle": {"center": center, "radius": min(query.radius, LARGEST_RADIUS)}}
        if query.country:
            body["regionCode"] = query.country.upper()
        return body | ({"pageToken": token} if token else {})

    async def _page(self, body: dict[str, Any]) -> dict[str, Any]:
        request = Request(
            self.name, self._url, {}, self._headers, SECONDS, secrets=(self._key,), body=orjson.dumps(body)
        )
        answer = await exchange(self._session, request, self._admit, self._read, latencies=self.latencies)
        return answer or {}

    async def _admit(self) -> None:
        await self._limiter.acquire(self.name, self._windows, self._daily)

    async def _read(self, reply: Reply) -> dict[str, Any]:
        answer = parse_json(reply.body, self.name)
        if not isinstance(answer, dict):
            raise Unavailable("garbled answer: no object", provider=self.name)
        return answer


def _places(listed: list[Any]) -> Iterator[Place]:
    for one in listed:
        try:
            if one.get("businessStatus") == "CLOSED_PERMANENTLY":
                continue
            parts = {kind: part for part in one.get("addressComponents") or [] for kind in part.get("types") or []}
            yield Place(
                id=f"google:{one['id']}",
                name=one["displayName"]["text"],
                latitude=float(one["location"]["latitude"]),
                longitude=float(one["location"]["longitude"]),
                website=one.get("websiteUri"),
                phone=one.get("internationalPhoneNumber"),
                category=one.get("primaryType"),
                address=_street(parts) or one.get("formattedAddress"),
                city=_part(parts, "locality") or _part(parts, "postal_town"),
                state=_part(parts, "administrative_area_level_1", "shortText"),
                zip_code=_part(parts, "postal_code"),
                country=(_part(parts, "country", "shortText") or "").lower() or None,
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            continue  # a place without a name or a point is none to us


def _part(parts: Mapping[str, Any], kind: str, form: str = "longText") -> str | None:
    return (parts.get(kind) or {}).get(form)


def _street(parts: Mapping[str, Any]) -> str | None:
    line = [_part(parts, "street_number"), _part(parts, "route")]
    return " ".join(one for one in line if one) or None
