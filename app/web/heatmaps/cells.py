"""Reading the cells of heat maps, as JSON or GeoJSON."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from pydantic import BeforeValidator, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from app.db.heatmaps import cells, regions
from app.db.heatmaps.cells import Cell
from app.domain.heatmaps.bounds import Bounds
from app.domain.heatmaps.fields import DEFAULT_GRID_STEP, GridStep
from app.domain.heatmaps.grid import MICRODEGREES
from app.errors import BadRequest
from app.web.accounts import auth
from app.web.heatmaps.regions import present_region
from app.web.http import request_parsing
from app.web.http.conditional import matches_etag
from app.web.http.responses import encode
from app.web.http.schema_types import RequestModel
from app.web.platform import get_platform

MAX_CELLS = 100_000
"""In one response."""
MAX_REGIONS = 200
"""Regions listed beside the cells."""


def _parse_bbox(value: Any) -> Bounds:
    """Parse `west,south,east,north` in degrees, the order of GeoJSON."""
    try:
        west, south, east, north = (float(part) for part in str(value).split(","))
    except ValueError:
        raise ValueError("must be west,south,east,north in degrees, such as -86.95,21.0,-86.7,21.25") from None
    return Bounds(south, west, north, east)


class CellQuery(RequestModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    bbox: Annotated[Bounds, BeforeValidator(_parse_bbox)]
    grid_step: GridStep = DEFAULT_GRID_STEP
    format: Literal["json", "geojson"] = "json"


async def index(request: Request) -> Response:
    """List the cells whose centers lie in `bbox`, as `[lat, lng, score]` or as GeoJSON squares, with an ETag.

    200 `{"gridStep", "bbox", "total", "regions", "cells"}` or a FeatureCollection, or 304.
    """
    await auth.require_reader(request)
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
        headers = {"ETag": etag(count, latest, query.format), "Cache-Control": "no-cache"}
        if matches_etag(request.headers.get("if-none-match"), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        found = await cells.list_in_bounds(conn, query.bbox, query.grid_step)
        overlapping = await regions.list_computed(conn, query.bbox, query.grid_step)
    write = _geojson if query.format == "geojson" else _json
    media_type = "application/geo+json" if query.format == "geojson" else "application/json"
    body = await asyncio.to_thread(
        write, query, found, [present_region(region) for region in overlapping[:MAX_REGIONS]]
    )
    return Response(body, headers=headers, media_type=media_type)


def etag(count: int, latest: datetime | None, *more: object) -> str:
    """Return the ETag of cells in some bounds; `count` and `latest` come from `cells.get_version`."""
    microseconds = int(latest.timestamp() * 1_000_000) if latest else 0
    return f'"{"-".join(map(str, (f"{count:x}", f"{microseconds:x}", *more)))}"'


def _json(query: CellQuery, found: list[Cell], presented: list[dict[str, Any]]) -> bytes:
    bbox = (query.bbox.west, query.bbox.south, query.bbox.east, query.bbox.north)
    return encode(
        {"gridStep": query.grid_step, "bbox": bbox, "total": len(found), "regions": presented, "cells": found}
    )


def _geojson(query: CellQuery, found: list[Cell], presented: list[dict[str, Any]]) -> bytes:
    """Return a FeatureCollection (RFC 7946): a square with its `score` per cell, and the regions as a foreign member.

    The features are written as text: a dict per cell would take several times as long.
    """
    half = round(query.grid_step * MICRODEGREES) // 2

    def feature(cell: Cell) -> str:
        latitude, longitude, score = cell
        lat, lng = round(latitude * MICRODEGREES), round(longitude * MICRODEGREES)
        south, north = (lat - half) / MICRODEGREES, (lat + half) / MICRODEGREES
        west, east = (lng - half) / MICRODEGREES, (lng + half) / MICRODEGREES
        ring = f"[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]"
        return (
            f'{{"type":"Feature","geometry":{{"type":"Polygon","coordinates":[{ring}]}},'
            f'"properties":{{"score":{score},"lat":{latitude},"lng":{longitude}}}}}'
        )

    features = orjson.Fragment("[" + ",".join(map(feature, found)) + "]")
    return encode(
        {"type": "FeatureCollection", "gridStep": query.grid_step, "regions": presented, "features": features}
    )
