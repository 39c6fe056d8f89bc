"""Heat map regions: scheduling their computation, listing and resetting them."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.heatmaps import pois, regions
from app.db.heatmaps.regions import HeatRegion
from app.db.jobs import records as jobs
from app.domain.heatmaps.bounds import InvalidRegion
from app.domain.heatmaps.grid import Grid
from app.domain.heatmaps.kinds import HEATMAP_COMPUTE, HeatmapComputeArgs
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.jobs.status import ACTIVE, Status
from app.errors import BadRequest, Conflict
from app.web.accounts import auth
from app.web.dialects.jobs import HEATMAP_STATUS_NAMES
from app.web.heatmaps import cities
from app.web.http import idempotency, request_parsing
from app.web.http.pagination import Paging, page_of
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.platform import get_platform


async def schedule(request: Request) -> Response:
    """Create a job for `{citySlug | bounds, gridStep, force}`.

    Returns `isNew: false` with the active job for the same region, or with the job that computed the region if it is
    up to date; `force` computes it again.

    202 `{"jobId", "status", "isNew", "gridStep", "bounds", "estimatedCells", "poll_interval_ms"}`.
    """
    user = await auth.require(request)
    raw, args = await _read_args(request)

    async def create(conn: Connection) -> Response:
        grid, city_id = await _resolve_region(conn, args)
        return await _schedule(conn, user, args, grid, city_id)

    response = await idempotency.run_once(request, user, raw, create)
    get_platform(request).dispatcher.schedule_pass()
    return response


async def _read_args(request: Request) -> tuple[bytes, HeatmapComputeArgs]:
    """Return the body, raw and as arguments. Raises Invalid."""
    raw, body = await request_parsing.read_json(request)
    try:
        return raw, HeatmapComputeArgs.model_validate(body)
    except ValidationError as error:
        raise invalid(error) from None


async def _resolve_region(conn: Connection, args: HeatmapComputeArgs) -> tuple[Grid, int | None]:
    """Return the requested cells and the id of their city, if they were requested by city.

    Raises NotFound for an unknown city, BadRequest for too many cells.
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


async def _schedule(
    conn: Connection, user: User, args: HeatmapComputeArgs, grid: Grid, city_id: int | None
) -> Response:
    await regions.lock_scheduling(conn)
    region = await regions.find(conn, grid)
    if region and not args.force and region.job_id and region.computed_at:
        digest = await pois.get_digest(conn, grid.bounds)
        if region.job_status not in ACTIVE and not region.is_stale(digest):
            return _accepted(grid, region.job_id, str(region.job_status), is_new=False)
    inserted = await insert_job(conn, user, args, grid, city_id)
    if inserted.is_new:
        details = _audit_details(args, grid, grid.cells)
        await audit.record(conn, "HEATMAP_QUEUED", details, user_id=user.id, job_id=inserted.id)
    status = Status.PENDING if inserted.is_new else await jobs.get_status(conn, inserted.id)
    return _accepted(grid, inserted.id, status, is_new=inserted.is_new)


async def insert_job(
    conn: Connection, user: User, args: HeatmapComputeArgs, grid: Grid, city_id: int | None
) -> jobs.Inserted:
    """Insert the job and register its region, unless a job for the same region is active.

    The caller holds `regions.lock_scheduling`.
    """
    [inserted] = await jobs.insert(conn, [HEATMAP_COMPUTE.new_job(args, total_items=grid.cells)], user.id)
    if inserted.is_new:
        await regions.register(conn, grid, city_id, inserted.id)
    return inserted


def _accepted(grid: Grid, job_id: UUID, status: str, *, is_new: bool) -> Response:
    content = {
        "jobId": job_id,
        "status": HEATMAP_STATUS_NAMES.get(status, status),
        "isNew": is_new,
        "gridStep": grid.step,
        "bounds": grid.bounds.as_dict(),
        "estimatedCells": grid.cells,
        "poll_interval_ms": FIRST_MS,
    }
    return JSON(content, 202, {"Location": f"/api/jobs/{job_id}", "Retry-After": retry_after(FIRST_MS)})


def _audit_details(args: HeatmapComputeArgs, grid: Grid, cells: int) -> dict[str, Any]:
    return {"citySlug": args.city_slug, "gridStep": grid.step, "bounds": grid.bounds.as_dict(), "cells": cells}


async def reset(request: Request) -> Response:
    """Delete the region `{citySlug | bounds, gridStep}` with its cells. Overlapping regions become incomplete.

    200 `{"removed": cells, "gridStep", "bounds"}`.
    """
    user = await auth.require(request, admin=True)
    platform = get_platform(request)
    _, args = await _read_args(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        grid, _city_id = await _resolve_region(conn, args)
        await regions.lock_scheduling(conn)
        region = await regions.find(conn, grid)
        if region and region.job_status in ACTIVE:
            raise Conflict(f"Job {region.job_id} is computing this region; cancel it first.", jobId=str(region.job_id))
        removed = await regions.delete(conn, grid)
        await audit.record(conn, "HEATMAP_RESET", _audit_details(args, grid, removed), user_id=user.id)
    return JSON({"removed": removed, "gridStep": grid.step, "bounds": grid.bounds.as_dict()})


class RegionQuery(Paging):
    limit: int = Field(default=50, ge=1, le=200)
    grid_step: float | None = Field(default=None, alias="gridStep")
    stale: Literal["true", "false"] | None = None


async def index(request: Request) -> Response:
    """List the requested regions, newest first, each with how it was computed and whether it is `stale`.

    A region is stale if points of interest have changed since. The `stale` filter applies within the page.

    200 `{"regions": [region], "total", "limit", "offset"}`.
    """
    await auth.require_reader(request)
    platform = get_platform(request)
    page = request_parsing.parse_query(request, RegionQuery)
    async with platform.pool.acquire() as conn:
        found, total = await regions.list_page(conn, step=page.grid_step, limit=page.limit, offset=page.offset)
        presented = []
        for region in found:
            stale = None
            if region.computed_at is not None:
                stale = region.is_stale(await pois.get_digest(conn, region.grid.bounds))
            if page.stale is None or stale is (page.stale == "true"):
                presented.append(present_region(region) | {"stale": stale})
    return JSON(page_of("regions", presented, total, page))


def present_region(region: HeatRegion) -> dict[str, Any]:
    """Return a region as JSON."""
    return {
        "id": str(region.id),
        "citySlug": region.city_slug,
        "gridStep": region.grid.step,
        "bounds": region.grid.bounds.as_dict(),
        "cells": region.grid.cells,
        "jobId": region.job_id and str(region.job_id),
        "jobStatus": region.job_status and HEATMAP_STATUS_NAMES.get(region.job_status, region.job_status),
        "computedAt": region.computed_at,
        "method": region.method,
        "constants": region.constants,
        "pois": region.pois and region.pois.count,
    }
