"""The score of a point, at once, from the points of interest round it; and a heat map of its neighbourhood later."""

from __future__ import annotations

from typing import Any, Literal

import asyncpg
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.heatmaps import pois
from app.db.heatmaps import regions as heatmaps
from app.domain.heatmaps import scoring
from app.domain.heatmaps.fields import DEFAULT_GRID_STEP
from app.domain.heatmaps.grid import Grid
from app.domain.heatmaps.kinds import HeatmapComputeArgs
from app.domain.heatmaps.scoring import Assessment
from app.domain.jobs.status import Status
from app.web.accounts import auth
from app.web.dialects.jobs import RUNNING
from app.web.heatmaps.regions import insert
from app.web.http import request_parsing
from app.web.http.responses import JSON
from app.web.platform import Platform, get_platform

FARTHEST = 84.9
"""Degrees of latitude: what lies round the point must end before the maps do."""


class Point(BaseModel):
    model_config = ConfigDict(extra="forbid")

    lat: float = Field(ge=-FARTHEST, le=FARTHEST)
    lng: float = Field(ge=-180, le=180)
    explain: Literal["true", "false"] = "false"


async def score(request: Request) -> Response:
    """0 to 100, with `explain=true` also what makes it. Where no heat cell covers the point and no active job is going
    to, the 15 km × 15 km round it are scheduled; not for one who reads without a key."""
    user = await auth.reader(request)
    platform = get_platform(request)
    point = request_parsing.query(request, Point)
    async with platform.pool.acquire() as conn:
        assessed = scoring.assess(point.lat, point.lng, await pois.near(conn, point.lat, point.lng))
        cell = await heatmaps.covering_cell(conn, point.lat, point.lng)
        job: dict[str, Any] | None = None
        if cell is None:
            job = _job(await heatmaps.covering_job(conn, point.lat, point.lng))
            if job is None and user is not None:
                job = await _cover(conn, platform, user, point)
    if job is not None and job["isNew"]:
        platform.dispatcher.nudge()
    content: dict[str, Any] = {
        "lat": point.lat,
        "lng": point.lng,
        "score": assessed.score,
        "method": scoring.METHOD,
        "hasHeatmapCoverage": cell is not None,
        "heatmap": _cell(cell),
        "job": job,
    }
    if point.explain == "true":
        content |= _explained(assessed)
    return JSON(content)


async def _cover(conn: Connection, platform: Platform, user: User, point: Point) -> dict[str, Any] | None:
    """Schedule the region round the point, unless somebody else just did."""
    async with conn.transaction():
        await heatmaps.lock(conn)
        job = _job(await heatmaps.covering_job(conn, point.lat, point.lng))
        if job is not None:
            return job
        grid = Grid.around(point.lat, point.lng, DEFAULT_GRID_STEP)
        inserted = await insert(conn, platform, user, HeatmapComputeArgs.for_grid(grid), grid, None)
        return {"jobId": inserted.id, "status": Status.PENDING, "isNew": inserted.is_new, "gridStep": grid.step}


def _job(row: asyncpg.Record | None) -> dict[str, Any] | None:
    if row is None:
        return None
    status = RUNNING.get(row["status"], row["status"])
    return {"jobId": row["id"], "status": status, "isNew": False, "gridStep": row["grid_step"]}


def _cell(row: asyncpg.Record | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {"gridStep": row["grid_step"], "score": row["score"], "computedAt": row["computed_at"]}


def _explained(assessed: Assessment) -> dict[str, Any]:
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
            for driver in assessed.drivers
        ],
        "diversity": round(assessed.diversity, 4),
        "constants": scoring.constants(),
    }
