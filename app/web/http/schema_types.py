"""The base of request models, and types of fields that several of them share."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.errors import AppError
from app.web.http.request_parsing import parse_json


class RequestModel(BaseModel):
    """A request body or query: camelCase names on the wire, and no unknown names."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")


def _timestamp(value: Any) -> datetime:
    with suppress(TypeError, ValueError, OverflowError):
        timestamp = datetime.fromisoformat(value)
        if timestamp.tzinfo is not None:
            return timestamp.astimezone(UTC)
    raise ValueError("must be a time with its zone, such as 2026-01-31T12:00:00Z")


Timestamp = Annotated[datetime, BeforeValidator(_timestamp)]
"""A time with its zone (RFC 3339), converted to UTC."""


def _from_text(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return parse_json(value.encode())
        except AppError as error:
            raise ValueError(f"must be a JSON object: {error.detail}") from None
    return value


JsonObject = Annotated[dict[str, Any], BeforeValidator(_from_text), Field(min_length=1)]
"""A JSON object with at least one member, or its text, as a query parameter carries it."""
