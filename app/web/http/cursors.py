"""Cursors of lists that are not in the order of ids: the values behind which the next page begins, as opaque text."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Any, TypeVar

from pydantic import Field, TypeAdapter

from app.domain.text.json_guard import UnsafeJson, parse_json
from app.errors import Invalid
from app.web.http.responses import encode

RowId = Annotated[int, Field(ge=0, lt=2**63)]
"""A number that Postgres gave a row."""

Values = TypeVar("Values", bound=tuple[Any, ...])


def encode_cursor(*values: object) -> str:
    """Return a cursor that holds these values."""
    return urlsafe_b64encode(encode(values)).decode().rstrip("=")


def decode_cursor(cursor: str, types: type[Values]) -> Values:
    """Return the values of a cursor; `types` is their type, such as `tuple[str, UUID]`. Raises Invalid."""
    try:
        decoded = parse_json(urlsafe_b64decode(f"{cursor}{'=' * (-len(cursor) % 4)}"))
        values = TypeAdapter(types).validate_python(tuple(decoded) if isinstance(decoded, list) else decoded)
    except (ValueError, UnsafeJson):
        values = None
    if values is None or any(isinstance(value, str) and "\0" in value for value in values):
        raise Invalid([("cursor", "must be the nextCursor of the page before, unchanged")])
    return values
