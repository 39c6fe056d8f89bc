"""The list of jobs: filters in the address, live rows, bulk actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core.pages import Total
from app.db.jobs import search
from app.db.jobs.bulk import Action
from app.domain.jobs.status import Status
from app.errors import BadRequest
from app.web.dashboard.core import confirm, html, internal_api
from app.web.dashboard.core.form_data import read_form
from app.web.dashboard.jobs.view import JobView
from app.web.http.known_fields import wire_names
from app.web.http.request_parsing import validate
from app.web.jobs import bulk
from app.web.jobs.access import reader_id
from app.web.jobs.filters import JobFilters
from app.web.platform import get_platform

PAGE_SIZE = 50
SPANS = {"1h": timedelta(hours=1), "24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}
"""Choices of the query parameter `within`: the maximum time since a job was created."""
SPAN_LABELS = {"1h": "Last hour", "24h": "Last 24 hours", "7d": "Last 7 days", "30d": "Last 30 days"}
QUESTIONS = {
    Action.CANCEL: "Cancel {jobs}? Work already committed is kept.",
    Action.RETRY: "Retry {jobs}?",
    Action.DELETE: "Delete {jobs}, including errors and timelines? This cannot be undone.",
}
DONE = {Action.CANCEL: "cancelled", Action.RETRY: "retried", Action.DELETE: "deleted"}


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    status: str
    """Empty for all jobs."""
    total: Total | None = None
    """None if counting takes long."""


def filter_params(request: Request) -> dict[str, str]:
    """Return the filters in the query as text; fields of the form that were left empty are dropped."""
    names = {*wire_names(JobFilters), "within"}
    return {name: value for name, value in request.query_params.items() if value and name in names}


def requested_filters(request: Request) -> JobFilters:
    """Parse the filters in the query. Raises BadRequest or Invalid for a value that cannot be used."""
    params = filter_params(request)
    within = params.pop("within", "")
    if within in SPANS:
        params["createdAfter"] = (datetime.now(UTC) - SPANS[within]).isoformat()
    if any("\0" in value for value in params.values()):
        raise BadRequest("Filters cannot contain NUL characters.")
    return validate(JobFilters, params)


async def index(request: Request) -> Response:
    platform = get_platform(request)
    user: User = request.state.user
    filters = requested_filters(request).to_filters(platform)
    before = parse_cursor(request.query_params.get("before"))
    async with platform.pool.acquire() as conn:
        page = await search.list_page(conn, filters, reader_id(user), before=before, limit=PAGE_SIZE)
        counts = await search.count_by_status(conn, filters, reader_id(user))
    chosen = filter_params(request)
    return html.page(
        request,
        "jobs.html",
        jobs=[JobView.from_job(job) for job in page.jobs],
        count=page.total,
        is_estimate=page.is_estimate,
        is_complete=page.is_complete,
        chosen=chosen,
        kinds=sorted(platform.specs),
        queues=sorted({spec.queue.name for spec in platform.specs.values()}),
        spans=SPAN_LABELS,
        first=before is None,
        tabs=[Tab("All", "")]
        + [Tab(status.value.capitalize(), status.value, counts[status] if counts else None) for status in Status],
        link=lambda **more: "/jobs?" + urlencode({k: v for k, v in {**chosen, **more}.items() if v}),
        older=page.next_before,
        query=urlencode(chosen),
    )


def parse_cursor(text: str | None) -> UUID | None:
    """Return the job id before which a page of the list begins. Raises BadRequest for text that is no id."""
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadRequest("The `before` parameter must be a job id. Go back to the first page of the list.") from None


async def bulk_action(request: Request) -> Response:
    """Apply `action` to the selected `ids`, or with `all` to the jobs that match the filters in the query."""
    form = await read_form(request)
    back = html.local_path(str(form.get("next", "/jobs")))
    try:
        action = Action(str(form.get("action", "")))
    except ValueError:
        raise BadRequest("Unknown action. Choose cancel, retry or delete.") from None
    ids = [str(job_id) for job_id in form.getlist("ids")]
    if form.get("all"):
        filters = requested_filters(request).model_dump(mode="json", by_alias=True, exclude_none=True)
        if not filters:
            raise BadRequest("Choose a filter first. An action cannot apply to all jobs at once.")
        noun = "all jobs matching the filter"
    elif ids:
        filters = {"ids": ids}
        noun = "1 job" if len(ids) == 1 else f"{len(ids)} jobs"
    else:
        return html.redirect(request, back, "No jobs selected. Select at least one job first.", tone="bad")
    question = QUESTIONS[action].format(jobs=noun)
    if (page := confirm.ask(request, form, question, action.value.capitalize())) is not None:
        return page
    done = await internal_api.call(request, bulk.bulk_action, {"action": action.value, "filters": filters})
    skipped = f"; {done['skipped']:,} skipped because of their status" if done["skipped"] else ""
    message = f"{done['changed']:,} of {done['matched']:,} jobs {DONE[action]}{skipped}."
    return html.redirect(request, back, message)
