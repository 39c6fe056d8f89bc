"""Schedules: create jobs at the times of a cron expression. Visible to their creator and admins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import asyncpg
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pages import NamePlace
from app.db.core.pool import Connection
from app.db.jobs import schedule_ticks, schedules
from app.db.jobs.creator import Creator
from app.db.jobs.schedules import Schedule
from app.domain.jobs.schedules import BadSchedule, Cron, Missed, Overlap, new_scheduled_job
from app.errors import AlreadyInProgress, Conflict, Invalid, LimitReached, NotFound
from app.web.accounts import auth
from app.web.http import idempotency
from app.web.http.cursors import decode_cursor, encode_cursor
from app.web.http.limits import require_room
from app.web.http.models import KeysetPageModel, RawObject, ResponseModel, raw_object
from app.web.http.operation import IDEMPOTENCY_KEY, LOCATION, RETRY_AFTER, Reply, operation
from app.web.http.pagination import OpaqueKeysetPaging, keyset_fields
from app.web.http.problems import invalid
from app.web.http.request_parsing import parse_query, path_id, read_model
from app.web.http.responses import JSON
from app.web.jobs.access import reader_id
from app.web.jobs.create import JobCreated, created_response, get_creatable_spec
from app.web.jobs.presenters import JobOwner
from app.web.jobs.references import check_references
from app.web.jobs.schedule_requests import NewSchedule, ScheduleChange, apply_change, check
from app.web.platform import get_platform

RUNS_SHOWN = 5


class ScheduleQuery(OpaqueKeysetPaging):
    name: str | None = None
    """The whole name."""


class ScheduleModel(ResponseModel):
    """Creates jobs at the times of a cron expression."""

    id: UUID
    name: str
    cron: str
    timezone: str
    type: str
    data: RawObject
    """The arguments of its jobs."""
    priority: int
    missed: Missed
    """What happens to times that passed while nothing ran."""
    overlap: Overlap
    """What happens while its last job is still active."""
    enabled: bool
    error: str | None
    """Why it was disabled."""
    next_runs: list[datetime]
    """The next five times."""
    next_at: datetime | None
    last_at: datetime | None
    last_job_id: UUID | None
    created_by: JobOwner
    created_at: datetime
    updated_at: datetime


class SchedulePage(KeysetPageModel):
    schedules: list[ScheduleModel]


def present_schedule(schedule: Schedule) -> ScheduleModel:
    return ScheduleModel(
        id=schedule.id,
        name=schedule.name,
        cron=schedule.cron,
        timezone=schedule.timezone,
        type=schedule.kind,
        data=raw_object(schedule.data),
        priority=schedule.priority,
        missed=Missed(schedule.missed),
        overlap=Overlap(schedule.overlap),
        enabled=schedule.enabled,
        error=schedule.error,
        next_runs=next_runs(schedule),
        next_at=schedule.next_at,
        last_at=schedule.last_at,
        last_job_id=schedule.last_job_id,
        created_by=JobOwner(id=schedule.created_by, email=schedule.creator_email, name=schedule.creator_name),
        created_at=schedule.created_at,
        updated_at=schedule.updated_at,
    )


def next_runs(schedule: Schedule) -> list[datetime]:
    """Return the next times of a schedule, including one that is due now; none if it is disabled."""
    if schedule.next_at is None:
        return []
    try:
        cron = Cron(schedule.cron, schedule.timezone)
    except BadSchedule:  # a time zone that this machine's data no longer has: the next tick disables the schedule
        return []
    return list(islice(cron.after(schedule.next_at - timedelta(microseconds=1)), RUNS_SHOWN))


@operation("listSchedules", tag="Schedules", query=ScheduleQuery, returns={200: SchedulePage})
async def index(request: Request) -> Response:
    """List your schedules by name. Administrators see those of all users."""
    user = await auth.require(request)
    platform = get_platform(request)
    paging = parse_query(request, ScheduleQuery)
    after = NamePlace(*decode_cursor(paging.cursor, tuple[str, UUID])) if paging.cursor else None
    async with platform.pool.acquire() as conn:
        page = await schedules.list_schedules(
            conn, reader_id(user), name=paging.name, after=after, limit=paging.limit, offset=paging.offset
        )

    def cursor_of(schedule: Schedule) -> str:
        return encode_cursor(schedule.name, schedule.id)

    entries = [present_schedule(schedule) for schedule in page.rows]
    return JSON(SchedulePage(schedules=entries, **keyset_fields(page, paging, cursor_of)))


@operation("getSchedule", tag="Schedules", returns={200: ScheduleModel})
async def read(request: Request) -> Response:
    """Return a schedule."""
    user = await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        return JSON(present_schedule(await get_schedule(conn, request, user)))


@operation(
    "createSchedule",
    tag="Schedules",
    body=NewSchedule,
    returns={201: Reply(ScheduleModel, headers=[LOCATION])},
    errors=[Conflict, LimitReached],
)
async def create(request: Request) -> Response:
    """Create a schedule."""
    user = await auth.require(request)
    platform = get_platform(request)
    new = await read_model(request, NewSchedule)
    async with platform.pool.acquire() as conn, conn.transaction():
        definition, cron = await check(platform, conn, user, user.id, new.model_dump())
        next_at = next(cron.after(await schedules.get_time(conn))) if definition.enabled else None
        if not user.is_admin:
            current = await schedules.lock_and_count(conn, user.id)
            require_room("schedules", "schedules", current, platform.settings.max_schedules)
        schedule_id = await schedules.insert(conn, definition, next_at, user.id)
        if schedule_id is None:
            raise _name_taken(definition.name)
        await _audit(conn, "SCHEDULE_CREATED", user, schedule_id, new.model_dump())
        schedule = await schedules.get(conn, schedule_id, None)
    assert schedule is not None
    return JSON(present_schedule(schedule), 201, {"Location": f"/api/v1/schedules/{schedule_id}"})


@operation("updateSchedule", tag="Schedules", body=ScheduleChange, returns={200: ScheduleModel}, errors=[Conflict])
async def update(request: Request) -> Response:
    """Change a schedule.

    With another time, or enabled again, it is due next after now. Runs missed while it was disabled are skipped.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    given = (await read_model(request, ScheduleChange)).model_dump(exclude_none=True)
    if not given:
        raise Invalid([("", f"Give at least one of {', '.join(ScheduleChange.model_fields)}.")])
    async with platform.pool.acquire() as conn, conn.transaction():
        schedule = await get_schedule(conn, request, user, lock=True)
        definition, next_at = await apply_change(platform, conn, user, schedule, given)
        try:
            async with conn.transaction():
                await schedules.update(conn, schedule.id, definition, next_at)
        except asyncpg.UniqueViolationError:
            raise _name_taken(definition.name) from None
        await _audit(conn, "SCHEDULE_UPDATED", user, schedule.id, given)
        return JSON(present_schedule(await get_schedule(conn, request, user)))


