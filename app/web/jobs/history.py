"""The history of a job: its timeline and the errors of its items."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from app.db.jobs import item_errors
from app.db.jobs import timeline as timelines
from app.web.accounts import auth
from app.web.http.models import PageModel
from app.web.http.operation import operation
from app.web.http.pagination import Paging, page_fields
from app.web.http.request_parsing import parse_query, path_id
from app.web.http.responses import JSON
from app.web.jobs.access import require_readable
from app.web.jobs.presenters import ItemError, TimelineEvent, present_event, present_item_error
from app.web.platform import get_platform


class ItemErrorPage(PageModel):
    errors: list[ItemError]


class TimelinePage(PageModel):
    events: list[TimelineEvent]


@operation("listJobErrors", tag="Jobs", query=Paging, returns={200: ItemErrorPage})
async def errors(request: Request) -> Response:
    """List the items of a job that failed, oldest first."""
    user = await auth.require(request)
    platform = get_platform(request)
    job_id, paging = path_id(request), parse_query(request, Paging)
    async with platform.pool.acquire() as conn:
        await require_readable(conn, job_id, user)
        found, total = await item_errors.list_errors(conn, job_id, limit=paging.limit, offset=paging.offset)
    return JSON(ItemErrorPage(errors=[present_item_error(error) for error in found], **page_fields(total, paging)))


@operation("listJobEvents", tag="Jobs", query=Paging, returns={200: TimelinePage})
async def timeline(request: Request) -> Response:
    """List what happened to a job, oldest first, beginning with its creation."""
    user = await auth.require(request)
    platform = get_platform(request)
    job_id, paging = path_id(request), parse_query(request, Paging)
    async with platform.pool.acquire() as conn:
        await require_readable(conn, job_id, user)
        events, total = await timelines.list_events(conn, job_id, limit=paging.limit, offset=paging.offset)
    return JSON(TimelinePage(events=[present_event(event) for event in events], **page_fields(total, paging)))
