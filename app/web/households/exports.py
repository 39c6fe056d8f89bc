"""Download all households that a filter selects, as CSV or GeoJSON."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal
from uuid import UUID

from asyncpg import Record
from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.db.core.pool import Connection
from app.db.households import records as households
from app.domain.households.input import HouseholdFilters
from app.web.accounts import auth
from app.web.households.records import show
from app.web.http import request_parsing
from app.web.http.csv_export import csv_response
from app.web.http.pagination import keyset_pages
from app.web.http.responses import attachment, encode
from app.web.platform import get_platform

PAGE_SIZE = 2000
COLUMNS = ("id", "externalId", "address", "unit", "city", "state", "zipCode", "country", "county", "precinctNumber",
           "latitude", "longitude", "geocoded", "geocodedAt", "geocodingProvider", "accuracy", "confidence",
           "matchedAddress", "rawScore", "attribution")  # fmt: skip
"""Those of a household as it is shown."""

Pages = AsyncIterator[Sequence[Record]]


class Export(HouseholdFilters):
    """The filters of the list."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    geocoded: Literal["true", "false"] | None = None
    external_id: str | None = Field(default=None, max_length=255)


async def households_csv(request: Request) -> Response:
    """The fields of the list as columns."""
    await auth.require(request)
    pages = _pages(request)
    rows = ([[household[name] for name in COLUMNS] for household in map(show, page)] async for page in pages)
    return await csv_response("households.csv", COLUMNS, rows)


async def households_geojson(request: Request) -> Response:
    """A FeatureCollection (RFC 7946); a household that is not geocoded has no geometry."""
    await auth.require(request)
    pages = _pages(request)
    content = _geojson(await anext(pages), pages)
    return StreamingResponse(content, media_type="application/geo+json", headers=attachment("households.geojson"))


def _pages(request: Request) -> Pages:
    """Raises Invalid."""
    asked = request_parsing.query(request, Export)
    geocoded = None if asked.geocoded is None else asked.geocoded == "true"

    async def read(conn: Connection, after: UUID | None) -> list[Record]:
        return await households.page(
            conn, asked, geocoded=geocoded, external_id=asked.external_id, after=after, limit=PAGE_SIZE
        )

    return keyset_pages(get_platform(request).pool, read, lambda row: row["id"], PAGE_SIZE)


async def _geojson(first: Sequence[Record], rest: Pages) -> AsyncIterator[bytes]:
    yield b'{"type":"FeatureCollection","features":[' + _features(first)
    async for page in rest:
        if page:
            yield b"," + _features(page)
    yield b"]}"


def _features(rows: Sequence[Record]) -> bytes:
    return b",".join(encode(_feature(show(row))) for row in rows)


def _feature(household: dict[str, Any]) -> dict[str, Any]:
    longitude, latitude = household.pop("longitude"), household.pop("latitude")
    geometry = None if latitude is None else {"type": "Point", "coordinates": [longitude, latitude]}
    return {"type": "Feature", "id": household["id"], "geometry": geometry, "properties": household}
