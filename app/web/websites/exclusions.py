"""The exclusion list: businesses whose websites are not visited, by domain, name, or place id."""

from __future__ import annotations

from pydantic import ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.websites.exclusions import (
    count_exclusions,
    delete_exclusion,
    insert_exclusion,
    is_set_by_admin,
    list_exclusions,
)
from app.domain.websites.businesses import ExclusionBy, excluded_value
from app.errors import Forbidden, Invalid, LimitReached, NotFound
from app.web.accounts import auth
from app.web.http import request_parsing
from app.web.http.limits import require_room
from app.web.http.models import KeysetPageModel, RequestModel
from app.web.http.operation import Reply, operation
from app.web.http.pagination import KeysetPaging, keyset_fields
from app.web.http.responses import JSON
from app.web.platform import get_platform
from app.web.websites import presenters


class ExclusionRequest(RequestModel):
    """Businesses whose websites are not to be visited."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"by": "domain", "value": "example.com", "reason": "They asked us to."}]}
    )

    by: ExclusionBy
    """The field of businesses that is compared with the value."""
    value: str = Field(min_length=1, max_length=300)
    """A domain, which excludes its subdomains too, a name in any case and without punctuation, or a place id."""
    reason: str | None = Field(default=None, max_length=300)


class ExclusionPage(KeysetPageModel):
    exclusions: list[presenters.ExclusionModel]


@operation(
    "createExclusion",
    tag="Businesses",
    body=ExclusionRequest,
    returns={
        201: presenters.ExclusionModel,
        200: Reply(presenters.ExclusionModel, description="There is such an entry already."),
    },
    errors=[LimitReached],
)
async def create(request: Request) -> Response:
    """Exclude the businesses that match, so that their websites are not visited.

    Those that are added later are excluded, too.
    """
    user = await auth.require(request)
    body = await request_parsing.read_model(request, ExclusionRequest)
    try:
        value = excluded_value(body.by, body.value)
    except ValueError as error:
        raise Invalid([("value", str(error))]) from None
    platform = get_platform(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        exclusion, is_new = await insert_exclusion(conn, body.by, value, body.reason, user.id)
        if is_new and not user.is_admin:  # under the lock of the insertion, which is rolled back beyond the limit
            others = await count_exclusions(conn, user.id) - 1
            require_room("exclusions", "exclusions of yours", others, platform.settings.max_exclusions)
        if is_new:
            await audit.record(conn, "BUSINESSES_EXCLUDED", {"by": body.by, "value": value}, user_id=user.id)
    return JSON(presenters.present_exclusion(exclusion), 201 if is_new else 200)


@operation("listExclusions", tag="Businesses", query=KeysetPaging, returns={200: ExclusionPage})
async def index(request: Request) -> Response:
    """List the entries of the exclusion list, newest first."""
    await auth.require(request)
    paging = request_parsing.parse_query(request, KeysetPaging)
    async with get_platform(request).pool.acquire() as conn:
        page = await list_exclusions(conn, before=paging.cursor, limit=paging.limit, offset=paging.offset)
    exclusions = [presenters.present_exclusion(exclusion) for exclusion in page.rows]
    return JSON(ExclusionPage(exclusions=exclusions, **keyset_fields(page, paging, lambda entry: entry.id)))


@operation("deleteExclusion", tag="Businesses", returns={204: Reply()})
async def delete(request: Request) -> Response:
    """Delete an entry of the exclusion list.

    The businesses that matched are no longer excluded. Only administrators can delete the entries of administrators.
    """
    user = await auth.require(request)
    exclusion_id = request_parsing.path_id(request)
    async with get_platform(request).pool.acquire() as conn, conn.transaction():
        if not user.is_admin and await is_set_by_admin(conn, exclusion_id):
            raise Forbidden("An administrator made this exclusion. Ask an administrator to lift it.")
        if not await delete_exclusion(conn, exclusion_id):
            raise NotFound(f"Exclusion {exclusion_id} not found.")
        await audit.record(conn, "BUSINESSES_INCLUDED", {"id": str(exclusion_id)}, user_id=user.id)
    return Response(status_code=204)
