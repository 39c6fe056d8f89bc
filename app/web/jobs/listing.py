"""`GET /api/v1/jobs`: list jobs by filters."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from app.db.jobs import records as jobs
from app.web.accounts import auth
from app.web.http.pagination import Paging, page_of
from app.web.http.request_parsing import parse_query
from app.web.http.responses import JSON
from app.web.jobs.access import reader_id
from app.web.jobs.filters import JobFilters
from app.web.jobs.presenters import present_job
from app.web.platform import get_platform


class JobQuery(Paging, JobFilters):
    cursor: UUID | None = None
    """The `nextCursor` of the page before: unlike an offset, it does not shift when new jobs arrive."""


async def index(request: Request) -> Response:
    """List the caller's jobs (for an admin: all jobs), newest first.

    200 `{"jobs": [job], "total", "limit", "offset", "nextCursor": id or null}`.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    asked = parse_query(request, JobQuery)
    async with platform.pool.acquire() as conn:
        found, total = await jobs.list_jobs(
            conn,
            asked.to_filters(platform),
            reader_id(user),
            before=asked.cursor,
            limit=asked.limit,
            offset=asked.offset,
        )
    page = page_of("jobs", [present_job(job) for job in found], total, asked)
    return JSON(page | {"nextCursor": str(found[-1].id) if len(found) == asked.limit else None})
