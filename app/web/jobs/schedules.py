"""Schedules: create jobs at the times of a cron expression. Visible to their creator and admins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.jobs import schedule_ticks, schedules
from app.db.jobs.schedules import Schedule
from app.domain.jobs.schedules import BadSchedule, Cron, new_scheduled_job
from app.errors import Conflict, Invalid, NotFound
from app.web.accounts import auth
from app.web.http import idempotency
from app.web.http.pagination import Paging, page_of
from app.web.http.problems import invalid
from app.web.http.request_parsing import parse_query, path_id, read_model
from app.web.http.responses import JSON
from app.web.jobs.access import reader_id
from app.web.jobs.create import created_response
from app.web.jobs.schedule_requests import NewSchedule, ScheduleChange, apply_change, check
from app.web.platform import get_platform

RUNS_SHOWN = 5


class ScheduleQuery(Paging):
    name: str | None = None


def present_schedule(schedule: Schedule) -> dict[str, Any]:
    return {
        "id": schedule.id,
        "name": schedule.name,
        "cron": schedule.cron,
        "timezone": schedule.timezone,
        "type": schedule.kind,
        "data": orjson.Fragment(schedule.data),
        "priority": schedule.priority,
        "missed": schedule.missed,
        "overlap": schedule.overlap,
        "enabled": schedule.enabled,
        "error": schedule.error,
        "nextRuns": next_runs(schedule),
        "nextAt": schedule.next_at,
        "lastAt": schedule.last_at,
        "lastJobId": schedule.last_job_id,
        "createdBy": {"id": schedule.created_by, "email": schedule.creator_email, "name": schedule.creator_name},
        "createdAt": schedule.created_at,
        "updatedAt": schedule.updated_at,
    }


def next_runs(schedule: Schedule) -> list[datetime]:
    """Return the next times of a schedule, including one that is due now; none if it is disabled."""
    if schedule.next_at is None:
        return []
    try:
        cron = Cron(schedule.cron, schedule.timezone)
    except BadSchedule:  # a time zone that this machine's data no longer has: the next tick disables the schedule
        return []
    return list(islice(cron.after(schedule.next_at - timedelta(microseconds=1)), RUNS_SHOWN))


async def index(request: Request) -> Response:
    """List the caller's schedules (for an admin: all schedules), by name; `?name=` selects one.

    200 `{"schedules": [schedule], "total", "limit", "offset"}`.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    paging = parse_query(request, ScheduleQuery)
    async with platform.pool.acquire() as conn:
        found, total = await schedules.list_schedules(
            conn, reader_id(user), name=paging.name, limit=paging.limit, offset=paging.offset
        )
    entries = [present_schedule(schedule) for schedule in found]
    return JSON(page_of("schedules", entries, total, paging))


async def read(request: Request) -> Response:
    """Return the schedule. 200 `{"id", "name", "cron", "type", "nextRuns", …}` as `present_schedule`."""
    user = await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        return JSON(present_schedule(await get_schedule(conn, request, user)))


async def create(request: Request) -> Response:
    """Create a schedule. 201 with the schedule."""
    user = await auth.require(request)
    platform = get_platform(request)
    new = await read_model(request, NewSchedule)
    definition, cron = check(platform, new.model_dump())
    async with platform.pool.acquire() as conn, conn.transaction():
        next_at = next(cron.after(await schedules.get_time(conn))) if definition.enabled else None
        schedule_id = await schedules.insert(conn, definition, next_at, user.id)
        if schedule_id is None:
            raise _name_taken(definition.name)
        await _audit(conn, "SCHEDULE_CREATED", user, schedule_id, new.model_dump())
        schedule = await schedules.get(conn, schedule_id, None)
    assert schedule is not None
    return JSON(present_schedule(schedule), 201, {"Location": f"/api/v1/schedules/{schedule_id}"})


async def update(request: Request) -> Response:
    """Change the schedule. 200 with the schedule.

    With another time, or enabled again, it is due next after now: what it missed while disabled is not made up for.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    given = (await read_model(request, ScheduleChange)).model_dump(exclude_none=True)
    if not given:
        raise Invalid([("", f"Give at least one of {', '.join(ScheduleChange.model_fields)}.")])
    async with platform.pool.acquire() as conn, conn.transaction():
        schedule = await get_schedule(conn, request, user, lock=True)
        definition, next_at = apply_change(platform, schedule, given)
        try:
            async with conn.transaction():
                await schedules.update(conn, schedule.id, definition, next_at)
        except asyncpg.UniqueViolationError:
            raise _name_taken(definition.name) from None
        await _audit(conn, "SCHEDULE_UPDATED", user, schedule.id, given)
        return JSON(present_schedule(await get_schedule(conn, request, user)))


async def delete(request: Request) -> Response:
    """Delete the schedule. 204; the jobs that it created stay."""
    user = await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        schedule = await get_schedule(conn, request, user, lock=True)
        await schedules.delete(conn, schedule.id)
        await _audit(conn, "SCHEDULE_DELETED", user, schedule.id, {"name": schedule.name})
    return Response(status_code=204)


async def run(request: Request) -> Response:
    """Create the schedule's job now, in the name of the schedule's creator.

    202 `{"success": true, "jobId", "isNew", "status", "poll_interval_ms"}`; if its jobs must not overlap,
    the id may be that of an earlier job that is still active.
    """
    user = await auth.require(request)
    platform = get_platform(request)

    async def insert(conn: Connection) -> Response:
        schedule = await get_schedule(conn, request, user, lock=True)
        spec = platform.specs.get(schedule.kind)
        if spec is None:
            raise Conflict(f"Job type {schedule.kind!r} no longer exists. Change the schedule's type, or delete it.")
        try:
            new = new_scheduled_job(spec, schedule.id, schedule.data, schedule.priority, schedule.overlap)
        except ValidationError as error:
            raise invalid(error, "data") from None
        inserted = await schedule_ticks.run_now(conn, schedule, new)
        await _audit(conn, "SCHEDULE_RUN", user, schedule.id, {"isNew": inserted.is_new}, job_id=inserted.id)
        return created_response(inserted)

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
