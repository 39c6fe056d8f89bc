"""Schedules: jobs made again and again, at the times of a cron expression. Private to their makers and admins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.jobs import schedules
from app.db.jobs.schedules import Definition
from app.domain.jobs.kind_code import KindFailed, guard_kind_code
from app.domain.jobs.schedules import LONGEST_EXPRESSION, BadSchedule, Cron, Missed, Overlap, job_of
from app.errors import Conflict, Invalid, NotFound
from app.web.accounts import auth
from app.web.http import idempotency
from app.web.http.pagination import Paging, page_of
from app.web.http.problems import invalid
from app.web.http.request_parsing import parse_query, path_id, read_model
from app.web.http.responses import JSON
from app.web.jobs.access import reader_id
from app.web.jobs.create import created_response
from app.web.platform import Platform, get_platform

RUNS_SHOWN = 5


class NewSchedule(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=200)
    cron: str = Field(max_length=LONGEST_EXPRESSION)
    timezone: str = "UTC"
    type: str
    """The kind of its jobs, or an alias."""
    data: dict[str, Any] = {}
    priority: int = Field(default=5, ge=1, le=9)
    missed: Missed = Missed.LAST
    overlap: Overlap = Overlap.SKIP
    enabled: bool = True


class ScheduleChange(BaseModel):
    """What is given is changed; null counts as not given."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str | None = Field(default=None, min_length=1, max_length=200)
    cron: str | None = Field(default=None, max_length=LONGEST_EXPRESSION)
    timezone: str | None = None
    type: str | None = None
    data: dict[str, Any] | None = None
    priority: int | None = Field(default=None, ge=1, le=9)
    missed: Missed | None = None
    overlap: Overlap | None = None
    enabled: bool | None = None


class ScheduleQuery(Paging):
    name: str | None = None


def show(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "cron": row["cron"],
        "timezone": row["timezone"],
        "type": row["kind"],
        "data": orjson.Fragment(row["data"]),
        "priority": row["priority"],
        "missed": row["missed"],
        "overlap": row["overlap"],
        "enabled": row["enabled"],
        "error": row["error"],
        "nextRuns": next_runs(row),
        "nextAt": row["next_at"],
        "lastAt": row["last_at"],
        "lastJobId": row["last_job_id"],
        "createdBy": {"id": row["created_by"], "email": row["creator_email"], "name": row["creator_name"]},
        "createdAt": row["created_at"],
        "updatedAt": row["updated_at"],
    }


def next_runs(row: asyncpg.Record) -> list[datetime]:
    """The next times of an enabled schedule, the one that is due included."""
    if row["next_at"] is None:
        return []
    try:
        cron = Cron(row["cron"], row["timezone"])
    except BadSchedule:  # a zone that this machine's data no longer has; the next tick disables it
        return []
    return list(islice(cron.after(row["next_at"] - timedelta(microseconds=1)), RUNS_SHOWN))


async def index(request: Request) -> Response:
    """The caller's schedules (an admin's: all) by name; `name` finds one."""
    user = await auth.require(request)
    platform = get_platform(request)
    paging = parse_query(request, ScheduleQuery)
    async with platform.pool.acquire() as conn:
        rows, total = await schedules.select(
            conn, reader_id(user), name=paging.name, limit=paging.limit, offset=paging.offset
        )
    entries = [show(row) for row in rows]
    return JSON(page_of("schedules", entries, total, paging))


async def read(request: Request) -> Response:
    user = await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn:
        return JSON(show(await find(conn, request, user)))


async def create(request: Request) -> Response:
    user = await auth.require(request)
    platform = get_platform(request)
    asked = await read_model(request, NewSchedule)
    definition, cron = define(platform, asked.model_dump())
    async with platform.pool.acquire() as conn, conn.transaction():
        next_at = next(cron.after(await conn.fetchval("SELECT now()"))) if definition.enabled else None
        schedule_id = await schedules.insert(conn, definition, next_at, user.id)
        if schedule_id is None:
            raise taken(definition.name)
        await note(conn, "SCHEDULE_CREATED", user, schedule_id, asked.model_dump())
        row = await schedules.get(conn, schedule_id, None)
    assert row is not None
    return JSON(show(row), 201, {"Location": f"/api/v1/schedules/{schedule_id}"})


