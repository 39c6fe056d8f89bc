"""The list of jobs: filters in the address, rows that live, actions on many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.jobs import views
from app.domain.jobs.status import Status
from app.errors import BadRequest
from app.web.dashboard.core import confirm, html, internal_api
from app.web.dashboard.jobs.view import JobView
from app.web.http.problems import invalid
from app.web.http.request_parsing import wire_names
from app.web.jobs import bulk
from app.web.jobs.access import reader_id
from app.web.jobs.filters import JobFilters
from app.web.platform import get_platform

PAGE = 50
FILTERS = frozenset(wire_names(JobFilters))
SPANS = {"1h": timedelta(hours=1), "24h": timedelta(days=1), "7d": timedelta(days=7), "30d": timedelta(days=30)}
SPAN_LABELS = {"1h": "Last hour", "24h": "Last 24 hours", "7d": "Last 7 days", "30d": "Last 30 days"}
"""Choices of `within`: how long ago a job was created at most."""


def asked(request: Request) -> JobFilters:
    """The filters in the address; empty fields of the form are none."""
    given = {name: value for name, value in request.query_params.items() if value and name in FILTERS}
    within = request.query_params.get("within", "")
    if within in SPANS:
        given["createdAfter"] = (datetime.now(UTC) - SPANS[within]).isoformat()
    if any("\0" in value for value in given.values()):
        raise BadRequest("Filters cannot contain NUL characters.")
    try:
        return JobFilters.model_validate(given)
    except ValidationError as error:
        raise invalid(error) from None


def in_address(request: Request) -> dict[str, str]:
    """The filters as they stand in the address."""
    names = {*FILTERS, "within"}
    return {name: value for name, value in request.query_params.items() if value and name in names}


async def index(request: Request) -> Response:
    platform = get_platform(request)
    user: User = request.state.user
    filters = asked(request)
    before = cursor(request.query_params.get("before"))
    async with platform.pool.acquire() as conn:
        found, count = await views.list_page(
            conn, filters.to_filters(platform), reader_id(user), before=before, limit=PAGE
        )
    chosen = in_address(request)
    return html.page(
        request,
        "jobs.html",
        jobs=[JobView.of(job) for job in found],
        count=count,
        counted=views.MAX_COUNTED,
        chosen=chosen,
        statuses=[status.value for status in Status],
        kinds=sorted(platform.specs),
        queues=sorted({spec.queue.name for spec in platform.specs.values()}),
        spans=SPAN_LABELS,
        first=before is None,
        tabs=[("All", None)] + [(status.value.capitalize(), status.value) for status in Status],
        link=lambda **more: "/?" + urlencode({k: v for k, v in {**chosen, **more}.items() if v}),
        older=str(found[-1].id) if len(found) == PAGE else None,
        query=urlencode(chosen),
    )


def cursor(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadRequest("The `before` parameter must be a job id. Go back to the first page of the list.") from None


QUESTIONS = {
    "cancel": "Cancel {jobs}? Work already committed is kept.",
    "retry": "Retry {jobs}?",
    "delete": "Delete {jobs}, including errors and timelines? This cannot be undone.",
}


async def act(request: Request) -> Response:
    """`action` on the chosen `ids`, or with `all` on whatever matches the filters in the address."""
    form = await request.form()
    action, back = str(form.get("action", "")), html.own_path(str(form.get("next", "/")))
    if action not in QUESTIONS:
        raise BadRequest("Unknown action. Choose cancel, retry or delete.")
    ids = [str(job_id) for job_id in form.getlist("ids")]
    if form.get("all"):
        filters = asked(request).model_dump(mode="json", by_alias=True, exclude_none=True)
        if not filters:
            raise BadRequest("Choose a filter first. An action cannot apply to all jobs at once.")
        noun = "all jobs matching the filter"
    elif ids:
        filters = {"ids": ids}
        noun = "1 job" if len(ids) == 1 else f"{len(ids)} jobs"
    else:
        return html.see_other(request, back, "No jobs selected. Select at least one job first.", tone="bad")
    question = QUESTIONS[action].format(jobs=noun)
    if (page := confirm.ask(request, form, question, action.capitalize())) is not None:
        return page
    done = await internal_api.call(request, bulk.bulk_action, {"action": action, "filters": filters})
    words = {"cancel": "cancelled", "retry": "retried", "delete": "deleted"}[action]
    skipped = f"; {done['skipped']:,} skipped because of their status" if done["skipped"] else ""
    return html.see_other(request, back, f"{done['changed']:,} of {done['matched']:,} jobs {words}{skipped}.")
