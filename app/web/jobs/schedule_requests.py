"""Requests that create and change schedules, validated by the kind of their jobs and as cron expressions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field, ValidationError

from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.jobs.schedules import Schedule, ScheduleDefinition
from app.domain.jobs.kind_code import KindFailed, guard_kind_code
from app.domain.jobs.schedules import MAX_EXPRESSION_CHARACTERS, BadSchedule, Cron, Missed, Overlap
from app.domain.text.json_guard import load_stored_object
from app.errors import Invalid
from app.web.http.models import RequestModel
from app.web.http.problems import invalid
from app.web.jobs.configuration import require_configured
from app.web.jobs.create import check_priority, get_creatable_spec, requested_args
from app.web.jobs.references import check_references
from app.web.platform import Platform


class NewSchedule(RequestModel):
    """A schedule to create."""

    model_config = ConfigDict(
        str_strip_whitespace=True,
        json_schema_extra={
            "examples": [{"name": "Check websites", "cron": "0 3 * * *", "type": "website_revalidation"}]
        },
    )

    name: str = Field(min_length=1, max_length=200)
    cron: str = Field(max_length=MAX_EXPRESSION_CHARACTERS)
    """Five fields, as cron reads them: minute, hour, day of the month, month, day of the week."""
    timezone: str = "UTC"
    """An IANA time zone."""
    type: str
    """The kind of its jobs, or an alias."""
    data: dict[str, Any] = {}
    """The kind's arguments."""
    priority: int = Field(default=5, ge=1, le=9)
    missed: Missed = Missed.LAST
    """What happens to times that passed while nothing ran."""
    overlap: Overlap = Overlap.SKIP
    """What happens at a time when its last job is still active."""
    enabled: bool = True


class ScheduleChange(RequestModel):
    """Fields that are given are changed; null counts as not given."""

    model_config = ConfigDict(str_strip_whitespace=True, json_schema_extra={"examples": [{"enabled": False}]})

    name: str | None = Field(default=None, min_length=1, max_length=200)
    cron: str | None = Field(default=None, max_length=MAX_EXPRESSION_CHARACTERS)
    timezone: str | None = None
    type: str | None = None
    data: dict[str, Any] | None = None
    priority: int | None = Field(default=None, ge=1, le=9)
    missed: Missed | None = None
    overlap: Overlap | None = None
    enabled: bool | None = None


async def check(
    platform: Platform, conn: Connection, user: User, owner_id: UUID, fields: Mapping[str, Any]
) -> tuple[ScheduleDefinition, Cron]:
    """Check the fields of a NewSchedule. Raises Invalid, and Forbidden for a priority that is reserved.

    `owner_id` is the user in whose name the schedule creates its jobs; `user` sends the request.
    """
    spec = get_creatable_spec(platform, fields["type"], "type")
    check_priority(user, fields["priority"])
    try:
        cron = Cron(fields["cron"], fields["timezone"])
        with guard_kind_code(spec.kind):
            args = spec.args.model_validate(fields["data"], context=requested_args(platform))
            data = args.model_dump_json(by_alias=True)
            named = [(f"data.{reference.field}", reference) for reference in spec.references(args)]
        require_configured(platform.settings, spec, args)
    except KindFailed as error:
        raise Invalid([("data", f"cannot be checked: {error}")]) from error
    except BadSchedule as error:
        raise Invalid([(error.field, error.message)]) from None
    except ValidationError as error:
        raise invalid(error, spec.args, "data") from None
    await check_references(conn, owner_id, named)
    return _definition(fields, spec.kind, data), cron


async def apply_change(
    platform: Platform, conn: Connection, user: User, schedule: Schedule, given: Mapping[str, Any]
) -> tuple[ScheduleDefinition, datetime | None]:
    """Return the stored schedule with the given fields changed, and when it is due next. Raises Invalid.

    With another time, or enabled again, it is due next after now. Runs missed while it was disabled are skipped.
    """
    stored = {name: getattr(schedule, "kind" if name == "type" else name) for name in NewSchedule.model_fields}
    fields = {**stored, "data": load_stored_object(schedule.data), **given}
    if not fields["enabled"] and given.keys() <= {"enabled", "name"}:
        # its kind may no longer accept the data, which is therefore not checked
        return _definition(fields, schedule.kind, schedule.data), None
    definition, cron = await check(platform, conn, user, schedule.created_by, fields)
    if not definition.enabled:
        return definition, None
    if schedule.enabled and not given.keys() & {"cron", "timezone"}:
        return definition, schedule.next_at
    return definition, next(cron.after(schedule.now))


def _definition(fields: Mapping[str, Any], kind: str, data: str) -> ScheduleDefinition:
    return ScheduleDefinition(
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
