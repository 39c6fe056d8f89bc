"""The map of households, points of interest, parcels and heat cells: all of them, or those of one job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.households import map_points
from app.db.households.map_points import MapCluster, MapPoint, MapWindow, Selection
from app.db.jobs import views
from app.db.jobs.views import JobDetail
from app.domain.households.filters import HouseholdFilters
from app.domain.text.json_guard import load_stored_object
from app.errors import BadRequest, NotFound
from app.web.dashboard.core import html
from app.web.http.responses import encode
from app.web.jobs.access import reader_id
from app.web.platform import get_platform

HEATMAP_PATH = "/api/v1/heatmap"
LAYER_LABELS = {
    "households": "Households",
    "businesses": "Businesses",
    "pois": "Points of interest",
    "parcels": "Parcels",
}


async def show(request: Request) -> Response:
    return html.page(request, "map.html", map=map_settings(request), layers=LAYER_LABELS)


def map_settings(request: Request) -> dict[str, str]:
    """Return the settings of the map's script."""
    platform = get_platform(request)
    routes = {route.path for route in request.app.routes if isinstance(route, Route)}
    return {
        "tiles": platform.settings.map_tiles or "",
        "attribution": platform.settings.map_attribution,
        "heatmap": HEATMAP_PATH if HEATMAP_PATH in routes else "",
    }


async def map_data(request: Request) -> Response:
    """Return the points of `?layer=&bbox=west,south,east,north&job=` as GeoJSON, clustered if there are many.

    Without a bbox, returns the window that contains all of them: `{"bbox": […]}`, null if there are none.
    """
    platform = get_platform(request)
    name = request.query_params.get("layer", "")
    if name == "heat":
        return await heatmap_extent(request)
    if name not in map_points.LAYERS:
        raise BadRequest(f"Unknown layer; expected one of {', '.join(map_points.LAYERS)}.")
    window = parse_window(request.query_params.get("bbox"))
    async with platform.pool.acquire() as conn:
        selection = await select_points(conn, request, name)
        if selection is None:
            return html.json_response(request, encode({"bbox": None, "features": []}))
        if window is None:
            extent = await map_points.get_extent(conn, selection)
            box = None if extent is None else [extent.west, extent.south, extent.east, extent.north]
            return html.json_response(request, encode({"bbox": box}))
        points: Sequence[MapPoint | MapCluster] = await map_points.list_points(conn, selection, window)
        if len(points) > map_points.MAX_POINTS:
            points = await map_points.list_clusters(conn, selection, window)
    features = [present_feature(point) for point in points]
    return html.json_response(request, encode({"type": "FeatureCollection", "features": features}))


async def heatmap_extent(request: Request) -> Response:
    """Return the bounds of a heatmap job's region, from its result; its cells are drawn as image tiles."""
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        job = await requested_job(conn, request)
    bounds = load_stored_object(job.result or "{}").get("bounds")
    box = bounds and [bounds[side] for side in ("west", "south", "east", "north")]
    return html.json_response(request, encode({"bbox": box}))


def present_feature(point: MapPoint | MapCluster) -> dict[str, Any]:
    """Return a point or cluster as a GeoJSON feature."""
    coordinates = [round(point.longitude, 6), round(point.latitude, 6)]
    properties = asdict(point)
    del properties["longitude"], properties["latitude"]
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": coordinates},
        "properties": properties,
    }


def parse_window(text: str | None) -> MapWindow | None:
    """Parse a bbox. Raises BadRequest for text that is none, and for degrees out of range."""
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise BadRequest("bbox must be west,south,east,north in degrees.") from None
    if not (-540 <= west < east <= 540 and -90 <= south < north <= 90):
        raise BadRequest("bbox must be west,south,east,north in degrees.")
    return MapWindow(west, south, east, north)


async def select_points(conn: Connection, request: Request, name: str) -> Selection | None:
    """Return all points of a layer, or those of the job in the query, if the user may see it."""
    if not request.query_params.get("job"):
        if name not in LAYER_LABELS:
            raise BadRequest("This layer belongs to a job; pass the job's id as `job`.")
        return map_points.select_all(name)
    job = await requested_job(conn, request)
    if name == "rows":
        return map_points.select_of_job(name, job.id)
    if name != "households":
        run = load_stored_object(job.checkpoint or "{}").get("run")  # an import marks its rows with its run
        return map_points.select_of_job(name, UUID(run)) if run else None
    if job.started_at is None:
        return None
    filters = HouseholdFilters.model_validate(load_stored_object(job.data).get("filters") or {})
    return map_points.select_geocoded_between(filters, job.started_at, job.completed_at)


async def requested_job(conn: Connection, request: Request) -> JobDetail:
    user: User = request.state.user
    try:
        job = await views.get_detail(conn, UUID(request.query_params.get("job", "")), reader_id(user))
    except ValueError:
        job = None
    if job is None:
        raise NotFound("Job not found.")
    return job
