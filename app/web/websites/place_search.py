"""`POST /api/places/search`: find businesses with a place provider, store them and queue jobs for their websites."""

from __future__ import annotations

from contextlib import suppress

from pydantic import ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import Connection
from app.db.websites.businesses import get_business
from app.domain.websites.businesses import NewBusiness
from app.errors import Invalid, ServiceUnavailable
from app.web.accounts import auth
from app.web.http import idempotency, request_parsing
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.http.schema_types import RequestModel
from app.web.platform import FoundPlace, Platform, get_platform
from app.web.websites import presenters
from app.web.websites.business_intake import store_businesses


class SearchRequest(RequestModel):
    model_config = ConfigDict(str_strip_whitespace=True)

    query: str = Field(min_length=2, max_length=200)
    """A type of business (`bakery`), a name, or free text for providers that support it (`plumbers in Boston`)."""
    latitude: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    longitude: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    radius: float = Field(default=5_000, gt=0, le=50_000)
    """Metres."""
    max_results: int = Field(default=20, ge=1, le=60)
    provider: str | None = None
    country: str | None = Field(default=None, pattern=r"^[A-Za-z]{2}$")
    priority: int = Field(default=5, ge=1, le=9)


async def search(request: Request) -> Response:
    """201 with the businesses found, all of them stored; those that are new or changed get jobs, unless excluded."""
    user = await auth.require(request)
    platform = get_platform(request)
    raw, value = await request_parsing.read_json(request)
    try:
        body = SearchRequest.model_validate(value)
    except ValidationError as error:
        raise invalid(error) from None
    name, attribution, places = await _find_places(platform, body)
    converted = (to_business(platform, place, attribution) for place in places)
    businesses = {business.key: business for business in converted if business is not None}

    async def store(conn: Connection) -> Response:
        results, jobs = await store_businesses(
            conn, platform, user, list(businesses.values()), source=name, priority=body.priority
        )
        outcomes = presenters.upsert_results((results[key] for key in businesses), jobs)
        items = []
        for outcome in outcomes:
            stored = await get_business(conn, outcome["id"])
            assert stored is not None
            items.append(presenters.business(stored) | outcome)
        return JSON(
            {
                "success": True,
                "provider": name,
                "attribution": attribution,
                "businesses": items,
                "total": len(items),
                "jobsEnqueued": len(jobs),
            },
            201,
        )

    response = await idempotency.run_once(request, user, raw, store)
    platform.dispatcher.schedule_pass()
    return response


async def _find_places(platform: Platform, body: SearchRequest) -> tuple[str, str, list[FoundPlace]]:
    """Return the name of the provider, its attribution and the places that it found.

    Raises Invalid for a provider or point that cannot be used, Unavailable if no provider responds.
    """
    names = platform.places.names
    if not names:
        settings = " or ".join(platform.places.lacking.values())
        raise ServiceUnavailable(f"No place provider is configured: set {settings}.", retry_after=3600)
    if body.provider is not None and body.provider not in names:
        raise Invalid([("provider", f"must be one of {', '.join(names)}")], supportedProviders=names)
    if (body.latitude is None) != (body.longitude is None):
        raise Invalid([("latitude", "and longitude belong together")])
    point = None if body.latitude is None or body.longitude is None else (body.latitude, body.longitude)
    country = (body.country or platform.settings.default_country).lower()
    try:
        name, attribution, places = await platform.places.search(
            body.provider, body.query, body.max_results, point, body.radius, country
        )
    except ValueError as error:
        raise Invalid([("latitude", str(error))]) from None
    except ConnectionError as error:
        raise ServiceUnavailable(f"The place provider does not respond: {error}", retry_after=30) from None
    return name, attribution, list(places)


def to_business(platform: Platform, place: FoundPlace, attribution: str) -> NewBusiness | None:
    """Convert a place; without its website if that can never be fetched, None if it has no usable name."""
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
