"""Heat maps: asking for regions, reading their cells, and what is known of how they were computed."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

import asyncpg
import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.heatmaps import pois
from app.db.heatmaps import regions as heatmaps
from app.db.jobs import records as jobs
from app.domain.heatmaps.bounds import Bounds, InvalidRegion
from app.domain.heatmaps.fields import DEFAULT_GRID_STEP, check_step
from app.domain.heatmaps.grid import MICRODEGREES, Grid
from app.domain.heatmaps.kinds import HeatmapComputeArgs
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.jobs.spec import NewJob
from app.domain.jobs.status import ACTIVE, Status
from app.errors import BadRequest, Conflict
from app.web.accounts import auth
from app.web.dialects.jobs import RUNNING
from app.web.heatmaps import cities
from app.web.http import idempotency, request_parsing
from app.web.http.pagination import Paging, page_of
from app.web.http.problems import invalid
from app.web.http.responses import JSON, encode
from app.web.jobs.records import matches
from app.web.platform import Platform, get_platform

KIND = "heatmap_compute"
MOST_ANSWERED = 100_000
"""Cells in one answer."""
MOST_REGIONS = 200
"""Of those that the cells belong to."""


async def schedule(request: Request) -> Response:
    """`{citySlug | bounds, gridStep, force}`. An active job for the same region is answered with `isNew: false`, and so
    is the one that computed it, where nothing has changed since; `force` computes it again."""
    user = await auth.require(request)
    platform = get_platform(request)
    raw, args = await _args(request)

    async def create(conn: Connection) -> Response:
        grid, city_id = await _grid(conn, args)
        return await _schedule(conn, platform, user, args, grid, city_id)

    response = await idempotency.once(request, user, raw, create)
    platform.dispatcher.nudge()
    return response


async def _args(request: Request) -> tuple[bytes, HeatmapComputeArgs]:
    raw, body = await request_parsing.read_json(request)
    try:
        return raw, HeatmapComputeArgs.model_validate(body)
    except ValidationError as error:
        raise invalid(error) from None


async def _grid(conn: Connection, args: HeatmapComputeArgs) -> tuple[Grid, int | None]:
    """The cells that are asked for, and whose city they are. Raises NotFound, BadRequest for too many."""
    city_id = None
    if args.bounds is not None:
        bounds = args.bounds.bounds()
    else:
        assert args.city_slug is not None
        row = await cities.find(conn, args.city_slug)
        city_id, bounds = row["id"], Bounds(row["south"], row["west"], row["north"], row["east"])
    grid = Grid.covering(bounds, args.grid_step)
    try:
        grid.check_size()
    except InvalidRegion as error:
        raise BadRequest(f"{str(error)[0].upper()}{str(error)[1:]}.", estimatedCells=grid.cells) from None
    return grid, city_id


async def _schedule(
    conn: Connection, platform: Platform, user: User, args: HeatmapComputeArgs, grid: Grid, city_id: int | None
) -> Response:
    await heatmaps.lock(conn)
    known = await heatmaps.region(conn, grid)
    if known and not args.force and known["job_id"] and known["computed_at"]:
        now = await pois.digest(conn, grid.bounds)
        if known["job_status"] not in ACTIVE and not heatmaps.is_stale(known, now):
            return _answer(grid, known["job_id"], known["job_status"], is_new=False)
    inserted = await insert(conn, platform, user, args, grid, city_id)
    details = {"citySlug": args.city_slug, "gridStep": grid.step, "bounds": grid.bounds.as_dict(), "cells": grid.cells}
    if inserted.is_new:
        await audit.record(conn, "HEATMAP_QUEUED", details, user_id=user.id, job_id=inserted.id)
    status = Status.PENDING if inserted.is_new else await jobs.status(conn, inserted.id)
    return _answer(grid, inserted.id, status, is_new=inserted.is_new)


async def insert(
    conn: Connection, platform: Platform, user: User, args: HeatmapComputeArgs, grid: Grid, city_id: int | None
) -> jobs.Inserted:
    """Make the job, unless one of the same region is active, and enter its region. Holds heatmaps.lock already."""
    spec = platform.specs[KIND]
    data = args.model_dump_json(by_alias=True, exclude_none=True).encode()
    [inserted] = await jobs.insert(
        conn, [NewJob(spec, data, dedupe_key=spec.dedupe_key(args), total_items=grid.cells)], user.id
    )
    if inserted.is_new:
        await heatmaps.ask_for(conn, grid, city_id, inserted.id)
    return inserted


def _answer(grid: Grid, job_id: Any, status: str, *, is_new: bool) -> Response:
    content = {
        "jobId": job_id,
        "status": RUNNING.get(status, status),
        "isNew": is_new,
        "gridStep": grid.step,
        "bounds": grid.bounds.as_dict(),
        "estimatedCells": grid.cells,
        "poll_interval_ms": FIRST_MS,
    }
    return JSON(content, 202, {"Location": f"/api/jobs/{job_id}", "Retry-After": retry_after(FIRST_MS)})


async def reset(request: Request) -> Response:
    """Forget a region: `{citySlug | bounds, gridStep}`. What was computed for others that overlap it goes too."""
    user = await auth.require(request, admin=True)
    platform = get_platform(request)
    _, args = await _args(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        grid, _city = await _grid(conn, args)
        await heatmaps.lock(conn)
        known = await heatmaps.region(conn, grid)
        if known and known["job_status"] in ACTIVE:
            job_id = known["job_id"]
            raise Conflict(f"Job {job_id} is computing this region; cancel it first.", jobId=job_id)
        removed = await heatmaps.reset(conn, grid)
        details = {"citySlug": args.city_slug, "gridStep": grid.step, "bounds": grid.bounds.as_dict(), "cells": removed}
        await audit.record(conn, "HEATMAP_RESET", details, user_id=user.id)
    return JSON({"removed": removed, "gridStep": grid.step, "bounds": grid.bounds.as_dict()})


def _bbox(value: Any) -> Bounds:
    """`west,south,east,north` in degrees, as GeoJSON has them."""
    try:
        west, south, east, north = (float(part) for part in str(value).split(","))
    except ValueError:
        raise ValueError("must be west,south,east,north in degrees, such as -86.95,21.0,-86.7,21.25") from None
    return Bounds(south, west, north, east)


class CellQuery(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    bbox: Annotated[Bounds, BeforeValidator(_bbox)]
    gridStep: float = DEFAULT_GRID_STEP
    format: Literal["json", "geojson"] = "json"

    _step = field_validator("gridStep")(check_step)


async def cells(request: Request) -> Response:
    """The cells whose centres lie in `bbox`, as `[lat, lng, score]` or as GeoJSON squares, with an ETag."""
    await auth.reader(request)
    platform = get_platform(request)
    asked = request_parsing.query(request, CellQuery)
    async with platform.pool.acquire() as conn:
        count, latest = await heatmaps.version(conn, asked.bbox, asked.gridStep, MOST_ANSWERED)
        if count > MOST_ANSWERED:
            raise BadRequest(
                f"There are more cells in this bbox than one answer may have ({MOST_ANSWERED:,}): take a smaller bbox,"
                " a coarser gridStep, or the PNG tiles.",
                limit=MOST_ANSWERED,
            )
        headers = {"ETag": etag(count, latest, asked.format), "Cache-Control": "no-cache"}
        if matches(request.headers.get("if-none-match"), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        found = await heatmaps.cells(conn, asked.bbox, asked.gridStep)
        regions = await heatmaps.computed_regions(conn, asked.bbox, asked.gridStep)
    write = _geojson if asked.format == "geojson" else _compact
    media_type = "application/geo+json" if asked.format == "geojson" else "application/json"
    body = await asyncio.to_thread(write, asked, found, [region(row) for row in regions[:MOST_REGIONS]])
    return Response(body, headers=headers, media_type=media_type)


def etag(count: int, latest: Any, *more: object) -> str:
    """Of cells in some bounds, as `heatmaps.version` tells them."""
    moment = int(latest.timestamp() * 1_000_000) if latest else 0
    return f'"{"-".join(map(str, (f"{count:x}", f"{moment:x}", *more)))}"'


def _compact(asked: CellQuery, found: list[asyncpg.Record], regions: list[dict[str, Any]]) -> bytes:
    bbox = (asked.bbox.west, asked.bbox.south, asked.bbox.east, asked.bbox.north)
    head = {"gridStep": asked.gridStep, "bbox": bbox, "total": len(found), "regions": regions}
    return encode({**head, "cells": [tuple(cell) for cell in found]})


def _geojson(asked: CellQuery, found: list[asyncpg.Record], regions: list[dict[str, Any]]) -> bytes:
    """RFC 7946. Each cell is a square with its `score`, counter-clockwise; the regions stand beside the features."""
    half = round(asked.gridStep * MICRODEGREES) // 2

    def feature(cell: asyncpg.Record) -> str:
        lat, lng = round(cell[0] * MICRODEGREES), round(cell[1] * MICRODEGREES)
        south, north = (lat - half) / MICRODEGREES, (lat + half) / MICRODEGREES
        west, east = (lng - half) / MICRODEGREES, (lng + half) / MICRODEGREES
        ring = f"[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]"
        return (
            f'{{"type":"Feature","geometry":{{"type":"Polygon","coordinates":[{ring}]}},'
            f'"properties":{{"score":{cell[2]},"lat":{cell[0]},"lng":{cell[1]}}}}}'
        )

    features = orjson.Fragment("[" + ",".join(map(feature, found)) + "]")
    return encode({"type": "FeatureCollection", "gridStep": asked.gridStep, "regions": regions, "features": features})


class RegionQuery(Paging):
    limit: int = Field(default=50, ge=1, le=200)
    gridStep: float | None = None
    stale: Literal["true", "false"] | None = None


async def regions(request: Request) -> Response:
    """The regions that were asked for, the latest first, each with how and from what it was computed; `stale` where
    points of interest have changed since. A filter by that applies to the page."""
    await auth.reader(request)
    platform = get_platform(request)
    paging = request_parsing.query(request, RegionQuery)
    async with platform.pool.acquire() as conn:
        rows, total = await heatmaps.regions(conn, step=paging.gridStep, limit=paging.limit, offset=paging.offset)
        listed = []
        for row in rows:
            stale = None
            if row["computed_at"] is not None:
                stale = heatmaps.is_stale(row, await pois.digest(conn, heatmaps.grid_of(row).bounds))
            if paging.stale is None or stale is (paging.stale == "true"):
                listed.append(region(row) | {"stale": stale})
    return JSON(page_of("regions", listed, total, paging))


def region(row: asyncpg.Record) -> dict[str, Any]:
    grid = heatmaps.grid_of(row)
    return {
        "id": str(row["id"]),
        "citySlug": row["city_slug"],
        "gridStep": grid.step,
        "bounds": grid.bounds.as_dict(),
        "cells": grid.cells,
        "jobId": row["job_id"] and str(row["job_id"]),
        "jobStatus": row["job_status"] and RUNNING.get(row["job_status"], row["job_status"]),
        "computedAt": row["computed_at"],
        "method": row["method"],
        "constants": row["constants"] and orjson.Fragment(row["constants"]),
        "pois": row["pois"],
    }
