"""The history of a job: its timeline and the errors of its items."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.db.jobs import item_errors
from app.db.jobs import timeline as timelines
from app.web.accounts import auth
from app.web.http.cursors import RowId, decode_cursor, encode_cursor
from app.web.http.models import KeysetPageModel
from app.web.http.operation import operation
from app.web.http.pagination import OpaqueKeysetPaging, keyset_fields
from app.web.http.request_parsing import parse_query, path_id
from app.web.http.responses import JSON
from app.web.jobs.access import require_readable
from app.web.jobs.presenters import ItemError, TimelineEvent, present_event, present_item_error
from app.web.platform import get_platform


class ItemErrorPage(KeysetPageModel):
    errors: list[ItemError]


class TimelinePage(KeysetPageModel):
    events: list[TimelineEvent]


@operation("listJobErrors", tag="Jobs", query=OpaqueKeysetPaging, returns={200: ItemErrorPage})
async def errors(request: Request) -> Response:
    """List the items of a job that failed, oldest first."""
    user = await auth.require(request)
    platform = get_platform(request)
    job_id, paging = path_id(request), parse_query(request, OpaqueKeysetPaging)
    after = decode_cursor(paging.cursor, tuple[RowId])[0] if paging.cursor else None
    async with platform.pool.acquire() as conn:
        await require_readable(conn, job_id, user)
        page = await item_errors.list_errors(conn, job_id, after=after, limit=paging.limit, offset=paging.offset)
    entries = [present_item_error(error) for error in page.rows]
    return JSON(ItemErrorPage(errors=entries, **keyset_fields(page, paging, lambda error: encode_cursor(error.id))))


@operation("listJobEvents", tag="Jobs", query=OpaqueKeysetPaging, returns={200: TimelinePage})
async def timeline(request: Request) -> Response:
    """List what happened to a job, oldest first, beginning with its creation."""
    user = await auth.require(request)
    platform = get_platform(request)
    job_id, paging = path_id(request), parse_query(request, OpaqueKeysetPaging)
    after = decode_cursor(paging.cursor, tuple[RowId])[0] if paging.cursor else None
    async with platform.pool.acquire() as conn:
        await require_readable(conn, job_id, user)
        page = await timelines.list_events(conn, job_id, after=after, limit=paging.limit, offset=paging.offset)
    entries = [present_event(event) for event in page.rows]
    return JSON(TimelinePage(events=entries, **keyset_fields(page, paging, lambda event: encode_cursor(event.id))))
