"""Requests that create and change schedules, validated by the kind of their jobs and as cron expressions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from pydantic import ConfigDict, Field, ValidationError

from app.db.jobs.schedules import Schedule, ScheduleDefinition
from app.domain.jobs.kind_code import KindFailed, guard_kind_code
from app.domain.jobs.schedules import MAX_EXPRESSION_CHARACTERS, BadSchedule, Cron, Missed, Overlap
from app.errors import Invalid
from app.web.http.problems import invalid
from app.web.http.schema_types import RequestModel
from app.web.jobs.create import get_spec
from app.web.platform import Platform


class NewSchedule(RequestModel):
    model_config = ConfigDict(str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=200)
    cron: str = Field(max_length=MAX_EXPRESSION_CHARACTERS)
    timezone: str = "UTC"
    """An IANA time zone."""
    type: str
    """The kind of its jobs, or an alias."""
    data: dict[str, Any] = {}
    """The kind's arguments."""
    priority: int = Field(default=5, ge=1, le=9)
    missed: Missed = Missed.LAST
    overlap: Overlap = Overlap.SKIP
    enabled: bool = True


class ScheduleChange(RequestModel):
    """Fields that are given are changed; null counts as not given."""

    model_config = ConfigDict(str_strip_whitespace=True)

    name: str | None = Field(default=None, min_length=1, max_length=200)
    cron: str | None = Field(default=None, max_length=MAX_EXPRESSION_CHARACTERS)
    timezone: str | None = None
    type: str | None = None
    data: dict[str, Any] | None = None
    priority: int | None = Field(default=None, ge=1, le=9)
    missed: Missed | None = None
    overlap: Overlap | None = None
    enabled: bool | None = None


def check(platform: Platform, fields: Mapping[str, Any]) -> tuple[ScheduleDefinition, Cron]:
    """Check the fields of a NewSchedule. Raises Invalid."""
    spec = get_spec(platform, fields["type"], "type")
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


def apply_change(
    platform: Platform, schedule: Schedule, given: Mapping[str, Any]
) -> tuple[ScheduleDefinition, datetime | None]:
    """Return the stored schedule with the given fields changed, and when it is due next. Raises Invalid.

    With another time, or enabled again, it is due next after now: what it missed while disabled is not made up for.
    """
    stored = {name: getattr(schedule, "kind" if name == "type" else name) for name in NewSchedule.model_fields}
    fields = {**stored, "data": orjson.loads(schedule.data), **given}
    if not fields["enabled"] and given.keys() <= {"enabled", "name"}:
        # its kind may no longer accept the data, which is therefore not checked
        return _definition(fields, schedule.kind, schedule.data), None
    definition, cron = check(platform, fields)
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
