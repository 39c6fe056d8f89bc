"""The score of a point, computed at once from the points of interest around it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Generic, Literal
from uuid import UUID

from pydantic import AliasChoices, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.keys import Scope
from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.heatmaps import cells, pois, regions
from app.db.heatmaps.cells import CellScore
from app.db.heatmaps.regions import CoveringJob
from app.domain.heatmaps import scoring
from app.domain.heatmaps.fields import DEFAULT_GRID_STEP
from app.domain.heatmaps.grid import Grid
from app.domain.heatmaps.kinds import HeatmapComputeArgs
from app.domain.heatmaps.scoring import Driver, PointScore
from app.domain.jobs.status import Status
from app.errors import LimitReached
from app.web.accounts import auth
from app.web.heatmaps.regions import StatusName, list_readable
from app.web.heatmaps.scheduling import insert_job
from app.web.http import request_parsing
from app.web.http.models import RawObject, RequestModel, ResponseModel, is_none
from app.web.http.operation import Access, operation
from app.web.http.responses import JSON
from app.web.platform import Platform, get_platform

MAX_POINT_LATITUDE = 84.9
"""Less than MAX_LATITUDE, so that a box around the point stays within the map."""


class ScoreQuery(RequestModel):
    latitude: float = Field(
        validation_alias=AliasChoices("latitude", "lat"), ge=-MAX_POINT_LATITUDE, le=MAX_POINT_LATITUDE
    )
    """In degrees (WGS 84); `lat` is the same."""
    longitude: float = Field(validation_alias=AliasChoices("longitude", "lng", "lon"), ge=-180, le=180)
    """In degrees (WGS 84); `lng` and `lon` are the same."""
    explain: Literal["true", "false"] = "false"
    """Whether the response has `drivers`, `diversity` and `constants`."""


class CellScoreModel(ResponseModel):
    """The heat cell that covers the point: of several, the smallest."""

    grid_step: float
    """The size of the cell, in degrees."""
    score: int = Field(ge=0, le=100)
    computed_at: datetime


class CoveringJobFields(ResponseModel, Generic[StatusName]):
    job_id: UUID | None
    """Null if the job is another user's."""
    status: StatusName
    is_new: bool
    """Whether this request has created it."""
    grid_step: float
    """The size of the cells, in degrees."""


class CoveringJobModel(CoveringJobFields[Status]):
    """The job that computes a heat map around the point."""


class DriverFields(ResponseModel):
    name: str | None
    category: str
    metres: int
    """The distance from the point, as the crow flies."""
    rank: int
    """Among the points of interest of its category; 1 is the nearest."""
    decay: float
    """What is left of its weight at this distance, from 0 to 1."""
    contribution: float
    """Its part of the sum from which the score is made."""


class DriverModel(DriverFields):
    """A point of interest that counts towards the score."""

    latitude: float
    """In degrees (WGS 84)."""
    longitude: float


class ScoreFields(ResponseModel):
    score: int = Field(ge=0, le=100)
    """How well the point is supplied with groceries."""
    method: str
    """The name of the formula."""
    has_heatmap_coverage: bool
    """Whether a heat cell covers the point."""
    heatmap: CellScoreModel | None
    """Null without coverage."""
    diversity: float | None = Field(default=None, exclude_if=is_none)
    """The bonus for several categories. Only with `explain=true`."""
    constants: RawObject | None = Field(default=None, exclude_if=is_none)
    """The constants of the formula. Only with `explain=true`."""


class PointScoreModel(ScoreFields):
    """The score of a point."""

    latitude: float
    longitude: float
    job: CoveringJobModel | None
    """Null with coverage, and if no heat map is computed."""
    drivers: list[DriverModel] | None = Field(default=None, exclude_if=is_none)
    """Those that count most first. Only with `explain=true`."""


