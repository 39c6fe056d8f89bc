"""What happened to a job: its timeline, and the errors of its items."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.db.jobs import records as jobs
from app.web.accounts import auth
from app.web.http.pagination import Paging, page_of
from app.web.http.request_parsing import path_id, query
from app.web.http.responses import JSON
from app.web.jobs.access import job_not_found, reader_id
from app.web.jobs.presenters import present_event, present_item_error
from app.web.platform import get_platform


async def errors(request: Request) -> Response:
    """List the items of the job that failed, oldest first.

    200 `{"errors": [{"itemId", "error", "timestamp", …}], "total", "limit", "offset"}`.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    job_id, paging = path_id(request), query(request, Paging)
    async with platform.pool.acquire() as conn:
        found = await jobs.errors(conn, job_id, reader_id(user), limit=paging.limit, offset=paging.offset)
    if found is None:
        raise job_not_found(job_id)
    rows, total = found
    entries = [
        present_item_error(
            row["item_id"], row["address"], row["error"], row["at"], row["detail"] and orjson.loads(row["detail"])
        )
        for row in rows
    ]
    return JSON(page_of("errors", entries, total, paging))


async def timeline(request: Request) -> Response:
    """List the events of the job, oldest first, beginning with its creation.

    200 `{"events": [{"at", "event", "attempt", "fence", "worker", "detail"}], "total", "limit", "offset"}`.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    job_id, paging = path_id(request), query(request, Paging)
    async with platform.pool.acquire() as conn:
        found = await jobs.timeline(conn, job_id, reader_id(user), limit=paging.limit, offset=paging.offset)
    if found is None:
        raise job_not_found(job_id)
    rows, total = found
    return JSON(page_of("events", [present_event(row) for row in rows], total, paging))
