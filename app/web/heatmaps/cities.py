"""Cities: those loaded by an administrator and those that come with the platform."""

from __future__ import annotations

import asyncio
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
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
from app.errors import BadRequest, NotFound
from app.web.accounts import auth
from app.web.http import idempotency, request_parsing
from app.web.http.pagination import Paging, page_of
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.platform import get_platform

MAX_CITIES = 10_000
MAX_BODY_BYTES = 8_000_000


class CityInput(BaseModel):
    """A city with its bounds, or with a center and a population from which bounds are estimated."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    slug: str | None = Field(default=None, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=200)
    country: str | None = Field(default=None, pattern=r"^[A-Za-z]{2}$")
    population: int | None = Field(default=None, ge=0, le=2_000_000_000)
    bounds: BoundsInput | None = None
    latitude: float | None = Field(default=None, ge=1 - MAX_LATITUDE, le=MAX_LATITUDE - 1)
    longitude: float | None = Field(default=None, ge=-180, le=180)

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


def present_city(city: StoredCity) -> dict[str, Any]:
    """Return a city as JSON."""
    return {
        "id": city.id,
        "slug": city.slug,
        "name": city.name,
        "country": city.country,
        "population": city.population,
        "bounds": city.bounds.as_dict(),
        "source": city.source,
        "createdAt": city.created_at,
        "updatedAt": city.updated_at,
    }


async def get_or_store(conn: Connection, city_slug: str) -> StoredCity:
    """Return the city with that slug, storing it first if only the packaged list has it. Raises NotFound."""
    stored = await cities.get(conn, city_slug)
    if stored is not None:
        return stored
    packaged = await asyncio.to_thread(packaged_cities.find, city_slug)
    if packaged is None:
        similar = await asyncio.to_thread(packaged_cities.similar_slugs, city_slug)
        hint = f" Did you mean {', '.join(similar)}?" if similar else ""
        raise NotFound(
            f"City {city_slug[:100]!r} not found.{hint} Send bounds instead, or ask an administrator to add the city"
            " with POST /api/v1/cities.",
            similar=similar,
        )
    return await cities.upsert(conn, packaged)


async def index(request: Request) -> Response:
    """List the cities that were loaded or used. 200 `{"cities": [city], "total", "limit", "offset"}`."""
    await auth.require_reader(request)
    platform = get_platform(request)
    paging = request_parsing.parse_query(request, CityQuery)
    async with platform.pool.acquire() as conn:
        found, total = await cities.list_page(conn, search=paging.search, limit=paging.limit, offset=paging.offset)
    return JSON(page_of("cities", [present_city(city) for city in found], total, paging))


async def read(request: Request) -> Response:
    """Return the city; a packaged city is stored when it is first used. 200 as `present_city`."""
    await auth.require_reader(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        return JSON(present_city(await get_or_store(conn, request.path_params["slug"])))


async def load(request: Request) -> Response:
    """Store one city or a list of cities, all or nothing; a city with a known slug is replaced.

    201 with the city, or for a list `{"created", "updated", "total"}`.
    """
    user = await auth.require(request, admin=True)
    raw, body = await request_parsing.read_json(request, MAX_BODY_BYTES)
    many = isinstance(body, list)
    entries = body if many else [body]
    if not 1 <= len(entries) <= MAX_CITIES:
        raise BadRequest(f"Send 1 to {MAX_CITIES:,} cities per request; this one has {len(entries):,}.")
    loaded = [_parse_city(entry, str(number) if many else "") for number, entry in enumerate(entries)]

    async def upsert(conn: Connection) -> Response:
        stored = [await cities.upsert(conn, city) for city in loaded]
        created = sum(city.is_new for city in stored)
        counts = {"created": created, "updated": len(stored) - created, "total": len(stored)}
        await audit.record(conn, "CITIES_LOADED", counts, user_id=user.id)
        return JSON(counts if many else present_city(stored[0]), 201)

    return await idempotency.run_once(request, user, raw, upsert)


def _parse_city(entry: Any, location: str) -> City:
    try:
        return CityInput.model_validate(entry).city()
    except ValidationError as error:
        raise invalid(error, location) from None


async def delete(request: Request) -> Response:
    """Delete a city; its regions and cells stay. A packaged city is stored again when it is next used. 204."""
    user = await auth.require(request, admin=True)
    platform = get_platform(request)
    city_slug = request.path_params["slug"]
    async with platform.pool.acquire() as conn, conn.transaction():
        if not await cities.delete(conn, city_slug):
            raise NotFound(f"City {city_slug[:100]!r} not found.")
        await audit.record(conn, "CITY_DELETED", {"slug": city_slug}, user_id=user.id)
    return Response(status_code=204)