async def update(request: Request) -> Response:
    """With other times, or enabled again, its next time is counted from now: what it did not run meanwhile is past."""
    user = await auth.require(request)
    platform = get_platform(request)
    given = (await read_model(request, ScheduleChange)).model_dump(exclude_none=True)
    if not given:
        raise Invalid([("", f"Give at least one of {', '.join(ScheduleChange.model_fields)}.")])
    async with platform.pool.acquire() as conn, conn.transaction():
        row = await find(conn, request, user, lock=True)
        definition, next_at = changed(platform, row, given)
        try:
            async with conn.transaction():
                await schedules.update(conn, row["id"], definition, next_at)
        except asyncpg.UniqueViolationError:
            raise taken(definition.name) from None
        await note(conn, "SCHEDULE_UPDATED", user, row["id"], given)
        return JSON(show(await find(conn, request, user)))


def changed(platform: Platform, row: asyncpg.Record, given: Mapping[str, Any]) -> tuple[Definition, datetime | None]:
    """The schedule with what was given, and its next time."""
    stored = {name: row["kind" if name == "type" else name] for name in NewSchedule.model_fields}
    fields = {**stored, "data": orjson.loads(row["data"]), **given}
    if not fields["enabled"] and given.keys() <= {"enabled", "name"}:
        return _definition(fields, row["kind"], row["data"]), None  # unchecked: it may have gone bad since
    definition, cron = define(platform, fields)
    if not definition.enabled:
        return definition, None
    if row["enabled"] and not given.keys() & {"cron", "timezone"}:
        return definition, row["next_at"]
    return definition, next(cron.after(row["now"]))


async def delete(request: Request) -> Response:
    """204; the jobs that it made stay."""
    user = await auth.require(request)
    platform = get_platform(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        row = await find(conn, request, user, lock=True)
        await schedules.delete(conn, row["id"])
        await note(conn, "SCHEDULE_DELETED", user, row["id"], {"name": row["name"]})
    return Response(status_code=204)


async def run(request: Request) -> Response:
    """202 with its job, made now, in the name of the schedule's maker; or the active one where they may not overlap."""
    user = await auth.require(request)
    platform = get_platform(request)

    async def insert(conn: Connection) -> Response:
        row = await find(conn, request, user, lock=True)
        spec = platform.specs.get(row["kind"])
        if spec is None:
            raise Conflict(f"There is no kind {row['kind']!r} any more.")
        try:
            new = job_of(spec, row["id"], row["data"], row["priority"], Overlap(row["overlap"]))
        except ValidationError as error:
            raise invalid(error, "data") from None
        inserted = await schedules.run(conn, row, new)
        await note(conn, "SCHEDULE_RUN", user, row["id"], {"isNew": inserted.is_new}, job_id=inserted.id)
        return created_response(inserted)

    response = await idempotency.run_once(request, user, b"", insert)
    platform.dispatcher.schedule_pass()
    return response


async def find(conn: Connection, request: Request, user: User, *, lock: bool = False) -> asyncpg.Record:
    schedule_id = path_id(request)
    row = await schedules.get(conn, schedule_id, reader_id(user), lock=lock)
    if row is None:
        raise NotFound(f"There is no schedule {schedule_id}.")
    return row


def define(platform: Platform, fields: Mapping[str, Any]) -> tuple[Definition, Cron]:
    """The fields of a NewSchedule, checked by its kind's schema and as cron. Raises Invalid."""
    spec = platform.kind(fields["type"])
    if spec is None:
        raise Invalid([("type", f"unknown job type; expected one of {', '.join(sorted(platform.specs))}")])
    try:
        cron = Cron(fields["cron"], fields["timezone"])
        with guard_kind_code(spec.kind):
            data = spec.args.model_validate(fields["data"]).model_dump_json(by_alias=True)
    except KindFailed as error:
        raise Invalid([("data", f"cannot be checked: {error}")]) from error
    except BadSchedule as error:
        raise Invalid([(error.field, error.message)]) from None
    except ValidationError as error:
        raise invalid(error, "data") from None
    return _definition(fields, spec.kind, data), cron


def _definition(fields: Mapping[str, Any], kind: str, data: str) -> Definition:
    return Definition(
        name=fields["name"],
        cron=fields["cron"],
        timezone=fields["timezone"],
        kind=kind,
        data=data,
        priority=fields["priority"],
        missed=Missed(fields["missed"]),
        overlap=Overlap(fields["overlap"]),
        enabled=fields["enabled"],
    )


def taken(name: str) -> Conflict:
    return Conflict(f"There is a schedule with the name {name!r} already.")


async def note(
    conn: Connection, action: str, user: User, schedule_id: UUID, details: Mapping[str, Any], job_id: UUID | None = None
) -> None:
    await audit.record(conn, action, {"scheduleId": schedule_id, **details}, user_id=user.id, job_id=job_id)
