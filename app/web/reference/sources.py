"""The sources of reference data: list, read and remove."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.jobs import records as jobs
from app.db.reference import sources
from app.db.reference.sources import ReferenceSource
from app.domain.imports.kinds import REFERENCE_CLEANUP, ReferenceCleanupArgs
from app.errors import LimitReached, NotFound
from app.web.accounts import auth
from app.web.http.models import ResponseModel
from app.web.http.operation import Reply, operation
from app.web.http.request_parsing import path_id
from app.web.http.responses import JSON
from app.web.platform import get_platform


class ReferenceBounds(ResponseModel):
    """The rectangle around the houses of a source, in degrees (WGS 84)."""

    south: float = Field(ge=-90, le=90)
    west: float = Field(ge=-180, le=180)
    north: float = Field(ge=-90, le=90)
    east: float = Field(ge=-180, le=180)


class ReferenceSourceModel(ResponseModel):
    """Reference data from one file."""

    id: UUID
    name: str
    """Data of the same name replace it."""
    kind: Literal["points", "parcels", "confirmed"]
    """`confirmed` are the households that a person placed."""
    country: str
    """ISO 3166-1 alpha-2."""
    area: str | None
    """The county, city or state that it is about, such as `us-nc-durham`; null if it was not found."""
    rows: int
    """Houses with coordinates."""
    dated: date | None
    """The day of the data; null if the sender did not say."""
    imported_at: datetime
    licence: str | None
    attribution: str | None
    shared: bool
    """Whether it answers the questions of all users."""
    is_mine: bool
    bounds: ReferenceBounds | None
    coverage: dict[str, int]
    """How many houses it has in each postcode; those without one are under the empty name."""


class ReferenceSourceList(ResponseModel):
    sources: list[ReferenceSourceModel]
    """By name."""
    total: int


_KINDS: dict[str, Literal["points", "parcels", "confirmed"]] = {
    "points": "points",
    "parcels": "parcels",
    "confirmed": "confirmed",
}


def present_source(source: ReferenceSource, user_id: UUID) -> ReferenceSourceModel:
    bounds = None
    if source.bounds is not None:
        south, west, north, east = source.bounds
        bounds = ReferenceBounds(south=south, west=west, north=north, east=east)
    return ReferenceSourceModel(
        id=source.run,
        name=source.name,
        kind=_KINDS[source.kind],
        country=source.country,
        area=source.area,
        rows=source.rows,
        dated=source.dated,
        imported_at=source.completed_at,
        licence=source.licence,
        attribution=source.attribution,
        shared=source.shared,
        is_mine=source.created_by == user_id,
        bounds=bounds,
        coverage=source.postcodes,
    )


@operation("listReference", tag="Reference data", returns={200: ReferenceSourceList})
async def index(request: Request) -> Response:
    """List the reference data that answer your questions, with area, date and coverage; administrators see all."""
    user = await auth.require(request)
    async with get_platform(request).pool.acquire() as conn:
        found = await sources.list_visible(conn, user.id, all_users=user.is_admin)
    return JSON(ReferenceSourceList(sources=[present_source(one, user.id) for one in found], total=len(found)))


@operation("readReference", tag="Reference data", returns={200: ReferenceSourceModel}, errors=[NotFound])
async def read(request: Request) -> Response:
    """Return one source of reference data."""
    user = await auth.require(request)
    source_id = path_id(request)
    async with get_platform(request).pool.acquire() as conn:
        found = await sources.list_visible(conn, user.id, all_users=user.is_admin, run=source_id)
    if not found:
        raise NotFound(f"Reference data {source_id} not found.")
    return JSON(present_source(found[0], user.id))


@operation("deleteReference", tag="Reference data", returns={204: Reply()}, errors=[NotFound, LimitReached])
async def delete(request: Request) -> Response:
    """Remove reference data of yours; administrators can remove all.

    It answers nothing any more at once; a job deletes its rows.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    source_id = path_id(request)
    async with (
        platform.pending_limit.creator(user) as creator,
        platform.pool.acquire() as conn,
        conn.transaction(),
    ):
        if not await sources.remove(conn, source_id, user.id, all_users=user.is_admin):
            raise NotFound(f"Reference data {source_id} of yours not found.")
        await audit.record(conn, "REFERENCE_REMOVED", {"id": str(source_id)}, user_id=user.id)
        await jobs.insert(conn, [REFERENCE_CLEANUP.new_job(ReferenceCleanupArgs())], creator)
    platform.dispatcher.schedule_pass()
    return Response(status_code=204)
