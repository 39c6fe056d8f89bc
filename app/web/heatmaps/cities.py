"""Cities: those loaded by an administrator and those that come with the platform."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AliasChoices, ConfigDict, Field, model_validator
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.core.pool import Connection
from app.db.heatmaps import cities
from app.db.heatmaps.cities import StoredCity
from app.domain.heatmaps import packaged_cities
from app.domain.heatmaps.bounds import MAX_LATITUDE, Bounds
from app.domain.heatmaps.cities import City, estimate_bounds, slugify
from app.domain.heatmaps.fields import BoundsInput
from app.domain.heatmaps.packaged_cities import AmbiguousName, PackagedCity
from app.errors import BadRequest, Conflict, NotFound
from app.web.accounts import auth
from app.web.heatmaps.bounds import BoundsModel, present_bounds
from app.web.http import idempotency, request_parsing
from app.web.http.models import KeysetPageModel, RequestModel, ResponseModel
from app.web.http.off_loop import off_loop, off_loop_for
from app.web.http.operation import IDEMPOTENCY_KEY, Access, Reply, operation
from app.web.http.pagination import Paging, keyset_fields
from app.web.http.responses import JSON
from app.web.platform import get_platform

MAX_CITIES = 10_000
MAX_BODY_BYTES = 8_000_000


class CityInput(RequestModel):
    """A city with its bounds, or with a center and a population from which bounds are estimated."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "Cancún", "bounds": {"south": 21.03, "west": -86.93, "north": 21.21, "east": -86.73}},
                {"name": "Springfield", "slug": "springfield-il", "latitude": 39.8, "longitude": -89.64,
                 "population": 114_394},
            ]
        }
    )  # fmt: skip

    name: str = Field(min_length=1, max_length=200)
    slug: str | None = Field(default=None, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=200)
    """Made of the name if it is not given."""
    country: str | None = Field(default=None, pattern=r"^[A-Za-z]{2}$")
    """ISO 3166-1 alpha-2."""
    population: int | None = Field(default=None, ge=0, le=2_000_000_000)
    bounds: BoundsInput | None = None
    latitude: float | None = Field(
        default=None, validation_alias=AliasChoices("latitude", "lat"), ge=1 - MAX_LATITUDE, le=MAX_LATITUDE - 1
    )
    """The latitude of the centre, in degrees (WGS 84)."""
    longitude: float | None = Field(
        default=None, validation_alias=AliasChoices("longitude", "lng", "lon"), ge=-180, le=180
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.bounds is None and None in (self.latitude, self.longitude, self.population):
            raise ValueError("give bounds {south, west, north, east}, or latitude, longitude and population")
        if not (self.slug or slugify(self.name)):
            raise ValueError("needs a slug: the name has no letters or digits to make one from")
        return self

    def city(self) -> City:
        bounds = self.bounds.bounds() if self.bounds else self._estimated()
        country = self.country and self.country.upper()
        return City(self.slug or slugify(self.name), self.name, bounds, country, self.population)

    def _estimated(self) -> Bounds:
        assert self.latitude is not None and self.longitude is not None and self.population is not None
        return estimate_bounds(self.latitude, self.longitude, self.population)


class CityQuery(Paging):
    search: str = Field(default="", max_length=200)
    """Part of the slug or the name, ignoring case."""
    cursor: str | None = Field(default=None, max_length=200)
    """The `nextCursor` of the page before: unlike an offset, it does not shift when cities are added."""


class CityModel(ResponseModel):
    """A city."""

    id: int
    slug: str
    name: str
    country: str | None
    """ISO 3166-1 alpha-2."""
    population: int | None
    bounds: BoundsModel
    source: str
    """Where the bounds come from: `own` if an administrator loaded them, `geonames` if they are estimated."""
    created_at: datetime
    updated_at: datetime


class CityPage(KeysetPageModel):
    """A page of the list of cities."""

    cities: list[CityModel]
    """By slug."""


class CitiesLoaded(ResponseModel):
    """The result of loading cities."""

    created: int
    updated: int
    """Cities whose slug was known."""
    total: int
    """Cities in the request."""


def present_city(city: StoredCity) -> CityModel:
    return CityModel(
        id=city.id,
        slug=city.slug,
        name=city.name,
        country=city.country,
        population=city.population,
        bounds=present_bounds(city.bounds),
        source=city.source,
        created_at=city.created_at,
        updated_at=city.updated_at,
    )


async def get_or_store(conn: Connection, city_slug: str) -> StoredCity:
    """Return the city with that slug, storing it first if only the packaged list has it.

    Raises NotFound, and BadRequest if several packaged cities have that name.
    """
    stored = await cities.get(conn, city_slug)
    if stored is not None:
        return stored
    try:
        packaged = await asyncio.to_thread(packaged_cities.find, city_slug)
    except AmbiguousName as ambiguous:
        raise BadRequest(
            f"S{str(ambiguous)[1:]}. Name one of them.",
            candidates=[_present_candidate(city) for city in ambiguous.candidates],
        ) from None
    if packaged is None:
        similar = await asyncio.to_thread(packaged_cities.similar_slugs, city_slug)
        hint = f" Did you mean {', '.join(similar)}?" if similar else ""
        raise NotFound(
            f"City {city_slug[:100]!r} not found.{hint} Send bounds instead, or ask an administrator to add the city"
            " with POST /api/v1/cities.",
            similar=similar,
        )
    return await cities.upsert(conn, packaged)


def _present_candidate(city: PackagedCity) -> dict[str, Any]:
    return {
        "slug": city.slug,
        "name": city.name,
        "country": city.country,
        "latitude": city.latitude,
        "longitude": city.longitude,
        "population": city.population,
    }


@operation("listCities", tag="Heat maps", access=Access.PUBLIC_READS, query=CityQuery, returns={200: CityPage})
async def index(request: Request) -> Response:
    """List the cities that were loaded or used."""
    await auth.require_reader(request)
    platform = get_platform(request)
    query = request_parsing.parse_query(request, CityQuery)
    async with platform.pool.acquire() as conn:
        page = await cities.list_page(
            conn, search=query.search, after=query.cursor, limit=query.limit, offset=query.offset
        )

    def respond() -> Response:
        presented = [present_city(city) for city in page.rows]
        return JSON(CityPage(cities=presented, **keyset_fields(page, query, lambda city: city.slug)))

    return await off_loop_for(len(page.rows), respond)


@operation("getCity", tag="Heat maps", access=Access.PUBLIC_READS, path={"slug": str}, returns={200: CityModel})
async def read(request: Request) -> Response:
    """Return a city, which may also be one of those with at least 15,000 people that come with the platform.

    A name that several cities share, such as `springfield`, is a 400 with their slugs as `candidates`, unless one of
    them is ten times as large as the others.
    """
    await auth.require_reader(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        return JSON(present_city(await get_or_store(conn, request.path_params["slug"])))


@operation(
    "loadCities",
    tag="Heat maps",
    access=Access.ADMIN,
    headers=[IDEMPOTENCY_KEY],
    body=CityInput | Annotated[list[CityInput], Field(min_length=1, max_length=MAX_CITIES)],
    returns={201: CityModel | CitiesLoaded},
    errors=[Conflict],
)
async def load(request: Request) -> Response:
    """Store a city or up to 10,000, all or none.

    A city with a known slug is replaced.
    """
    user = await auth.require(request, admin=True)
    raw, body = await request_parsing.read_json(request, MAX_BODY_BYTES)
    many = isinstance(body, list)
    entries = body if many else [body]
    if not 1 <= len(entries) <= MAX_CITIES:
        raise BadRequest(f"Send 1 to {MAX_CITIES:,} cities per request; this one has {len(entries):,}.")
    loaded = await off_loop(
        len(raw), lambda: [_parse_city(entry, str(number) if many else "") for number, entry in enumerate(entries)]
    )

    async def upsert(conn: Connection) -> Response:
        stored = [await cities.upsert(conn, city) for city in loaded]
        created = sum(city.is_new for city in stored)
        counts = CitiesLoaded(created=created, updated=len(stored) - created, total=len(stored))
        await audit.record(conn, "CITIES_LOADED", counts.model_dump(), user_id=user.id)
        return JSON(counts if many else present_city(stored[0]), 201)

    return await idempotency.run_once(request, user, raw, upsert)


def _parse_city(entry: Any, location: str) -> City:
    return request_parsing.validate(CityInput, entry, location).city()


@operation("deleteCity", tag="Heat maps", access=Access.ADMIN, path={"slug": str}, returns={204: Reply()})
async def delete(request: Request) -> Response:
    """Delete a city.

    Its heat maps stay. A city that comes with the platform is stored again when it is next used.
    """
    user = await auth.require(request, admin=True)
    platform = get_platform(request)
    city_slug = request.path_params["slug"]
    async with platform.pool.acquire() as conn, conn.transaction():
        if not await cities.delete(conn, city_slug):
            raise NotFound(f"City {city_slug[:100]!r} not found.")
        await audit.record(conn, "CITY_DELETED", {"slug": city_slug}, user_id=user.id)
    return Response(status_code=204)
