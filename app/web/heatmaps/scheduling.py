"""Scheduling the computation of heat maps, and resetting them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.heatmaps import pois, regions
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.domain.heatmaps.bounds import InvalidRegion
from app.domain.heatmaps.grid import Grid
from app.domain.heatmaps.kinds import HEATMAP_COMPUTE, HeatmapComputeArgs, RegionArgs
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.jobs.status import ACTIVE, Status
from app.errors import AlreadyInProgress, BadRequest, Conflict, LimitReached, NotFound
from app.web.accounts import auth
from app.web.heatmaps import cities
from app.web.heatmaps.bounds import BoundsModel, present_bounds
from app.web.heatmaps.regions import StatusName, list_readable
from app.web.http import idempotency, request_parsing
from app.web.http.models import RequestModel, ResponseModel
from app.web.http.operation import IDEMPOTENCY_KEY, LOCATION, RETRY_AFTER, Access, Reply, operation
from app.web.http.responses import JSON
from app.web.http.schema_types import RunAt
from app.web.jobs.presenters import PollInterval
from app.web.platform import get_platform

Args = TypeVar("Args", bound=BaseModel)
JOBS_PATH = "/api/v1/jobs"


class HeatmapRequest(HeatmapComputeArgs, RequestModel):
    """The region to compute."""

    run_at: RunAt | None = None


class ResetRequest(RegionArgs, RequestModel):
    """The region whose cells to delete."""


class ScheduledFields(ResponseModel, Generic[StatusName]):
    job_id: UUID | None
    """The job that computes the region, or that has computed it; null if the latter is another user's."""
    status: StatusName
    """The status of that job."""
    is_new: bool
    """False if the region is up to date, or an active job computes it."""
    grid_step: float
    """The size of the cells, in degrees."""
    bounds: BoundsModel
    """The outer edges of the cells."""
    estimated_cells: int
    poll_interval_ms: PollInterval = FIRST_MS


class HeatmapScheduled(ScheduledFields[Status]):
    """The job that computes a region."""


class HeatmapReset(ResponseModel):
    """What was deleted."""

    removed: int
    """Cells."""
    grid_step: float
    """The size of the cells, in degrees."""
    bounds: BoundsModel
    """The outer edges of the cells."""


@operation(
    "scheduleHeatmap",
    tag="Heat maps",
    headers=[IDEMPOTENCY_KEY],
    body=HeatmapRequest,
    returns={202: Reply(HeatmapScheduled, headers=[LOCATION, RETRY_AFTER])},
    errors=[AlreadyInProgress, Conflict, LimitReached, NotFound],
)
async def schedule(request: Request) -> Response:
    """Create a job that computes the heat map of a region.

    If an active job computes the region, or the region is up to date, the response has that job, with `isNew` false;
    `force` computes the region again. A name that several cities share is a 400 with their slugs as `candidates`. A
    region may have 1,000,000 cells.
    """
    return await create_job(request, lambda scheduled: scheduled, JOBS_PATH)


async def create_job(
    request: Request, present: Callable[[HeatmapScheduled], ResponseModel], jobs_path: str
) -> Response:
    """Respond as `schedule` does, with the body that `present` makes of it, and the job's address under `jobs_path`."""
    user = await auth.require(request)
    raw, asked = await _read_body(request, HeatmapRequest)
    platform = get_platform(request)

    async def create(conn: Connection) -> Response:
        scheduled = await _schedule(conn, user, creator, asked)
        headers = {"Retry-After": retry_after(FIRST_MS)}
        if scheduled.job_id is not None:
            headers["Location"] = f"{jobs_path}/{scheduled.job_id}"
        return JSON(present(scheduled), 202, headers)

    async with platform.pending_limit.creator(user) as creator:
        response = await idempotency.run_once(request, user, raw, create)
    platform.dispatcher.schedule_pass()
    return response


async def _read_body(request: Request, model: type[Args]) -> tuple[bytes, Args]:
    """Return the body, raw and as a model. Raises Invalid."""
    raw, body = await request_parsing.read_json(request)
    return raw, request_parsing.validate(model, body)


