"""The exclusion list: businesses whose websites are not visited, by domain, name, or place id."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.websites.exclusions import delete_exclusion, insert_exclusion, list_exclusions
from app.domain.websites.businesses import ExclusionBy, excluded_value
from app.errors import Invalid, NotFound
from app.web.accounts import auth
from app.web.http import request_parsing
from app.web.http.pagination import Paging, page_of
from app.web.http.responses import JSON
from app.web.platform import get_platform
from app.web.websites import presenters


class ExclusionRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    by: ExclusionBy
    value: str = Field(min_length=1, max_length=300)
    reason: str | None = Field(default=None, max_length=300)


async def create(request: Request) -> Response:
    """201 with the new entry, 200 if there is one already. Businesses that match are excluded from now on."""
    user = await auth.require(request)
    body = await request_parsing.read_model(request, ExclusionRequest)
    try:
        value = excluded_value(body.by, body.value)
    except ValueError as error:
        raise Invalid([("value", str(error))]) from None
    async with get_platform(request).pool.acquire() as conn, conn.transaction():
        exclusion, is_new = await insert_exclusion(conn, body.by, value, body.reason, user.id)
        if is_new:
            await audit.record(conn, "BUSINESSES_EXCLUDED", {"by": body.by, "value": value}, user_id=user.id)
    return JSON(presenters.exclusion(exclusion), 201 if is_new else 200)


async def index(request: Request) -> Response:
    """200 with a page of the exclusion list, newest first."""
    await auth.require(request)
    paging = request_parsing.parse_query(request, Paging)
    async with get_platform(request).pool.acquire() as conn:
        exclusions, total = await list_exclusions(conn, limit=paging.limit, offset=paging.offset)
    items = [presenters.exclusion(exclusion) for exclusion in exclusions]
    return JSON(page_of("exclusions", items, total, paging))


async def delete(request: Request) -> Response:
    """204; the businesses that matched the entry are no longer excluded."""
    user = await auth.require(request)
    exclusion_id = request_parsing.path_id(request)
    async with get_platform(request).pool.acquire() as conn, conn.transaction():
        if not await delete_exclusion(conn, exclusion_id):
            raise NotFound(f"Exclusion {exclusion_id} not found.")
        await audit.record(conn, "BUSINESSES_INCLUDED", {"id": str(exclusion_id)}, user_id=user.id)
    return Response(status_code=204)
