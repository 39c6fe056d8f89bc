"""Households as files: CSV and GeoJSON, of any number, a page at a time.

Pages go by id, in queries of their own: whoever downloads slowly holds neither a connection nor a transaction.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any, Literal
from uuid import UUID

from asyncpg import Record
from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from app.db.core.pool import Pool
from app.db.households import records as households
from app.domain.households.input import HouseholdFilters
from app.domain.text import csv_writer
from app.web.accounts import auth
from app.web.households.records import show
from app.web.http import request_parsing
from app.web.http.responses import encode
from app.web.platform import get_platform

PAGE = 2000
COLUMNS = ("id", "externalId", "address", "unit", "city", "state", "zipCode", "country", "county", "precinctNumber",
           "latitude", "longitude", "geocoded", "geocodedAt", "geocodingProvider", "accuracy", "confidence",
           "matchedAddress", "rawScore", "attribution")  # fmt: skip
"""Those of a household as it is shown."""

Pages = AsyncGenerator[list[Record], None]
Writer = Callable[[Pages, list[Record]], AsyncIterator[bytes]]


class Export(HouseholdFilters):
    """The filters of the list."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    geocoded: Literal["true", "false"] | None = None
    external_id: str | None = Field(default=None, max_length=255)


async def households_csv(request: Request) -> Response:
    """The fields of the list as columns; text that a spreadsheet would take for a formula is marked as text."""
    return await _export(request, _csv, "text/csv; charset=utf-8", "households.csv")


async def households_geojson(request: Request) -> Response:
    """A FeatureCollection (RFC 7946); a household that is not geocoded has no geometry."""
    return await _export(request, _geojson, "application/geo+json", "households.geojson")


async def _export(request: Request, write: Writer, media_type: str, name: str) -> Response:
    await auth.require(request)
    platform = get_platform(request)
    asked = request_parsing.query(request, Export)
    pages = _pages(platform.pool, asked)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(write(pages, await anext(pages)), media_type=media_type, headers=headers)


async def _pages(pool: Pool, asked: Export) -> Pages:
    """At least one, which may be empty."""
    after: UUID | None = None
    geocoded = None if asked.geocoded is None else asked.geocoded == "true"
    while True:
        async with pool.acquire() as conn:
            rows = await households.page(
                conn, asked, geocoded=geocoded, external_id=asked.external_id, after=after, limit=PAGE
            )
        yield rows
        if len(rows) < PAGE:
            return
        after = rows[-1]["id"]


async def _csv(pages: Pages, rows: list[Record]) -> AsyncIterator[bytes]:
    yield (csv_writer.line(COLUMNS) + "\r\n").encode()
    yield _csv_lines(rows)
    async for page in pages:
        yield _csv_lines(page)


def _csv_lines(rows: list[Record]) -> bytes:
    shown = (show(row) for row in rows)
    return "".join(csv_writer.line(_cell(one[name]) for name in COLUMNS) + "\r\n" for one in shown).encode()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return csv_writer.guarded(value)
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if hasattr(value, "isoformat") else value


async def _geojson(pages: Pages, rows: list[Record]) -> AsyncIterator[bytes]:
    yield b'{"type":"FeatureCollection","features":[' + _features(rows)
    async for page in pages:
        if page:
            yield b"," + _features(page)
    yield b"]}"


def _features(rows: list[Record]) -> bytes:
    return b",".join(encode(_feature(show(row))) for row in rows)


def _feature(household: dict[str, Any]) -> dict[str, Any]:
    longitude, latitude = household.pop("longitude"), household.pop("latitude")
    geometry = None if latitude is None else {"type": "Point", "coordinates": [longitude, latitude]}
    return {"type": "Feature", "id": household["id"], "geometry": geometry, "properties": household}
