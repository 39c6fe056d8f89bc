"""Heat maps as pictures: the tiles that a web map asks for."""

from __future__ import annotations

import asyncio

import asyncpg
from pydantic import BaseModel, ConfigDict, field_validator
from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import Connection
from app.db.heatmaps import regions as heatmaps
from app.domain.heatmaps import tile_images
from app.domain.heatmaps.bounds import MAX_LATITUDE, Bounds
from app.domain.heatmaps.fields import check_step
from app.domain.heatmaps.grid import STEPS
from app.errors import NotFound
from app.web.accounts import auth
from app.web.heatmaps.regions import etag
from app.web.http import request_parsing
from app.web.jobs.records import matches
from app.web.platform import get_platform


class TileQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    gridStep: float | None = None
    """Otherwise the finest that there is here and that can be drawn at this zoom."""

    @field_validator("gridStep")
    @classmethod
    def _step(cls, step: float | None) -> float | None:
        return None if step is None else check_step(step)


async def tile(request: Request) -> Response:
    """256 × 256 pixels; transparent where there are no cells, and where they are too small to be drawn."""
    await auth.reader(request)
    platform = get_platform(request)
    zoom, x, y = (request.path_params[name] for name in ("z", "x", "y"))
    if not (zoom <= tile_images.MAX_ZOOM and x < 2**zoom and y < 2**zoom):
        raise NotFound(f"There is no tile {zoom}/{x}/{y}.")
    asked = request_parsing.query(request, TileQuery)
    bounds = tile_images.tile_bounds(zoom, x, y)
    found: list[asyncpg.Record] = []
    async with platform.pool.acquire() as conn:
        step = asked.gridStep or await _finest(conn, bounds, zoom)
        meeting = _wider(bounds, step)
        count, latest = (0, None)
        if tile_images.is_drawable(zoom, step):
            count, latest = await heatmaps.version(conn, meeting, step, tile_images.MAX_CELLS_ACROSS**2)
        headers = {"ETag": etag(count, latest, step), "Cache-Control": "no-cache"}
        if matches(request.headers.get("if-none-match"), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        if count:
            found = await heatmaps.cells(conn, meeting, step)
    png = await asyncio.to_thread(tile_images.render, zoom, x, y, step, found)
    return Response(png, headers=headers, media_type="image/png")


async def _finest(conn: Connection, bounds: Bounds, zoom: int) -> float:
    steps = [step for step in await heatmaps.steps_within(conn, bounds) if tile_images.is_drawable(zoom, step)]
    return steps[0] if steps else STEPS[0]


def _wider(bounds: Bounds, step: float) -> Bounds:
    """With the cells that reach into the tile from beyond its edges."""
    return Bounds(
        max(bounds.south - step, -MAX_LATITUDE),
        max(bounds.west - step, -180.0),
        min(bounds.north + step, MAX_LATITUDE),
        min(bounds.east + step, 180.0),
    )
