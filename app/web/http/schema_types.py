"""Types of fields that several request models share."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from app.errors import AppError
from app.web.http.request_parsing import parse_json

MAX_DELAY_DAYS = 366


def _timestamp(value: Any) -> datetime:
    with suppress(TypeError, ValueError, OverflowError):
        timestamp = datetime.fromisoformat(value)
        if timestamp.tzinfo is not None:
            return timestamp.astimezone(UTC)
    raise ValueError("must be a time with its zone, such as 2026-01-31T12:00:00Z")


Timestamp = Annotated[datetime, BeforeValidator(_timestamp)]
"""A time with its zone (RFC 3339), converted to UTC."""


def _within_a_year(value: datetime) -> datetime:
    if value > datetime.now(UTC) + timedelta(days=MAX_DELAY_DAYS):
        raise ValueError(f"must be within the next {MAX_DELAY_DAYS} days; use a schedule for regular jobs")
    return value


RunAt = Annotated[
    datetime,
    BeforeValidator(_timestamp),
    AfterValidator(_within_a_year),
    Field(description="The job waits until this time; one in the past is now."),
]


def _from_text(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return parse_json(value.encode())
        except AppError as error:
            reason = error.detail.removeprefix("The body is ")
            raise ValueError(f"must be a JSON object, but is {reason}") from None
    return value


JsonObject = Annotated[dict[str, Any], BeforeValidator(_from_text), Field(min_length=1)]
"""A JSON object with at least one member, or its text, as a query parameter carries it."""