async def _resolve_region(conn: Connection, args: RegionArgs) -> tuple[Grid, int | None]:
    """Return the requested cells and the id of their city, if they were requested by city.

    Raises NotFound for an unknown city, BadRequest for a name of several cities or too many cells.
    """
    city_id = None
    if args.bounds is not None:
        bounds = args.bounds.bounds()
    else:
        assert args.city_slug is not None
        city = await cities.get_or_store(conn, args.city_slug)
        city_id, bounds = city.id, city.bounds
    grid = Grid.covering(bounds, args.grid_step)
    try:
        grid.check_size()
    except InvalidRegion as error:
        raise BadRequest(f"{str(error)[0].upper()}{str(error)[1:]}.", estimatedCells=grid.cells) from None
    return grid, city_id


async def _schedule(conn: Connection, user: User, creator: Creator, asked: HeatmapRequest) -> HeatmapScheduled:
    grid, city_id = await _resolve_region(conn, asked)
    await regions.lock_scheduling(conn)
    region = await regions.find(conn, grid)
    # by the time of a job for later, the region may no longer be up to date
    if region and not (asked.force or asked.run_at) and region.job_id and region.computed_at:
        digest = await pois.get_digest(conn, grid.bounds)
        if region.job_status not in ACTIVE and not region.is_stale(digest):
            readable = await list_readable(conn, [region.job_id], user)
            job_id = region.job_id if region.job_id in readable else None
            return _present(grid, job_id, str(region.job_status), is_new=False)
    args = HeatmapComputeArgs.model_validate(asked.model_dump(exclude={"run_at"}))
    inserted = await insert_job(conn, creator, args, grid, city_id, run_at=asked.run_at)
    if inserted.is_new:
        details = _audit_details(asked, grid, grid.cells)
        await audit.record(conn, "HEATMAP_QUEUED", details, user_id=user.id, job_id=inserted.id)
    if not inserted.is_readable:
        raise AlreadyInProgress
    return _present(grid, inserted.id, inserted.status, is_new=inserted.is_new)


async def insert_job(
    conn: Connection,
    creator: Creator,
    args: HeatmapComputeArgs,
    grid: Grid,
    city_id: int | None,
    run_at: datetime | None = None,
) -> jobs.Inserted:
    """Insert the job and register its region, unless a job for the same region is active.

    The caller holds `regions.lock_scheduling`.
    """
    new_job = HEATMAP_COMPUTE.new_job(args, total_items=grid.cells, run_at=run_at)
    [inserted] = await jobs.insert(conn, [new_job], creator)
    if inserted.is_new:
        await regions.register(conn, grid, city_id, inserted.id)
    return inserted


def _present(grid: Grid, job_id: UUID | None, status: str, *, is_new: bool) -> HeatmapScheduled:
    return HeatmapScheduled(
        job_id=job_id,
        status=Status(status),
        is_new=is_new,
        grid_step=grid.step,
        bounds=present_bounds(grid.bounds),
        estimated_cells=grid.cells,
    )


def _audit_details(args: RegionArgs, grid: Grid, cells: int) -> dict[str, Any]:
    return {"citySlug": args.city_slug, "gridStep": grid.step, "bounds": grid.bounds.as_dict(), "cells": cells}


@operation(
    "resetHeatmap",
    tag="Heat maps",
    access=Access.ADMIN,
    body=ResetRequest,
    returns={200: HeatmapReset},
    errors=[Conflict, NotFound],
)
async def reset(request: Request) -> Response:
    """Delete the cells of a region.

    Regions that overlap with it become incomplete. It is a 409 while a job computes the region.
    """
    user = await auth.require(request, admin=True)
    platform = get_platform(request)
    _, args = await _read_body(request, ResetRequest)
    async with platform.pool.acquire() as conn, conn.transaction():
        grid, _city_id = await _resolve_region(conn, args)
        await regions.lock_scheduling(conn)
        region = await regions.find(conn, grid)
        if region and region.job_status in ACTIVE:
            raise Conflict(f"Job {region.job_id} is computing this region; cancel it first.", jobId=str(region.job_id))
        removed = await regions.delete(conn, grid)
        await audit.record(conn, "HEATMAP_RESET", _audit_details(args, grid, removed), user_id=user.id)
    return JSON(HeatmapReset(removed=removed, grid_step=grid.step, bounds=present_bounds(grid.bounds)))
