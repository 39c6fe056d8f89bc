"""JSON responses by orjson, with times as RFC 3339 in UTC with `Z`; the header of a download."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel
from starlette.responses import Response


def _default(value: object) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True)
    if isinstance(value, UUID):  # asyncpg's subclass, which orjson does not take for a UUID
        return str(value)
    raise TypeError(f"{type(value).__name__} is not JSON serializable")


def encode(content: Any) -> bytes:
    return orjson.dumps(content, default=_default, option=orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC)


class JSON(Response):
    media_type = "application/json"

    def __init__(self, content: Any, status_code: int = 200, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(encode(content), status_code, headers)
        self.content = content


def attachment(file_name: str) -> dict[str, str]:
    """Return the header of a download with that name, in which everything but plain ASCII becomes `_`."""
    plain = "".join(char if char.isascii() and (char.isalnum() or char in "-_. ") else "_" for char in file_name)
    return {"Content-Disposition": f'attachment; filename="{plain}"'}
