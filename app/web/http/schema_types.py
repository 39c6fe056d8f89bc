"""Types of fields that several requests share."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from app.errors import AppError
from app.web.http.request_parsing import parse_json


def _moment(value: Any) -> datetime:
    with suppress(TypeError, ValueError, OverflowError):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    raise ValueError("must be a time with its zone, such as 2026-01-31T12:00:00Z")


Moment = Annotated[datetime, BeforeValidator(_moment)]
"""A time of RFC 3339, in UTC once it is read."""


def _from_text(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return parse_json(value.encode())
        except AppError as error:
            raise ValueError(f"must be a JSON object: {error.detail}") from None
    return value


Members = Annotated[dict[str, Any], BeforeValidator(_from_text), Field(min_length=1)]
"""A JSON object that says something, or its text, as a query parameter carries it."""
