"""The map: households by accuracy, points of interest, parcels, heat cells; all of them, or one job's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.households import map_points
from app.db.households.map_points import Part, Window
from app.db.jobs import views as looks
from app.domain.households.input import HouseholdFilters
from app.domain.vocabulary.accuracy import Accuracy
from app.errors import BadRequest, NotFound
from app.web.dashboard.core import html
from app.web.http.responses import encode
from app.web.jobs.access import reader_id
from app.web.platform import get_platform

HEATMAP = "/api/heatmap"
NAMES = {"households": "Households", "businesses": "Businesses", "pois": "Points of interest", "parcels": "Parcels"}


async def show(request: Request) -> Response:
    return html.page(request, "map.html", map=settings(request), layers=NAMES, accuracies=list(Accuracy))


def settings(request: Request) -> dict[str, str]:
    """What the map's script needs to know."""
    platform = get_platform(request)
    routes = {route.path for route in request.app.routes if isinstance(route, Route)}
    return {
        "tiles": platform.settings.map_tiles or "",
        "attribution": platform.settings.map_attribution,
        "heatmap": HEATMAP if HEATMAP in routes else "",
    }


async def places(request: Request) -> Response:
    """`?layer=&bbox=west,south,east,north&job=`: GeoJSON points, or with `count` the middles of cells.

    Without a bbox, the window that holds all of it: `{"bbox": […]}`, null where there is nothing.
    """
    platform = get_platform(request)
    name = request.query_params.get("layer", "")
    if name == "heat":
        return await region(request)
    if name not in map_points.LAYERS:
        raise BadRequest(f"Unknown layer; expected one of {', '.join(map_points.LAYERS)}.")
    window = read_window(request.query_params.get("bbox"))
    async with platform.pool.acquire() as conn:
        part = await chosen(conn, request, name)
        if part is None:
            return html.numbers(request, encode({"bbox": None, "features": []}))
        if window is None:
            bounds = await map_points.bounds(conn, part)
            box = None if bounds is None else [bounds.west, bounds.south, bounds.east, bounds.north]
            return html.numbers(request, encode({"bbox": box}))
        rows = await map_points.places(conn, part, window)
        if len(rows) > map_points.MOST_PLACES:
            rows = await map_points.cells(conn, part, window)
    features = [feature(dict(row)) for row in rows]
    return html.numbers(request, encode({"type": "FeatureCollection", "features": features}))


async def region(request: Request) -> Response:
    """Where the cells of a heatmap job lie, as its result says; the cells themselves are pictures."""
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        row = await job_of(conn, request)
    bounds = orjson.loads(row["result"] or "{}").get("bounds")
    box = bounds and [bounds[side] for side in ("west", "south", "east", "north")]
    return html.numbers(request, encode({"bbox": box}))


def feature(row: dict[str, Any]) -> dict[str, Any]:
    at = [round(row.pop("longitude"), 6), round(row.pop("latitude"), 6)]
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": at}, "properties": row}


def read_window(text: str | None) -> Window | None:
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise BadRequest("bbox must be west,south,east,north in degrees.") from None
    if not (-540 <= west < east <= 540 and -90 <= south < north <= 90):
        raise BadRequest("bbox must be west,south,east,north in degrees.")
    return Window(west, south, east, north)


async def chosen(conn: Connection, request: Request, name: str) -> Part | None:
    """Everybody's households and places; of a job what it found, for those who may see the job."""
    if not request.query_params.get("job"):
        if name not in NAMES:
            raise BadRequest("This layer belongs to a job; pass the job's id as `job`.")
        return map_points.whole(name)
    row = await job_of(conn, request)
    if name == "rows":
        return map_points.of_job(name, row["id"])
    if name != "households":
        run = orjson.loads(row["checkpoint"] or "{}").get("run")  # what an import signs its rows with
        return map_points.of_job(name, UUID(run)) if run else None
    if row["started_at"] is None:
        return None
    filters = HouseholdFilters.model_validate(orjson.loads(row["data"]).get("filters") or {})
    return map_points.geocoded_between(filters, row["started_at"], row["completed_at"])


async def job_of(conn: Connection, request: Request) -> Record:
    user: User = request.state.user
    try:
        row = await looks.job(conn, UUID(request.query_params.get("job", "")), reader_id(user))
    except ValueError:
        row = None
    if row is None:
        raise NotFound("Job not found.")
    return row
