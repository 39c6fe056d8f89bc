"""Reading the cells of heat maps, as JSON or GeoJSON."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from pydantic import BeforeValidator, ConfigDict, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response

from app.db.heatmaps import cells, regions
from app.db.heatmaps.cells import Cell
from app.domain.heatmaps.bounds import Bounds, InvalidRegion
from app.domain.heatmaps.fields import DEFAULT_GRID_STEP, GridStep
from app.domain.heatmaps.grid import MICRODEGREES
from app.errors import BadRequest
from app.web.accounts import auth
from app.web.heatmaps.regions import RegionModel, list_readable, present_region
from app.web.http import request_parsing
from app.web.http.conditional import matches_etag, revalidated
from app.web.http.list_headers import list_header
from app.web.http.models import RequestModel, ResponseModel
from app.web.http.operation import ETAG, IF_NONE_MATCH, Access, Media, Reply, operation
from app.web.http.responses import encode
from app.web.platform import get_platform

MAX_CELLS = 100_000
"""In one response."""
MAX_REGIONS = 200
"""Regions listed beside the cells."""


def _parse_bbox(value: Any) -> Bounds:
    """Parse `west,south,east,north` in degrees, the order of GeoJSON."""
    order = "west,south,east,north in degrees, such as -86.95,21.0,-86.7,21.25"
    try:
        west, south, east, north = (float(part) for part in str(value).split(","))
    except ValueError:
        raise ValueError(f"must be {order}") from None
    try:
        return Bounds(south, west, north, east)
    except InvalidRegion as error:
        raise ValueError(f"{error}; the order is {order}") from None


Bbox = Annotated[
    Bounds,
    BeforeValidator(_parse_bbox),
    WithJsonSchema({"type": "string", "examples": ["-86.95,21.0,-86.7,21.25"]}),
]


class CellQuery(RequestModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    bbox: Bbox
    """`west,south,east,north` in degrees, the order of GeoJSON. If west is greater than east, it crosses the
    antimeridian."""
    grid_step: GridStep = DEFAULT_GRID_STEP
    format: Literal["json", "geojson"] = "json"
    """`geojson` is a FeatureCollection of squares with their scores."""


class CellsFields(ResponseModel):
    """The cells of heat maps; only the documentation of what is written below, as there may be 100,000."""

    grid_step: float
    """The size of the cells, in degrees."""
    bbox: tuple[float, float, float, float]
    """West, south, east and north, in degrees."""
    total: int
    """The number of cells."""
    cells: list[tuple[float, float, int]]
    """Latitude and longitude of the center, in degrees, and the score, from 0 to 100."""


class CellsModel(CellsFields):
    """The cells of heat maps whose centers lie in a rectangle."""

    regions: list[RegionModel]
    """The computed regions that overlap with the rectangle; at most 200."""


def cells_reply(body: type[CellsFields]) -> dict[int, Reply]:
    """Return the declaration of the responses of a route for cells."""
    return {
        200: Reply(body, headers=[ETAG], media=Media(("application/geo+json",))),
        304: Reply(headers=[ETAG], description="The ETag that the client has is still current."),
    }


@operation(
    "listHeatCells",
    tag="Heat maps",
    access=Access.PUBLIC_READS,
    query=CellQuery,
    headers=[IF_NONE_MATCH],
    returns=cells_reply(CellsModel),
)
async def index(request: Request) -> Response:
    """List the heat cells whose centers lie in a rectangle.

    At most 100,000; for larger areas, use the tiles or a coarser `gridStep`. Caches may keep the response if they ask
    again each time.
    """
    return await cells_response(request, lambda region: region, ("latitude", "longitude"))


async def cells_response(
    request: Request, present: Callable[[RegionModel], ResponseModel], coordinate_names: tuple[str, str]
) -> Response:
    """Respond as `index` does, with regions as `present` makes them, and these names of coordinates in GeoJSON."""
    reader = await auth.require_reader(request)
    platform = get_platform(request)
    query = request_parsing.parse_query(request, CellQuery)
    async with platform.pool.acquire() as conn:
        count, latest = await cells.get_version(conn, query.bbox, query.grid_step, MAX_CELLS)
        if count > MAX_CELLS:
            raise BadRequest(
                f"This bbox has more cells than one response may have ({MAX_CELLS:,}). Use a smaller bbox, a coarser"
                " gridStep, or the PNG tiles.",
                limit=MAX_CELLS,
            )
        headers = {"ETag": etag(count, latest, query.format), **revalidated(is_public=reader is None)}
        if matches_etag(list_header(request, "if-none-match"), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        found = await cells.list_in_bounds(conn, query.bbox, query.grid_step)
        overlapping = await regions.list_computed(conn, query.bbox, query.grid_step)
        overlapping = overlapping[:MAX_REGIONS]
        readable = await list_readable(conn, (region.job_id for region in overlapping), reader)
    presented = [present(present_region(region, readable)) for region in overlapping]
    if query.format == "geojson":
        body = await asyncio.to_thread(_geojson, query, found, presented, coordinate_names)
        return Response(body, headers=headers, media_type="application/geo+json")
    body = await asyncio.to_thread(_json, query, found, presented)
    return Response(body, headers=headers, media_type="application/json")


def etag(count: int, latest: datetime | None, *more: object) -> str:
    """Return the ETag of cells in some bounds; `count` and `latest` come from `cells.get_version`."""
    microseconds = int(latest.timestamp() * 1_000_000) if latest else 0
    return f'"{"-".join(map(str, (f"{count:x}", f"{microseconds:x}", *more)))}"'


def _json(query: CellQuery, found: list[Cell], presented: list[ResponseModel]) -> bytes:
    bbox = (query.bbox.west, query.bbox.south, query.bbox.east, query.bbox.north)
    return encode(
        {"gridStep": query.grid_step, "bbox": bbox, "total": len(found), "regions": presented, "cells": found}
    )


def _geojson(
    query: CellQuery, found: list[Cell], presented: list[ResponseModel], coordinate_names: tuple[str, str]
) -> bytes:
    """Return a FeatureCollection (RFC 7946): a square with its `score` per cell, and the regions as a foreign member.

    The features are written as text: a dict per cell would take several times as long.
    """
    half = round(query.grid_step * MICRODEGREES) // 2
    name_of_latitude, name_of_longitude = coordinate_names

    def feature(cell: Cell) -> str:
        latitude, longitude, score = cell
        lat, lng = round(latitude * MICRODEGREES), round(longitude * MICRODEGREES)
        south, north = (lat - half) / MICRODEGREES, (lat + half) / MICRODEGREES
        west, east = (lng - half) / MICRODEGREES, (lng + half) / MICRODEGREES
        ring = f"[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]"
        return (
            f'{{"type":"Feature","geometry":{{"type":"Polygon","coordinates":[{ring}]}},'
            f'"properties":{{"score":{score},"{name_of_latitude}":{latitude},"{name_of_longitude}":{longitude}}}}}'
        )

    features = orjson.Fragment("[" + ",".join(map(feature, found)) + "]")
    return encode(
        {"type": "FeatureCollection", "gridStep": query.grid_step, "regions": presented, "features": features}
    )
