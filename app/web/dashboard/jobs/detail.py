"""The page of one job, and the actions on it."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.jobs import item_errors, timeline, views
from app.db.jobs import records as jobs
from app.db.jobs.item_errors import RecordedError
from app.domain.geocoding.kinds import GEOCODE_FILE, GEOCODE_HOUSEHOLDS
from app.domain.heatmaps.kinds import HEATMAP_COMPUTE
from app.domain.imports.kinds import IMPORT_SPECS, PARCEL_IMPORT, POI_IMPORT
from app.errors import NotFound
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

MAX_EVENTS = 200
MAX_ERRORS = 50
CSV_PAGE_SIZE = 1000
MAP_LAYERS = {
    GEOCODE_HOUSEHOLDS.kind: "households",
    GEOCODE_FILE.kind: "rows",
    PARCEL_IMPORT.kind: "parcels",
    POI_IMPORT.kind: "pois",
    HEATMAP_COMPUTE.kind: "heat",
}
"""The layer of the map that shows a kind's results."""
DOWNLOADS = {
    GEOCODE_FILE.kind: ("File with coordinates", "/api/v1/jobs/{id}/output.csv"),
    **{spec.kind: ("Rejected rows", "/api/v1/jobs/{id}/rejected.csv") for spec in IMPORT_SPECS},
}
"""Label and address of the file that a finished job offers."""
ACTIONS = {"cancel": actions.cancel, "retry": actions.retry, "delete": actions.delete, "run": actions.run}
"""By the last part of the path."""


async def show(request: Request) -> Response:
    platform = get_platform(request)
    user: User = request.state.user
    job_id = path_id(request)
    async with platform.pool.acquire() as conn:
        detail = await views.get_detail(conn, job_id, reader_id(user))
        if detail is None:
            raise NotFound("Job not found. It was deleted, or it belongs to another user.")
        events, event_count = await timeline.list_events(conn, job_id, limit=MAX_EVENTS, offset=0)
        errors = await item_errors.list_after(conn, job_id, 0, limit=MAX_ERRORS)
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
        data=results.to_sections(data),
        result=results.to_sections(result) if result else [],
        report_id=results.find_report_id(result),
        download=DOWNLOADS.get(job.kind) if job.completed_at else None,
        layer=MAP_LAYERS.get(job.kind),
        map=map.map_settings(request),
        may_change=user.is_admin or detail.created_by == user.id,
        may_duplicate=job.kind in platform.specs,
    )


async def cancel(request: Request) -> Response:
    return await _run_action(
        request, "Cancel this job? Work that it has already committed is kept.", "Cancel job", "Job cancelled."
    )


async def retry(request: Request) -> Response:
    form = await request.form()
    from_start = bool(form.get("fromStart"))
    question = (
        "Restart this job from the beginning? Its checkpoint, counters and errors are discarded." if from_start else ""
    )
    return await _run_action(request, question, "Restart job", "Job restarted." if from_start else "Job retried.")


async def delete(request: Request) -> Response:
    question = "Delete this job with its errors and its timeline? This cannot be undone."
    return await _run_action(request, question, "Delete job", "Job deleted.", onward="/")


async def run(request: Request) -> Response:
    return await _run_action(request, "", "Run now", "The job starts as soon as a worker has a free slot.")


async def _run_action(
    request: Request, question: str, button: str, message: str, onward: str | None = None
) -> Response:
    """Run the action that the path names, once the question (if any) is confirmed, and go back to the job."""
    form = await request.form()
    here = f"/jobs/{path_id(request)}"
    if question and (page := confirm.ask(request, form, question, button)) is not None:
        return page
    action = request.url.path.rpartition("/")[2]
    query = {"fromStart": "true"} if action == "retry" and form.get("fromStart") else None
    return await internal_api.call_and_redirect(
        request, ACTIONS[action], query=query, message=message, back=here, onward=onward
    )


async def errors_csv(request: Request) -> Response:
    """Download all failed items of the job."""
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