@operation("getScore", tag="Heat maps", access=Access.PUBLIC_READS, query=ScoreQuery, returns={200: PointScoreModel})
async def score(request: Request) -> Response:
    """Return the score of a point, from 0 to 100.

    It is computed at once from the points of interest within 5 km. If no heat cell covers the point and no active job
    is going to, a job for the 15 km × 15 km around it is created, unless the request came without a key that may write.
    """
    return JSON(await read_score(request, ScoreQuery))


async def read_score(request: Request, query: type[ScoreQuery]) -> PointScoreModel:
    """Return what `score` responds with; `query` is the model of the query parameters."""
    user = await auth.require_reader(request)
    platform = get_platform(request)
    point = request_parsing.parse_query(request, query)
    async with platform.pool.acquire() as conn:
        nearest = await pois.list_nearest(conn, point.latitude, point.longitude)
        point_score = scoring.score_point(point.latitude, point.longitude, nearest)
        cell = await cells.find_finest(conn, point.latitude, point.longitude)
        job: CoveringJobModel | None = None
        if cell is None:
            job = _present_job(await regions.find_covering_job(conn, point.latitude, point.longitude))
            if job is None and user is not None and _may_schedule(request):
                job = await _schedule_around(platform, conn, user, point)
            if job is not None and job.job_id not in await list_readable(conn, [job.job_id], user):
                job = job.model_copy(update={"job_id": None})
    if job is not None and job.is_new:
        platform.dispatcher.schedule_pass()
    is_explained = point.explain == "true"
    return PointScoreModel(
        latitude=point.latitude,
        longitude=point.longitude,
        score=point_score.score,
        method=scoring.METHOD,
        has_heatmap_coverage=cell is not None,
        heatmap=_present_cell(cell),
        job=job,
        drivers=_present_drivers(point_score) if is_explained else None,
        diversity=round(point_score.diversity, 4) if is_explained else None,
        constants=scoring.constants() if is_explained else None,
    )


def _may_schedule(request: Request) -> bool:
    """Whether the request may create a job: its key may write, and it is not a link on another site with a session."""
    caller = auth.get_caller(request)
    return request.method == "GET" and caller.session_hash is None and Scope.WRITE in caller.scopes


async def _schedule_around(
    platform: Platform, conn: Connection, user: User, point: ScoreQuery
) -> CoveringJobModel | None:
    """Create a job for the region around the point, or return the job that another request has just created.

    None if the user may have no more unfinished jobs: the score is an answer without it.
    """
    with suppress(LimitReached):
        async with platform.pending_limit.creator(user) as creator, conn.transaction():
            await regions.lock_scheduling(conn)
            job = _present_job(await regions.find_covering_job(conn, point.latitude, point.longitude))
            if job is not None:
                return job
            grid = Grid.around(point.latitude, point.longitude, DEFAULT_GRID_STEP)
            inserted = await insert_job(conn, creator, HeatmapComputeArgs.for_grid(grid), grid, None)
            return CoveringJobModel(
                job_id=inserted.id, status=Status(inserted.status), is_new=inserted.is_new, grid_step=grid.step
            )
    return None


def _present_job(job: CoveringJob | None) -> CoveringJobModel | None:
    if job is None:
        return None
    return CoveringJobModel(job_id=job.id, status=Status(job.status), is_new=False, grid_step=job.grid_step)


def _present_cell(cell: CellScore | None) -> CellScoreModel | None:
    if cell is None:
        return None
    return CellScoreModel(grid_step=cell.grid_step, score=cell.score, computed_at=cell.computed_at)


def _present_drivers(point_score: PointScore) -> list[DriverModel]:
    return [_present_driver(driver) for driver in point_score.drivers]


def _present_driver(driver: Driver) -> DriverModel:
    return DriverModel(
        name=driver.poi.name,
        category=driver.poi.category,
        latitude=driver.poi.latitude,
        longitude=driver.poi.longitude,
        metres=round(driver.km * 1000),
        rank=driver.rank + 1,
        decay=round(driver.decay, 4),
        contribution=round(driver.contribution, 4),
    )
