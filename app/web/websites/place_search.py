"""`POST /api/places/search`: find businesses at a provider of places, and have their websites looked at."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import Connection
from app.db.websites import businesses
from app.domain.websites.businesses import NewBusiness
from app.errors import Invalid, Unavailable
from app.web.accounts import auth
from app.web.http import idempotency, request_parsing
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.platform import FoundPlace, Platform, get_platform
from app.web.websites.businesses import created, ingest, show


class SearchRequest(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    query: str = Field(min_length=2, max_length=200)
    """A kind of business (`bakery`), a name, or, where the provider understands it, words (`plumbers in Boston`)."""
    latitude: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    longitude: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    radius: float = Field(default=5_000, gt=0, le=50_000)
    """Metres."""
    maxResults: int = Field(default=20, ge=1, le=60)
    provider: str | None = None
    country: str | None = Field(default=None, pattern=r"^[A-Za-z]{2}$")
    priority: int = Field(default=5, ge=1, le=9)


async def search(request: Request) -> Response:
    """201 with the businesses found, all kept, and the jobs of those that are new or changed and not excluded."""
    user = await auth.require(request)
    platform = get_platform(request)
    raw, value = await request_parsing.read_json(request)
    try:
        asked = SearchRequest.model_validate(value)
    except ValidationError as error:
        raise invalid(error) from None
    names = platform.places.names
    if not names:
        settings = " or ".join(platform.places.lacking.values())
        raise Unavailable(f"No provider of places is configured: set {settings}.", retry_after=3600)
    if asked.provider is not None and asked.provider not in names:
        raise Invalid([("provider", f"must be one of {', '.join(names)}")], supportedProviders=names)
    if (asked.latitude is None) != (asked.longitude is None):
        raise Invalid([("latitude", "and longitude belong together")])
    point = None if asked.latitude is None or asked.longitude is None else (asked.latitude, asked.longitude)
    country = (asked.country or platform.settings.default_country).lower()
    try:
        name, attribution, places = await platform.places.search(
            asked.provider, asked.query, asked.maxResults, point, asked.radius, country
        )
    except ValueError as error:
        raise Invalid([("latitude", str(error))]) from None
    except ConnectionError as error:
        raise Unavailable(f"The provider of places does not answer: {error}", retry_after=30) from None
    found = {one.key: one for place in places if (one := business(platform, place, attribution)) is not None}

    async def keep(conn: Connection) -> Response:
        saved, made = await ingest(conn, platform, user, list(found.values()), name, asked.priority)
        shown: list[dict[str, Any]] = []
        for key in found:
            row = await businesses.get(conn, saved[key].id)
            assert row is not None
            shown.append({**show(row), **created(saved[key], made)})
        jobs = sum(map(len, made.values()))
        body = {"success": True, "provider": name, "attribution": attribution, "businesses": shown}
        return JSON(body | {"total": len(shown), "jobsEnqueued": jobs}, 201)

    response = await idempotency.once(request, user, raw, keep)
    platform.dispatcher.nudge()
    return response


def business(platform: Platform, place: FoundPlace, attribution: str) -> NewBusiness | None:
    """A place as a business; one whose website can never be fetched has none, one without a usable name is none."""
    website = None
    if place.website:
        with suppress(ValueError):
            website = platform.normalise_website(place.website)
    texts = {name: getattr(place, name) for name in ("phone", "category", "address", "city", "state", "zip_code")}
    try:
        return NewBusiness(
            name=place.name,
            website=website,
            place_id=place.id,
            latitude=place.latitude,
            longitude=place.longitude,
            attribution=attribution,
            country=place.country if place.country and len(place.country) == 2 else None,
            **texts,
        )
    except ValidationError:
        return None