@operation("deleteSchedule", tag="Schedules", returns={204: Reply()})
async def delete(request: Request) -> Response:
    """Delete a schedule. The jobs that it created stay."""
    user = await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        schedule = await get_schedule(conn, request, user, lock=True)
        await schedules.delete(conn, schedule.id)
        await _audit(conn, "SCHEDULE_DELETED", user, schedule.id, {"name": schedule.name})
    return Response(status_code=204)


@operation(
    "runSchedule",
    tag="Schedules",
    headers=[IDEMPOTENCY_KEY],
    returns={202: Reply(JobCreated, headers=[LOCATION, RETRY_AFTER])},
    errors=[AlreadyInProgress, Conflict, Invalid, LimitReached],
)
async def run(request: Request) -> Response:
    """Create the job of a schedule now, in the name of the schedule's creator.

    If its jobs must not overlap, the id may be that of an earlier job that is still active.
    """
    user = await auth.require(request)
    platform = get_platform(request)

    async def insert(conn: Connection) -> Response:
        schedule = await get_schedule(conn, request, user, lock=True)
        spec = platform.specs.get(schedule.kind)
        if spec is None:
            raise Conflict(f"Job type {schedule.kind!r} no longer exists. Change the schedule's type, or delete it.")
        get_creatable_spec(platform, schedule.kind, "type")
        try:
            new = new_scheduled_job(spec, schedule.id, schedule.data, schedule.priority, schedule.overlap)
        except ValidationError as error:
            raise invalid(error, spec.args, "data") from None
        named = [(f"data.{reference.field}", reference) for reference in new.references]
        await check_references(conn, schedule.created_by, named)
        owner = creator if schedule.created_by == creator.id else Creator(schedule.created_by)  # an admin runs it
        inserted = await schedule_ticks.run_now(conn, schedule, new, owner)
        await _audit(conn, "SCHEDULE_RUN", user, schedule.id, {"isNew": inserted.is_new}, job_id=inserted.id)
        return created_response(inserted)

    async with platform.pending_limit.creator(user) as creator:
        response = await idempotency.run_once(request, user, b"", insert)
    platform.dispatcher.schedule_pass()
    return response


async def get_schedule(conn: Connection, request: Request, user: User, *, lock: bool = False) -> Schedule:
    """Return the schedule of the path. Raises NotFound if it does not exist or the user may not see it."""
    schedule_id = path_id(request)
    schedule = await schedules.get(conn, schedule_id, reader_id(user), lock=lock)
    if schedule is None:
        raise NotFound(f"Schedule {schedule_id} not found.")
    return schedule


def _name_taken(name: str) -> Conflict:
    return Conflict(f"A schedule named {name!r} already exists. Choose another name.")


async def _audit(
    conn: Connection, action: str, user: User, schedule_id: UUID, details: Mapping[str, Any], job_id: UUID | None = None
) -> None:
    await audit.record(conn, action, {"scheduleId": schedule_id, **details}, user_id=user.id, job_id=job_id)
