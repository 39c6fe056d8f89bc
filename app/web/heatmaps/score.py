"""The score of a point, computed at once from the points of interest around it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.heatmaps import cells, pois, regions
from app.db.heatmaps.cells import CellScore
from app.db.heatmaps.regions import CoveringJob
from app.domain.heatmaps import scoring
from app.domain.heatmaps.fields import DEFAULT_GRID_STEP
from app.domain.heatmaps.grid import Grid
from app.domain.heatmaps.kinds import HeatmapComputeArgs
from app.domain.heatmaps.scoring import PointScore
from app.domain.jobs.status import Status
from app.web.accounts import auth
from app.web.dialects.jobs import HEATMAP_STATUS_NAMES
from app.web.heatmaps.regions import insert_job
from app.web.http import request_parsing
from app.web.http.responses import JSON
from app.web.platform import get_platform

MAX_POINT_LATITUDE = 84.9
"""Less than MAX_LATITUDE, so that a box around the point stays within the map."""


class ScoreQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    lat: float = Field(ge=-MAX_POINT_LATITUDE, le=MAX_POINT_LATITUDE)
    lng: float = Field(ge=-180, le=180)
    explain: Literal["true", "false"] = "false"


async def score(request: Request) -> Response:
    """Return the score of a point, 0 to 100, and with `explain=true` its drivers.

    If no heat cell covers the point and no active job is going to, a heat map of the 15 km × 15 km around it is
    scheduled, unless the request came without a key.

    200 `{"lat", "lng", "score", "method", "hasHeatmapCoverage", "heatmap", "job"}`.
    """
    user = await auth.require_reader(request)
    platform = get_platform(request)
    point = request_parsing.parse_query(request, ScoreQuery)
    async with platform.pool.acquire() as conn:
        point_score = scoring.score_point(point.lat, point.lng, await pois.list_nearest(conn, point.lat, point.lng))
        cell = await cells.find_finest(conn, point.lat, point.lng)
        job: dict[str, Any] | None = None
        if cell is None:
            job = _present_job(await regions.find_covering_job(conn, point.lat, point.lng))
            if job is None and user is not None:
                job = await _schedule_around(conn, user, point)
    if job is not None and job["isNew"]:
        platform.dispatcher.schedule_pass()
    content: dict[str, Any] = {
        "lat": point.lat,
        "lng": point.lng,
        "score": point_score.score,
        "method": scoring.METHOD,
        "hasHeatmapCoverage": cell is not None,
        "heatmap": _present_cell(cell),
        "job": job,
    }
    if point.explain == "true":
        content |= _present_drivers(point_score)
    return JSON(content)


async def _schedule_around(conn: Connection, user: User, point: ScoreQuery) -> dict[str, Any] | None:
    """Create a job for the region around the point, or return the job that another request has just created."""
    async with conn.transaction():
        await regions.lock_scheduling(conn)
        job = _present_job(await regions.find_covering_job(conn, point.lat, point.lng))
        if job is not None:
            return job
        grid = Grid.around(point.lat, point.lng, DEFAULT_GRID_STEP)
        inserted = await insert_job(conn, user, HeatmapComputeArgs.for_grid(grid), grid, None)
        return {"jobId": inserted.id, "status": Status.PENDING, "isNew": inserted.is_new, "gridStep": grid.step}


def _present_job(job: CoveringJob | None) -> dict[str, Any] | None:
    if job is None:
        return None
    return {
        "jobId": job.id,
        "status": HEATMAP_STATUS_NAMES.get(job.status, job.status),
        "isNew": False,
        "gridStep": job.grid_step,
    }


def _present_cell(cell: CellScore | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    return {"gridStep": cell.grid_step, "score": cell.score, "computedAt": cell.computed_at}


def _present_drivers(point_score: PointScore) -> dict[str, Any]:
    return {
        "drivers": [
            {
                "name": driver.poi.name,
                "category": driver.poi.category,
                "lat": driver.poi.latitude,
                "lng": driver.poi.longitude,
                "metres": round(driver.km * 1000),
                "rank": driver.rank + 1,
                "decay": round(driver.decay, 4),
                "contribution": round(driver.contribution, 4),
            }
            for driver in point_score.drivers
        ],
        "diversity": round(point_score.diversity, 4),
        "constants": scoring.constants(),
    }
