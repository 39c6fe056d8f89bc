"""Heat maps in the paths and words of document 002: `running` for `processing`, `lat` and `lng` for coordinates."""

from __future__ import annotations

from pydantic import AliasChoices, Field
from starlette.requests import Request
from starlette.responses import Response

from app.errors import AlreadyInProgress, Conflict, LimitReached, NotFound
from app.web.heatmaps import cells, regions, scheduling
from app.web.heatmaps import score as scores
from app.web.heatmaps.cells import CellQuery, CellsFields
from app.web.heatmaps.regions import RegionFields, RegionModel, RegionQuery
from app.web.heatmaps.scheduling import HeatmapRequest, HeatmapScheduled, ScheduledFields
from app.web.heatmaps.score import (
    MAX_POINT_LATITUDE,
    CoveringJobFields,
    DriverFields,
    DriverModel,
    ScoreFields,
    ScoreQuery,
)
from app.web.heatmaps.status_names import HEATMAP_STATUS_NAMES, HeatmapStatus
from app.web.http.models import KeysetPageModel, is_none
from app.web.http.operation import IDEMPOTENCY_KEY, IF_NONE_MATCH, LOCATION, RETRY_AFTER, Access, Reply, operation
from app.web.http.responses import JSON

TAG = "Documents' dialects"
JOBS_PATH = "/api/jobs"


class DialectRegion(RegionFields[HeatmapStatus]):
    """A region, in the words of document 002."""


class DialectRegionPage(KeysetPageModel):
    regions: list[DialectRegion]


class DialectCells(CellsFields):
    """Cells, in the words of document 002."""

    regions: list[DialectRegion]
    """The computed regions that overlap with the rectangle; at most 200."""


class DialectScheduled(ScheduledFields[HeatmapStatus]):
    """A job, in the words of document 002."""


class DialectCoveringJob(CoveringJobFields[HeatmapStatus]):
    """The job that computes a heat map around a point, in the words of document 002."""


class DialectDriver(DriverFields):
    """A point of interest that counts towards a score, in the words of document 002."""

    lat: float
    lng: float


class DialectScore(ScoreFields):
    """The score of a point, in the words of document 002."""

    lat: float
    lng: float
    job: DialectCoveringJob | None
    drivers: list[DialectDriver] | None = Field(default=None, exclude_if=is_none)


class DialectScoreQuery(ScoreQuery):
    latitude: float = Field(
        validation_alias=AliasChoices("lat", "latitude"), ge=-MAX_POINT_LATITUDE, le=MAX_POINT_LATITUDE
    )
    """In degrees (WGS 84)."""
    longitude: float = Field(validation_alias=AliasChoices("lng", "lon", "longitude"), ge=-180, le=180)


def _present_region(region: RegionModel) -> DialectRegion:
    status = region.job_status and HEATMAP_STATUS_NAMES[region.job_status]
    return DialectRegion(**dict(region) | {"job_status": status})


def _present_scheduled(scheduled: HeatmapScheduled) -> DialectScheduled:
    return DialectScheduled(**dict(scheduled) | {"status": HEATMAP_STATUS_NAMES[scheduled.status]})


def _present_driver(driver: DriverModel) -> DialectDriver:
    fields = {name: getattr(driver, name) for name in DriverFields.model_fields}
    return DialectDriver(**fields, lat=driver.latitude, lng=driver.longitude)


@operation(
    "scheduleHeatmapDialect",
    tag=TAG,
    headers=[IDEMPOTENCY_KEY],
    body=HeatmapRequest,
    returns={202: Reply(DialectScheduled, headers=[LOCATION, RETRY_AFTER])},
    errors=[AlreadyInProgress, Conflict, LimitReached, NotFound],
)
async def schedule(request: Request) -> Response:
    """Create a job that computes the heat map of a region, in the words of document 002.

    As `POST /api/v1/heatmap/schedule`.
    """
    return await scheduling.create_job(request, _present_scheduled, JOBS_PATH)


@operation(
    "listHeatCellsDialect",
    tag=TAG,
    access=Access.PUBLIC_READS,
    query=CellQuery,
    headers=[IF_NONE_MATCH],
    returns=cells.cells_reply(DialectCells),
)
async def list_cells(request: Request) -> Response:
    """List the heat cells whose centers lie in a rectangle, in the words of document 002.

    As `GET /api/v1/heatmap`.
    """
    return await cells.cells_response(request, _present_region, ("lat", "lng"))


@operation(
    "listRegionsDialect", tag=TAG, access=Access.PUBLIC_READS, query=RegionQuery, returns={200: DialectRegionPage}
)
async def list_regions(request: Request) -> Response:
    """List the regions of heat maps, in the words of document 002.

    As `GET /api/v1/heatmap/regions`.
    """
    page = await regions.read_page(request)
    presented = [_present_region(region) for region in page.regions]
    return JSON(DialectRegionPage(**dict(page) | {"regions": presented}))


@operation("getScoreDialect", tag=TAG, access=Access.PUBLIC_READS, query=DialectScoreQuery, returns={200: DialectScore})
async def score(request: Request) -> Response:
    """Return the score of a point, in the words of document 002.

    As `GET /api/v1/score`.
    """
    found = await scores.read_score(request, DialectScoreQuery)
    job = None
    if found.job is not None:
        job = DialectCoveringJob(**dict(found.job) | {"status": HEATMAP_STATUS_NAMES[found.job.status]})
    drivers = None if found.drivers is None else [_present_driver(driver) for driver in found.drivers]
    fields = {name: getattr(found, name) for name in ScoreFields.model_fields}
    return JSON(DialectScore(**fields, lat=found.latitude, lng=found.longitude, job=job, drivers=drivers))
