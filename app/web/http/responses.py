"""JSON answers: orjson, and times as RFC 3339 in UTC with `Z`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from starlette.responses import Response


def _default(value: object) -> str:
    if isinstance(value, UUID):  # asyncpg's subclass, which orjson does not take for a UUID
        return str(value)
    raise TypeError(f"{type(value).__name__} is not JSON serializable")


def encode(content: Any) -> bytes:
    return orjson.dumps(content, default=_default, option=orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC)


class JSON(Response):
    media_type = "application/json"

    def __init__(self, content: Any, status_code: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(encode(content), status_code, headers)
