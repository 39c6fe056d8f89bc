"""Businesses to leave alone: by their domain, their name, or their place."""

from __future__ import annotations

from typing import Any

from asyncpg import Record
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.websites import businesses
from app.domain.websites.businesses import ExclusionBy, excluded_value
from app.errors import Invalid, NotFound
from app.web.accounts import auth
from app.web.http import request_parsing
from app.web.http.pagination import Paging, page_of
from app.web.http.responses import JSON
from app.web.platform import get_platform


class ExclusionRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    by: ExclusionBy
    value: str = Field(min_length=1, max_length=300)
    reason: str | None = Field(default=None, max_length=300)


def show(row: Record) -> dict[str, Any]:
    names = {"id": "id", "by": "by", "value": "value", "reason": "reason", "createdAt": "created_at"}
    return {name: row[column] for name, column in names.items()}


async def create(request: Request) -> Response:
    """201; 200 where it is on the list already. Businesses that it means are excluded from now on."""
    user = await auth.require(request)
    platform = get_platform(request)
    asked = await request_parsing.read_model(request, ExclusionRequest)
    try:
        value = excluded_value(asked.by, asked.value)
    except ValueError as error:
        raise Invalid([("value", str(error))]) from None
    async with platform.pool.acquire() as conn, conn.transaction():
        row, is_new = await businesses.exclude(conn, asked.by, value, asked.reason, user.id)
        if is_new:
            await audit.record(conn, "BUSINESSES_EXCLUDED", {"by": asked.by, "value": value}, user_id=user.id)
    return JSON(show(row), 201 if is_new else 200)


async def index(request: Request) -> Response:
    await auth.require(request)
    platform = get_platform(request)
    paging = request_parsing.query(request, Paging)
    async with platform.pool.acquire() as conn:
        rows, total = await businesses.exclusions(conn, limit=paging.limit, offset=paging.offset)
    return JSON(page_of("exclusions", [show(row) for row in rows], total, paging))


async def delete(request: Request) -> Response:
    """204; its businesses are no longer excluded."""
    user = await auth.require(request)
    platform = get_platform(request)
    exclusion_id = request_parsing.path_id(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        if not await businesses.include(conn, exclusion_id):
            raise NotFound("There is no such exclusion.")
        await audit.record(conn, "BUSINESSES_INCLUDED", {"id": str(exclusion_id)}, user_id=user.id)
    return Response(status_code=204)
