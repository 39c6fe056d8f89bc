"""The home page: what runs, what needs attention, the last day in figures, and the first steps on an empty platform."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.companies import quota
from app.db.core.schema import describe_mismatch, get_revision
from app.db.jobs import causes, overview, queues, search
from app.db.jobs.filters import Filters
from app.domain.jobs.status import Status
from app.web.dashboard.core import html
from app.web.dashboard.jobs import attention
from app.web.dashboard.jobs.view import JobView
from app.web.jobs.access import reader_id
from app.web.platform import get_platform

MAX_RUNNING = 8


async def show(request: Request) -> Response:
    """Show the home page. Addresses of the list of jobs, which was here before, lead on to it."""
    if request.url.query:
        return html.redirect(request, f"/jobs?{request.url.query}")
    platform = get_platform(request)
    user: User = request.state.user
    reader = reader_id(user)
    async with platform.pool.acquire() as conn:
        running = await search.list_page(conn, Filters(status=Status.PROCESSING), reader, limit=MAX_RUNNING)
        waiting = await search.list_page(conn, Filters(status=Status.PENDING), reader, limit=1)
        failed = await causes.group_failures(conn, datetime.now(UTC) - timedelta(days=1), reader)
        figures = await overview.get_figures(conn, reader)
        has_any = await overview.has_any(conn, reader)
        found = attention.of_storage(await platform.disk.find_fault(conn), await platform.uploads.find_fault())
        found += attention.of_schema(describe_mismatch(await get_revision(conn)))
        found += attention.of_queues(await queues.list_queues(conn))
        used = await quota.count_used(conn, user.id)
    found += attention.of_providers(await platform.geocoder.statuses()) if user.is_admin else []
    found += attention.of_quota(used, platform.settings.research_quota)
    jobs = [JobView.from_job(job) for job in running.jobs]
    longest = max((job.eta_seconds for job in jobs if job.eta_seconds is not None), default=None)
    return html.page(
        request,
        "home.html",
        jobs=jobs,
        running=running.total,
        waiting=waiting.total,
        until=None if longest is None else platform.changes.now() + timedelta(seconds=longest),
        attention=[*found, *attention.of_failures(failed or [])],
        figures=figures,
        has_any=has_any,
    )
