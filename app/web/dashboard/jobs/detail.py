"""The page of one job, and what may be done with it."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.jobs import item_errors, timeline, views
from app.db.jobs import records as jobs
from app.db.jobs.item_errors import RecordedError
from app.errors import AppError, NotFound
from app.web.dashboard.core import confirm, html, internal_api
from app.web.dashboard.households import map
from app.web.dashboard.jobs import results
from app.web.dashboard.jobs.view import JobView
from app.web.http.csv_export import csv_response
from app.web.http.pagination import keyset_pages
from app.web.http.request_parsing import path_id
from app.web.jobs import actions
from app.web.jobs.access import reader_id
from app.web.platform import get_platform

TIMELINE = 200
ERRORS = 50
CSV_PAGE_SIZE = 1000
MAPPED = {
    "geocode_households": "households",
    "geocode_file": "rows",
    "parcel_import": "parcels",
    "poi_import": "pois",
    "heatmap_compute": "heat",
}
"""Kinds whose result lies on a map, and the map's layer."""
DOWNLOADS = {
    "geocode_file": [("File with coordinates", "/api/v1/jobs/{id}/output.csv")],
    **dict.fromkeys(
        ("voter_import", "parcel_import", "poi_import", "business_import"),
        [("Rejected rows", "/api/v1/jobs/{id}/rejected.csv")],
    ),
}


async def show(request: Request) -> Response:
    platform = get_platform(request)
    user: User = request.state.user
    job_id = path_id(request)
    async with platform.pool.acquire() as conn:
        detail = await views.get_detail(conn, job_id, reader_id(user))
        if detail is None:
            raise NotFound("Job not found. It was deleted, or it belongs to another user.")
        events, event_count = await timeline.list_events(conn, job_id, limit=TIMELINE, offset=0)
        errors = await item_errors.list_after(conn, job_id, 0, limit=ERRORS)
    job = JobView.from_job(detail)
    data = orjson.loads(detail.data)
    result = orjson.loads(detail.result) if detail.result else None
    return html.page(
        request,
        "job.html",
        job=job,
        detail=detail,
        events=events,
        more_events=event_count - len(events),
        errors=errors,
        more_errors=detail.error_count - len(errors),
        data=results.sections(data),
        result=results.sections(result) if result else [],
        report=results.report_of(result),
        downloads=[(name, path.format(id=job_id)) for name, path in DOWNLOADS.get(job.kind, ()) if job.completed_at],
        layer=MAPPED.get(job.kind),
        map=map.settings(request),
        mine=user.is_admin or detail.created_by == user.id,
        known=job.kind in platform.specs,
    )


async def cancel(request: Request) -> Response:
    return await act(
        request, "Cancel this job? Work that it has already committed is kept.", "Cancel job", "Job cancelled."
    )


async def retry(request: Request) -> Response:
    form = await request.form()
    anew = bool(form.get("fromStart"))
    question = "Restart this job from the beginning? Its checkpoint, counters and errors are discarded." if anew else ""
    return await act(request, question, "Restart job", "Job restarted." if anew else "Job retried.")


async def delete(request: Request) -> Response:
    question = "Delete this job with its errors and its timeline? This cannot be undone."
    return await act(request, question, "Delete job", "Job deleted.", onward="/")


async def run(request: Request) -> Response:
    return await act(request, "", "Run now", "The job starts as soon as a worker has a free slot.")


ACTIONS = {"cancel": actions.cancel, "retry": actions.retry, "delete": actions.delete, "run": actions.run}


async def act(request: Request, question: str, button: str, done: str, onward: str | None = None) -> Response:
    """Ask where there is a question, do it through the REST interface, and go back to the job."""
    form = await request.form()
    here = f"/jobs/{path_id(request)}"
    if question and (page := confirm.ask(request, form, question, button)) is not None:
        return page
    action = request.url.path.rpartition("/")[2]
    query = {"fromStart": "true"} if action == "retry" and form.get("fromStart") else None
    try:
        await internal_api.call(request, ACTIONS[action], query=query)
    except AppError as error:
        return html.see_other(request, here, error.detail, tone="bad")
    return html.see_other(request, onward or here, done)


async def errors_csv(request: Request) -> Response:
    """Every item of the job that failed."""
    platform = get_platform(request)
    user: User = request.state.user
    job_id = path_id(request)
    async with platform.pool.acquire() as conn:
        if not await jobs.is_readable(conn, job_id, reader_id(user)):
            raise NotFound("Job not found.")

    async def read(conn: Connection, after: int | None) -> list[RecordedError]:
        return await item_errors.list_after(conn, job_id, after or 0, limit=CSV_PAGE_SIZE)

    pages = keyset_pages(platform.pool, read, lambda error: error.id, CSV_PAGE_SIZE)
    rows = ([[error.item_id, error.address, error.error, error.at] for error in page] async for page in pages)
    response = await csv_response(f"errors-{job_id}.csv", ("item", "address", "error", "time"), rows)
    response.headers["Cache-Control"] = "no-store"
    return response
