"""`GET /api/v1/jobs`: list jobs by filters."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from app.db.jobs import search
from app.web.accounts import auth
from app.web.http.models import KeysetPageModel
from app.web.http.operation import operation
from app.web.http.pagination import Paging, page_fields
from app.web.http.request_parsing import parse_query
from app.web.http.responses import JSON
from app.web.jobs.access import reader_id
from app.web.jobs.filters import JobFilters
from app.web.jobs.presenters import JobModel, present_job
from app.web.platform import get_platform


class JobQuery(Paging, JobFilters):
    cursor: UUID | None = None
    """The `nextCursor` of the page before: unlike an offset, it does not shift when new jobs arrive."""

    archived: bool = False
    """List archived jobs instead: those that ended longer ago than `TRIGPOINT_RETENTION__JOBS` says, 30 days by
    default. A search among them reads the newest first, so follow the cursors."""


class JobPage(KeysetPageModel):
    jobs: list[JobModel]
    incomplete: bool
    """Whether the search stopped early, so that older jobs may match: follow the cursor to continue it."""


@operation("listJobs", tag="Jobs", query=JobQuery, returns={200: JobPage})
async def index(request: Request) -> Response:
    """List your jobs, newest first. Administrators see the jobs of all users."""
    user = await auth.require(request)
    platform = get_platform(request)
    asked = parse_query(request, JobQuery)
    async with platform.pool.acquire() as conn:
        page = await search.list_page(
            conn,
            replace(asked.to_filters(platform), is_archived=asked.archived),
            reader_id(user),
            before=asked.cursor,
            limit=asked.limit,
            offset=asked.offset,
        )
    return JSON(
        JobPage(
            jobs=[present_job(job) for job in page.jobs],
            total_is_estimate=page.is_estimate,
            next_cursor=str(page.next_before) if page.next_before else None,
            incomplete=not page.is_complete,
            **page_fields(page.total, asked),
        )
    )
