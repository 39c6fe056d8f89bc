"""Cities: those that were loaded, and those that come with the platform."""

from __future__ import annotations

import asyncio
from typing import Any, Self

import asyncpg
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.core.pool import Connection
from app.db.heatmaps import cities
from app.domain.heatmaps import packaged_cities
from app.domain.heatmaps.bounds import MAX_LATITUDE, Bounds
from app.domain.heatmaps.cities import City, estimate_bounds, slug
from app.domain.heatmaps.fields import BoundsInput
from app.errors import BadRequest, NotFound
from app.web.accounts import auth
from app.web.http import idempotency, request_parsing
from app.web.http.pagination import Paging, page_of
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.platform import get_platform

MOST = 10_000


class CityBody(BaseModel):
    """A city with its bounds, or with a centre and a population that bounds are estimated from."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    slug: str | None = Field(default=None, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=200)
    country: str | None = Field(default=None, pattern=r"^[A-Za-z]{2}$")
    population: int | None = Field(default=None, ge=0, le=2_000_000_000)
    bounds: BoundsInput | None = None
    latitude: float | None = Field(default=None, ge=1 - MAX_LATITUDE, le=MAX_LATITUDE - 1)
    longitude: float | None = Field(default=None, ge=-180, le=180)

    @model_validator(mode="after")
    def _place(self) -> Self:
        if self.bounds is None and None in (self.latitude, self.longitude, self.population):
            raise ValueError("give bounds {south, west, north, east}, or latitude, longitude and population")
        if not (self.slug or slug(self.name)):
            raise ValueError("needs a slug: the name has no letters to make one of")
        return self

    def city(self) -> City:
        bounds = self.bounds.bounds() if self.bounds else self._estimated()
        country = self.country and self.country.upper()
        return City(self.slug or slug(self.name), self.name, bounds, country, self.population)

    def _estimated(self) -> Bounds:
        assert self.latitude is not None and self.longitude is not None and self.population is not None
        return estimate_bounds(self.latitude, self.longitude, self.population)


class CityQuery(Paging):
    search: str = Field(default="", max_length=200)


def shown(row: asyncpg.Record) -> dict[str, Any]:
    bounds = {edge: row[edge] for edge in ("south", "west", "north", "east")}
    names = ("id", "slug", "name", "country", "population")
    moments = {"createdAt": row["created_at"], "updatedAt": row["updated_at"]}
    return {**{name: row[name] for name in names}, "bounds": bounds, "source": row["source"], **moments}


async def find(conn: Connection, wanted: str) -> asyncpg.Record:
    """The city of that slug, entered from the packaged ones where it is the first time. Raises NotFound."""
    row = await cities.get(conn, wanted)
    if row is not None:
        return row
    city = await asyncio.to_thread(packaged_cities.find, wanted)
    if city is None:
        similar = await asyncio.to_thread(packaged_cities.similar_slugs, wanted)
        hint = f" Did you mean {', '.join(similar)}?" if similar else ""
        raise NotFound(
            f"There is no city {wanted[:100]!r}.{hint} Give bounds instead, or have an administrator enter it with"
            " POST /api/v1/cities.",
            similar=similar,
        )
    return await cities.upsert(conn, city)


async def index(request: Request) -> Response:
    """Those that were loaded or used."""
    await auth.reader(request)
    platform = get_platform(request)
    paging = request_parsing.query(request, CityQuery)
    async with platform.pool.acquire() as conn:
        rows, total = await cities.select(conn, search=paging.search, limit=paging.limit, offset=paging.offset)
    return JSON(page_of("cities", [shown(row) for row in rows], total, paging))


async def read(request: Request) -> Response:
    await auth.reader(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        return JSON(shown(await find(conn, request.path_params["slug"])))


async def load(request: Request) -> Response:
    """One city, or a list of them; those whose slug is known are replaced. All of a list, or nothing."""
    user = await auth.require(request, admin=True)
    raw, body = await request_parsing.read_json(request, 8_000_000)
    many = isinstance(body, list)
    entries = body if many else [body]
    if not 1 <= len(entries) <= MOST:
        raise BadRequest(f"Send 1 to {MOST:,} cities a request; this one has {len(entries):,}.")
    given = [_city(entry, str(number) if many else "") for number, entry in enumerate(entries)]

    async def keep(conn: Connection) -> Response:
        rows = [await cities.upsert(conn, city) for city in given]
        created = sum(row["is_new"] for row in rows)
        counts = {"created": created, "updated": len(rows) - created, "total": len(rows)}
        await audit.record(conn, "CITIES_LOADED", counts, user_id=user.id)
        return JSON(counts if many else shown(rows[0]), 201)

    return await idempotency.once(request, user, raw, keep)


def _city(entry: Any, place: str) -> City:
    try:
        return CityBody.model_validate(entry).city()
    except ValidationError as error:
        raise invalid(error, place) from None


async def delete(request: Request) -> Response:
    """Its regions and cells stay. One that comes with the platform is there again when it is next asked for."""
    user = await auth.require(request, admin=True)
    platform = get_platform(request)
    wanted = request.path_params["slug"]
    async with platform.pool.acquire() as conn, conn.transaction():
        if not await cities.delete(conn, wanted):
            raise NotFound(f"There is no city {wanted[:100]!r}.")
        await audit.record(conn, "CITY_DELETED", {"slug": wanted}, user_id=user.id)
    return Response(status_code=204)
