"""Heat maps as PNG tiles for web maps."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from app.db.core.pool import Connection
from app.db.heatmaps import cells, regions
from app.db.heatmaps.cells import Cell
from app.domain.heatmaps import tile_images
from app.domain.heatmaps.bounds import MAX_LATITUDE, Bounds
from app.domain.heatmaps.fields import GridStep
from app.domain.heatmaps.grid import STEPS
from app.errors import NotFound
from app.web.accounts import auth
from app.web.heatmaps.cells import etag
from app.web.http import request_parsing
from app.web.http.conditional import matches_etag, revalidated
from app.web.http.list_headers import list_header
from app.web.http.models import RequestModel
from app.web.http.operation import ETAG, IF_NONE_MATCH, Access, Media, Reply, operation
from app.web.platform import get_platform


class TileQuery(RequestModel):
    grid_step: GridStep | None = None
    """Defaults to the smallest step that is computed here and can be drawn at this zoom."""


@operation(
    "getHeatTile",
    tag="Heat maps",
    access=Access.PUBLIC_READS,
    query=TileQuery,
    headers=[IF_NONE_MATCH],
    returns={
        200: Reply(Media(("image/png",)), headers=[ETAG]),
        304: Reply(headers=[ETAG], description="The ETag that the client has is still current."),
    },
)
async def tile(request: Request) -> Response:
    """Return a tile of the heat map for web maps, 256 × 256 pixels.

    It is transparent where there are no cells, or where they are too small to be drawn. The numbers in the path are
    those of all web maps: zoom, column and row.
    """
    reader = await auth.require_reader(request)
    platform = get_platform(request)
    zoom, x, y = (request.path_params[name] for name in ("z", "x", "y"))
    if not (zoom <= tile_images.MAX_ZOOM and x < 2**zoom and y < 2**zoom):
        raise NotFound(f"Tile {zoom}/{x}/{y} not found.")
    query = request_parsing.parse_query(request, TileQuery)
    tile_bounds = tile_images.tile_bounds(zoom, x, y)
    found: list[Cell] = []
    async with platform.pool.acquire() as conn:
        step = query.grid_step or await _smallest_drawable_step(conn, tile_bounds, zoom)
        bounds = _with_margin(tile_bounds, step)
        count, latest = 0, None
        if tile_images.is_drawable(zoom, step):
            count, latest = await cells.get_version(conn, bounds, step, tile_images.MAX_CELLS_ACROSS**2)
        headers = {"ETag": etag(count, latest, step), **revalidated(is_public=reader is None)}
        if matches_etag(list_header(request, "if-none-match"), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        if count:
            found = await cells.list_in_bounds(conn, bounds, step)
    png = await asyncio.to_thread(tile_images.render, zoom, x, y, step, found)
    return Response(png, headers=headers, media_type="image/png")


async def _smallest_drawable_step(conn: Connection, bounds: Bounds, zoom: int) -> float:
    steps = await regions.list_computed_steps(conn, bounds)
    return next((step for step in steps if tile_images.is_drawable(zoom, step)), STEPS[0])


def _with_margin(bounds: Bounds, step: float) -> Bounds:
    """Return the bounds with one cell more on every side: cells may reach into the tile from outside."""
    return Bounds(
        max(bounds.south - step, -MAX_LATITUDE),
        max(bounds.west - step, -180.0),
        min(bounds.north + step, MAX_LATITUDE),
        min(bounds.east + step, 180.0),
    )
