"""The page of one job, and the actions on it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.jobs import timeline, views, waits
from app.db.jobs.views import JobDetail
from app.domain.geocoding.kinds import GEOCODE_FILE, GEOCODE_HOUSEHOLDS
from app.domain.heatmaps.kinds import HEATMAP_COMPUTE
from app.domain.imports.kinds import IMPORT_SPECS, PARCEL_IMPORT, POI_IMPORT
from app.domain.jobs.spec import JobSpec
from app.domain.jobs.status import Status
from app.domain.jobs.waits import explain
from app.domain.text.json_guard import load_stored
from app.domain.text.truncation import truncate
from app.errors import NotFound
from app.web.dashboard.core import confirm, html, internal_api, results
from app.web.dashboard.core.form_data import read_form
from app.web.dashboard.core.formatting import indented_json
from app.web.dashboard.core.results import ResultSection
from app.web.dashboard.households import map
from app.web.dashboard.jobs.item_errors import read_errors
from app.web.dashboard.jobs.record_links import record_links
from app.web.dashboard.jobs.result_stories import tell
from app.web.dashboard.jobs.story import Story
from app.web.dashboard.jobs.view import JobView
from app.web.http.off_loop import off_loop
from app.web.http.request_parsing import path_id
from app.web.imports import undo as import_undo
from app.web.jobs import actions
from app.web.jobs.access import reader_id
from app.web.platform import get_platform

MAX_EVENTS = 200
MAX_JSON_CHARACTERS = 100_000
"""Of the input, the result and the checkpoint each; REST has all of them."""
MAP_LAYERS = {
    GEOCODE_HOUSEHOLDS.kind: "households",
    GEOCODE_FILE.kind: "rows",
    PARCEL_IMPORT.kind: "parcels",
    POI_IMPORT.kind: "pois",
    HEATMAP_COMPUTE.kind: "heat",
}
"""The layer of the map that shows a kind's results."""
DOWNLOADS = {
    GEOCODE_FILE.kind: ("File with coordinates", "/api/v1/jobs/{id}/output"),
    **{spec.kind: ("Rejected rows", "/api/v1/jobs/{id}/rejected") for spec in IMPORT_SPECS},
}
"""Label and address of the file that a finished job offers."""
ACTIONS = {
    "cancel": actions.cancel,
    "retry": actions.retry,
    "delete": actions.delete,
    "run": actions.run,
    "undo": import_undo.undo,
}
"""By the last part of the path."""
UNDO_QUESTION = (
    "Undo this import? Records that it inserted are removed, and those that it changed get their previous values back,"
    " unless a later import changed them."
)
IMPORT_KINDS = frozenset(spec.kind for spec in IMPORT_SPECS)


async def show(request: Request) -> Response:
    platform = get_platform(request)
    user: User = request.state.user
    job_id = path_id(request)
    async with platform.pool.acquire() as conn:
        detail = await views.get_detail(conn, job_id, reader_id(user))
        if detail is None:
            raise NotFound("Job not found. It was deleted, or it belongs to another user.")
        events = await timeline.list_events(conn, job_id, limit=MAX_EVENTS)
        errors = await read_errors(conn, detail, user, request.query_params.get("cause", ""))
        situation = (
            await waits.get_situation(conn, job_id, reader_id(user)) if detail.status is Status.PENDING else None
        )
    job = JobView.from_job(detail)
    size = sum(len(text or "") for text in (detail.data, detail.result, detail.checkpoint))
    return html.page(
        request,
        "job.html",
        job=job,
        detail=detail,
        wait=explain(situation) if situation else None,
        events=events.rows,
        more_events=events.total.count - len(events.rows),
        errors=errors,
        values=await off_loop(size, _shown_values, platform.specs.get(job.kind), detail),
        download=DOWNLOADS.get(job.kind) if job.completed_at else None,
        layer=MAP_LAYERS.get(job.kind),
        map=map.map_settings(request),
        may_change=user.is_admin or detail.created_by == user.id,
        undo_question=UNDO_QUESTION if job.kind in IMPORT_KINDS and job.completed_at and _has_written(detail) else "",
        may_duplicate=job.kind in platform.specs,
    )


def _has_written(job: JobDetail) -> bool:
    """Whether an import may have left something to undo."""
    result = load_stored(job.result) if job.result and len(job.result) <= MAX_JSON_CHARACTERS else None
    if not isinstance(result, dict):
        return bool(job.checkpoint)
    return not result.get("dryRun") and bool(result.get("inserted") or result.get("updated") or result.get("retired"))


@dataclass(frozen=True)
class ShownValues:
    """The JSON values of a job as its page shows them: as sections, and as text of limited length."""

    data: list[ResultSection]
    links: list[tuple[str, str]]
    """Labels and addresses of the records of the job."""
    story: Story | None
    """The result in words, if its kind has them."""
    result: list[ResultSection]
    report_id: str | None
    data_json: str
    result_json: str
    checkpoint_json: str


def _shown_values(spec: JobSpec | None, job: JobDetail) -> ShownValues:
    result = load_stored(job.result) if job.result else None
    story = tell(spec, job.id, result) if result else None
    data = load_stored(job.data)
    data_json, result_json, checkpoint_json = (
        truncate(indented_json(text), MAX_JSON_CHARACTERS) if text else ""
        for text in (job.data, job.result, job.checkpoint)
    )
    return ShownValues(
        data=results.to_sections(data),
        links=record_links(job.id, job.kind, data),
        story=story,
        result=results.to_sections(story.figures if story else result) if result else [],
        report_id=results.find_report_id(result),
        data_json=data_json,
        result_json=result_json,
        checkpoint_json=checkpoint_json,
    )


async def cancel(request: Request) -> Response:
    return await _run_action(
        request, "Cancel this job? Work that it has already committed is kept.", "Cancel job", "Job cancelled."
    )


async def retry(request: Request) -> Response:
    form = await read_form(request)
    from_start = bool(form.get("fromStart"))
    question = (
        "Restart this job from the beginning? Its checkpoint, counters and errors are discarded." if from_start else ""
    )
    return await _run_action(request, question, "Restart job", "Job restarted." if from_start else "Job retried.")


async def delete(request: Request) -> Response:
    question = "Delete this job with its errors and its timeline? This cannot be undone."
    return await _run_action(request, question, "Delete job", "Job deleted.", onward="/jobs")


async def undo(request: Request) -> Response:
    """Undo an import, and go on to the job that does."""
    return await _run_action(request, UNDO_QUESTION, "Undo import", "The import is being undone: see the jobs.")


async def run(request: Request) -> Response:
    return await _run_action(request, "", "Run now", "The job starts as soon as a worker has a free slot.")


async def _run_action(
    request: Request, question: str, button: str, message: str, onward: str | None = None
) -> Response:
    """Run the action that the path names, once the question (if any) is confirmed, and go back to the job."""
    form = await read_form(request)
    here = f"/jobs/{path_id(request)}"
    if question and (page := confirm.ask(request, form, question, button)) is not None:
        return page
    action = request.scope["path"].rpartition("/")[2]
    query = {"fromStart": "true"} if action == "retry" and form.get("fromStart") else None
    return await internal_api.call_and_redirect(
        request, ACTIONS[action], query=query, message=message, back=here, onward=onward
    )
