"""Download all households that a filter selects, as CSV or GeoJSON."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.db.core.pool import Connection
from app.db.households import records as households
from app.db.households.records import Household
from app.web.accounts import auth
from app.web.households.filters import HouseholdSelection
from app.web.households.records import present_household
from app.web.http import request_parsing
from app.web.http.csv_export import csv_response
from app.web.http.pagination import keyset_pages
from app.web.http.responses import attachment, encode
from app.web.platform import get_platform

PAGE_SIZE = 2000
COLUMNS = ("id", "externalId", "address", "unit", "city", "state", "zipCode", "country", "county", "precinctNumber",
           "latitude", "longitude", "geocoded", "geocodedAt", "geocodingProvider", "accuracy", "confidence",
           "matchedAddress", "rawScore", "attribution")  # fmt: skip
"""The fields of a household as JSON."""

Pages = AsyncIterator[Sequence[Household]]


async def households_csv(request: Request) -> Response:
    """Stream the fields of the list as columns. 200 text/csv."""
    await auth.require(request)
    pages = _pages(request)
    rows = ([_cells(household) for household in page] async for page in pages)
    return await csv_response("households.csv", COLUMNS, rows)


def _cells(household: Household) -> list[Any]:
    presented = present_household(household)
    return [presented[name] for name in COLUMNS]


async def households_geojson(request: Request) -> Response:
    """Stream a FeatureCollection (RFC 7946); a household that is not geocoded has no geometry.

    200 application/geo+json.
    """
    await auth.require(request)
    pages = _pages(request)
    content = _geojson(await anext(pages), pages)
    return StreamingResponse(content, media_type="application/geo+json", headers=attachment("households.geojson"))


def _pages(request: Request) -> Pages:
    """Return the pages of households that the query selects. Raises Invalid."""
    query = request_parsing.parse_query(request, HouseholdSelection)

    async def read(conn: Connection, after: UUID | None) -> list[Household]:
        return await households.list_after(
            conn, query, geocoded=query.is_geocoded, external_id=query.external_id, after=after, limit=PAGE_SIZE
        )

    return keyset_pages(get_platform(request).pool, read, lambda household: household.id, PAGE_SIZE)


async def _geojson(first: Sequence[Household], rest: Pages) -> AsyncIterator[bytes]:
    yield b'{"type":"FeatureCollection","features":[' + _features(first)
    async for page in rest:
        if page:
            yield b"," + _features(page)
    yield b"]}"


def _features(households_page: Sequence[Household]) -> bytes:
    return b",".join(encode(_feature(present_household(household))) for household in households_page)


def _feature(household: dict[str, Any]) -> dict[str, Any]:
    longitude, latitude = household.pop("longitude"), household.pop("latitude")
    geometry = None if latitude is None else {"type": "Point", "coordinates": [longitude, latitude]}
    return {"type": "Feature", "id": household["id"], "geometry": geometry, "properties": household}
