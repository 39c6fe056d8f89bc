"""The page of failed jobs by cause, over all jobs, and sending those of one cause in again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.jobs import causes, search
from app.db.jobs.causes import FailureGroup
from app.db.jobs.filters import Filters
from app.domain.jobs.causes import Explanation, explain
from app.errors import AppError, BadRequest
from app.web.dashboard.core import confirm, html, internal_api
from app.web.dashboard.core.form_data import read_form
from app.web.dashboard.core.formatting import count_of
from app.web.dashboard.jobs.listing import SPAN_LABELS, SPANS
from app.web.dashboard.jobs.view import JobView
from app.web.jobs import bulk
from app.web.jobs.access import reader_id
from app.web.platform import get_platform

DEFAULT_SPAN = "7d"
MAX_SHOWN = 50
"""Jobs of one cause on the page."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A group of failed jobs with its cause in words, and the address that shows its jobs."""

    group: FailureGroup
    words: Explanation
    link: str


async def show(request: Request) -> Response:
    """Show the causes of failed jobs or, if the address names a cause, its jobs. Raises BadRequest."""
    span = _span(request)
    user: User = request.state.user
    kind, digest = (request.query_params.get(name, "") for name in ("kind", "cause"))
    since = datetime.now(UTC) - SPANS[span]
    jobs: list[JobView] = []
    async with get_platform(request).pool.acquire() as conn:
        groups = await causes.group_failures(conn, since, reader_id(user))
        if kind and digest:
            ids = await causes.list_failed_ids(conn, since, reader_id(user), kind, digest)
            filters = Filters(ids=ids[:MAX_SHOWN])
            page = await search.list_page(conn, filters, reader_id(user), limit=MAX_SHOWN)
            jobs = [JobView.from_job(job) for job in page.jobs]
    found = [_cause(group, span) for group in groups or []]
    chosen = [cause for cause in found if (cause.group.kind, cause.group.digest) == (kind, digest)]
    return html.page(
        request,
        "errors.html",
        causes=chosen or found,
        chosen=bool(chosen),
        is_slow=groups is None,
        jobs=jobs if chosen else [],
        span=span,
        spans=SPAN_LABELS,
        total=sum(cause.group.jobs for cause in found),
    )


def _span(request: Request) -> str:
    span = request.query_params.get("within") or DEFAULT_SPAN
    if span not in SPANS:
        raise BadRequest(f"`within` must be one of {', '.join(SPANS)}.")
    return span


def _cause(group: FailureGroup, span: str) -> Cause:
    query = urlencode({"within": span, "kind": group.kind, "cause": group.digest})
    return Cause(group, explain(group.kind, group.error), f"/errors?{query}")


async def retry(request: Request) -> Response:
    """Send the jobs of one cause in again, once it is confirmed."""
    form = await read_form(request)
    user: User = request.state.user
    span = _span(request)
    kind, digest = (str(form.get(name, "")) for name in ("kind", "cause"))
    back = f"/errors?within={span}"
    async with get_platform(request).pool.acquire() as conn:
        since = datetime.now(UTC) - SPANS[span]
        ids = await causes.list_failed_ids(conn, since, reader_id(user), kind, digest)
    if not ids:
        return html.redirect(request, back, "None of these jobs is failed any more.", tone="bad")
    question = f"Retry {count_of(len(ids), 'job')} that failed for this reason?"
    if (page := confirm.ask(request, form, question, "Retry jobs")) is not None:
        return page
    body = {"action": "retry", "filters": {"ids": [str(job_id) for job_id in ids]}}
    try:
        done = await internal_api.call(request, bulk.bulk_action, body)
    except AppError as error:
        return html.redirect(request, back, error.detail, tone="bad")
    return html.redirect(request, back, f"{count_of(done['changed'], 'job')} sent in again.")
