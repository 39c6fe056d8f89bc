"""`POST /api/places/search`: find businesses with a place provider, store them and queue jobs for their websites."""

from __future__ import annotations

from contextlib import suppress
from typing import Literal

from pydantic import ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import Connection
from app.db.websites.businesses import get_business
from app.domain.vocabulary.countries import country_field_code
from app.domain.websites.businesses import NewBusiness
from app.errors import Conflict, Invalid, LimitReached, NotConfigured, ServiceUnavailable
from app.web.accounts import auth
from app.web.http import idempotency, request_parsing
from app.web.http.models import RequestModel, ResponseModel
from app.web.http.operation import IDEMPOTENCY_KEY, operation
from app.web.http.responses import JSON
from app.web.http.schema_types import RunAt
from app.web.jobs.create import check_priority
from app.web.platform import FoundPlace, Platform, get_platform
from app.web.websites import presenters
from app.web.websites.business_intake import store_businesses


class SearchRequest(RequestModel):
    """What to search for, and where."""

    model_config = ConfigDict(
        str_strip_whitespace=True,
        json_schema_extra={
            "examples": [{"query": "bakery", "latitude": 52.52, "longitude": 13.405, "radius": 2000, "maxResults": 20}]
        },
    )

    query: str = Field(min_length=2, max_length=200)
    """A type of business (`bakery`), a name, or free text for providers that support it (`plumbers in Boston`)."""
    latitude: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    """Degrees (WGS 84). Some providers need a point."""
    longitude: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    radius: float = Field(default=5_000, gt=0, le=50_000)
    """Metres."""
    max_results: int = Field(default=20, ge=1, le=60)
    provider: str | None = None
    """Ask only this provider; without it, the next one is asked if one does not respond."""
    country: str | None = Field(default=None, pattern=r"^[A-Za-z]{2}$")
    """ISO 3166-1 alpha-2; the installation's country if not given."""
    priority: int = Field(default=5, ge=1, le=9)
    """The priority of the jobs, from 1 (first) to 9."""
    run_at: RunAt | None = None
    """The jobs wait until this time; one in the past is now."""


class PlacesFound(ResponseModel):
    """The businesses that a search found, all of them stored."""

    success: Literal[True] = True
    provider: str
    """The one that responded."""
    attribution: str
    """What to show with the data, as the provider demands."""
    businesses: list[presenters.StoredBusiness]
    total: int
    jobs_enqueued: int
    """Jobs that visit the websites of businesses that are new or changed."""


@operation(
    "searchPlaces",
    tag="Businesses",
    headers=[IDEMPOTENCY_KEY],
    body=SearchRequest,
    returns={201: PlacesFound},
    errors=[Conflict, LimitReached],
)
async def search(request: Request) -> Response:
    """Find businesses with a provider of places, and store them.

    Jobs that visit their websites are created. Only businesses that are new or changed get jobs, unless they are
    excluded.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    raw, value = await request_parsing.read_json(request)
    body = request_parsing.validate(SearchRequest, value)
    check_priority(user, body.priority)
    name, attribution, places = await _find_places(platform, body)
    converted = (to_business(platform, place, attribution) for place in places)
    businesses = {business.key: business for business in converted if business is not None}

    async def store(conn: Connection) -> Response:
        results, jobs = await store_businesses(
            conn,
            platform,
            creator,
            list(businesses.values()),
            source=name,
            priority=body.priority,
            run_at=body.run_at,
        )
        items = []
        for submitted in presenters.present_submitted((results[key] for key in businesses), jobs):
            stored = await get_business(conn, submitted.id)
            assert stored is not None
            items.append(presenters.present_stored(stored, submitted))
        found = PlacesFound(
            provider=name, attribution=attribution, businesses=items, total=len(items), jobs_enqueued=len(jobs)
        )
        return JSON(found, 201)

    async with platform.pending_limit.creator(user) as creator:
        response = await idempotency.run_once(request, user, raw, store)
    platform.dispatcher.schedule_pass()
    return response


async def _find_places(platform: Platform, body: SearchRequest) -> tuple[str, str, list[FoundPlace]]:
    """Return the name of the provider, its attribution and the places that it found.

    Raises NotConfigured if the provider, or every provider, lacks a setting, Invalid for an unknown provider or a
    point that cannot be used, ServiceUnavailable if no provider responds.
    """
    names, lacking = platform.places.names, platform.places.lacking
    if body.provider is not None and body.provider in lacking:
        setting = lacking[body.provider]
        raise NotConfigured(
            f"The provider {body.provider} is not configured: an administrator must set {setting}.", settings=[setting]
        )
    if body.provider is not None and body.provider not in names:
        known = [*names, *lacking]
        raise Invalid([("provider", f"must be one of {', '.join(known)}")], supportedProviders=names)
    if not names:
        settings = list(lacking.values())
        raise NotConfigured(
            f"No provider of places is configured: an administrator must set {' or '.join(settings)}.",
            settings=settings,
        )
    if (body.latitude is None) != (body.longitude is None):
        raise Invalid([("latitude", "and longitude belong together")])
    point = None if body.latitude is None or body.longitude is None else (body.latitude, body.longitude)
    asked = body.country or platform.settings.default_country
    country = country_field_code(asked) or asked.lower()
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
