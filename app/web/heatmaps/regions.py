"""The regions of heat maps that were requested, and how each was computed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Generic, Literal, TypeVar
from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.heatmaps import pois, regions
from app.db.heatmaps.regions import HeatRegion
from app.db.jobs import records as jobs
from app.domain.heatmaps.fields import GridStep
from app.domain.jobs.status import Status
from app.web.accounts import auth
from app.web.heatmaps.bounds import BoundsModel, present_bounds
from app.web.http import request_parsing
from app.web.http.models import KeysetPageModel, RawObject, RequestModel, ResponseModel, is_none
from app.web.http.operation import Access, operation
from app.web.http.pagination import KeysetPaging, keyset_fields
from app.web.http.responses import JSON
from app.web.jobs.access import reader_id
from app.web.platform import get_platform

StatusName = TypeVar("StatusName")


class RegionFields(ResponseModel, Generic[StatusName]):
    """A region of a heat map, with its latest job."""

    id: UUID
    city_slug: str | None
    """The city for which it was requested; null if it was requested by bounds."""
    grid_step: float
    """The size of its cells, in degrees."""
    bounds: BoundsModel
    """The outer edges of its cells."""
    cells: int
    """The number of its cells."""
    job_id: UUID | None
    """Null if the job is another user's, or deleted."""
    job_status: StatusName | None
    computed_at: datetime | None
    """Null until all cells are stored."""
    method: str | None
    """The formula of the scores."""
    constants: RawObject | None
    """The constants of that formula."""
    pois: int | None
    """Points of interest from which it was computed."""
    stale: bool | None = Field(default=None, exclude_if=is_none)
    """Whether points of interest have changed since it was computed. Only in lists of regions."""


class RegionModel(RegionFields[Status]):
    """A region of a heat map, with its latest job."""


class RegionQuery(RequestModel, KeysetPaging):
    limit: int = Field(default=50, ge=1, le=200)
    """Entries per page."""
    grid_step: GridStep | None = None
    """Only regions with cells of this size, in degrees."""
    stale: Literal["true", "false"] | None = None
    """Only regions that are stale, or up to date. Applies within the page, which may therefore have fewer entries."""


class RegionPage(KeysetPageModel):
    """A page of the list of regions."""

    regions: list[RegionModel]
    """The newest first."""


@operation("listRegions", tag="Heat maps", access=Access.PUBLIC_READS, query=RegionQuery, returns={200: RegionPage})
async def index(request: Request) -> Response:
    """List the regions of heat maps, newest first, each with how it was computed.

    A region is stale if points of interest have changed since.
    """
    return JSON(await read_page(request))


async def read_page(request: Request) -> RegionPage:
    """Return the page that a request asks for."""
    user = await auth.require_reader(request)
    platform = get_platform(request)
    query = request_parsing.parse_query(request, RegionQuery)
    async with platform.pool.acquire() as conn:
        page = await regions.list_page(
            conn, step=query.grid_step, before=query.cursor, limit=query.limit, offset=query.offset
        )
        readable = await list_readable(conn, (region.job_id for region in page.rows), user)
        presented = []
        for region in page.rows:
            stale = None
            if region.computed_at is not None:
                stale = region.is_stale(await pois.get_digest(conn, region.grid.bounds))
            if query.stale is None or stale is (query.stale == "true"):
                presented.append(present_region(region, readable, stale=stale))
    return RegionPage(regions=presented, **keyset_fields(page, query, lambda region: region.id))


async def list_readable(conn: Connection, job_ids: Iterable[UUID | None], user: User | None) -> set[UUID]:
    """Return those of the jobs that the user, or everybody if None, may read."""
    ids = [job_id for job_id in job_ids if job_id is not None]
    return await jobs.list_readable(conn, ids, reader_id(user)) if user and ids else set()


def present_region(region: HeatRegion, readable: set[UUID], *, stale: bool | None = None) -> RegionModel:
    return RegionModel(
        id=region.id,
        city_slug=region.city_slug,
        grid_step=region.grid.step,
        bounds=present_bounds(region.grid.bounds),
        cells=region.grid.cells,
        job_id=region.job_id if region.job_id in readable else None,
        job_status=None if region.job_status is None else Status(region.job_status),
        computed_at=region.computed_at,
        method=region.method,
        constants=region.constants,
        pois=None if region.pois is None else region.pois.count,
        stale=stale,
    )
