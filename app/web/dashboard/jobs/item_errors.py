"""The failed items of a job by cause, on its page and as a download, and geocoding those of one cause again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.jobs import causes, item_errors, views
from app.db.jobs import records as jobs
from app.db.jobs.causes import ItemErrorGroup
from app.db.jobs.item_errors import RecordedError
from app.db.jobs.views import JobDetail
from app.domain.geocoding.kinds import GEOCODE_HOUSEHOLDS, MAX_HOUSEHOLD_IDS
from app.domain.imports.kinds import IMPORT_SPECS
from app.domain.jobs.causes import Explanation, explain
from app.domain.text.json_guard import load_stored_object
from app.domain.text.typed_columns import typed_columns
from app.errors import AppError, NotFound
from app.web.dashboard.core import confirm, html, internal_api
from app.web.dashboard.core.form_data import read_form
from app.web.dashboard.core.formatting import count_of
from app.web.geocoding import geocode_households
from app.web.http.downloads import send_table
from app.web.http.pagination import keyset_pages
from app.web.http.request_parsing import path_id
from app.web.http.table_download import Table
from app.web.http.table_formats import TableFormat
from app.web.jobs.access import reader_id
from app.web.platform import get_platform

MAX_ERRORS = 50
CSV_PAGE_SIZE = 1000
MAX_JOBS = 20
"""Jobs that are created at once to geocode the households of one cause again."""
KEPT_OPTIONS = ("providerId", "useFallback", "minAccuracy", "strictOrder", "timeout")
"""Options of a geocoding job that hold when its failed households are geocoded again."""
REJECTED = Explanation("", "Download the rejected rows, correct them, and import that file.")
IMPORT_KINDS = frozenset(spec.kind for spec in IMPORT_SPECS)


@dataclass(frozen=True, slots=True)
class ItemCause:
    """Failed items with the same cause, in words."""

    group: ItemErrorGroup
    words: Explanation
    can_retry: bool


@dataclass(frozen=True, slots=True)
class ShownErrors:
    """The errors of a job as its page shows them."""

    causes: list[ItemCause]
    """Empty if grouping takes long."""
    rows: Sequence[RecordedError]
    chosen: str
    """The digest of the cause that the rows have; empty for all."""
    more: int
    """Rows left out."""


async def read_errors(conn: Connection, job: JobDetail, user: User, digest: str) -> ShownErrors:
    """Return the errors of a job, of one cause if `digest` names it. Raises NotFound if the user may not read it."""
    if not await jobs.is_readable(conn, job.id, reader_id(user)):
        raise NotFound("Job not found.")
    groups = await causes.group_items(conn, job.id) if job.error_count else []
    found = [_cause(job.kind, group) for group in groups or []]
    chosen = next((cause for cause in found if cause.group.digest == digest), None)
    rows = await item_errors.list_after(conn, job.id, 0, limit=MAX_ERRORS, cause=digest if chosen else None)
    total = chosen.group.items if chosen else job.error_count
    return ShownErrors(found, rows, digest if chosen else "", max(0, total - len(rows)))


def _cause(kind: str, group: ItemErrorGroup) -> ItemCause:
    words = explain(kind, group.error)
    if kind in IMPORT_KINDS and not words.advice:
        words = Explanation(words.text, REJECTED.advice)
    return ItemCause(group, words, can_retry=kind == GEOCODE_HOUSEHOLDS.kind)


async def geocode(request: Request) -> Response:
    """Geocode the households that one cause kept from being found again, once it is confirmed. Raises NotFound."""
    form = await read_form(request)
    user: User = request.state.user
    job_id = path_id(request)
    back = f"/jobs/{job_id}"
    async with get_platform(request).pool.acquire() as conn:
        job = await views.get_detail(conn, job_id, reader_id(user))
        if job is None or job.kind != GEOCODE_HOUSEHOLDS.kind:
            raise NotFound("Job not found, or it geocodes no households.")
        digest = str(form.get("cause", ""))
        ids = await causes.list_item_ids(conn, job_id, digest, limit=MAX_JOBS * MAX_HOUSEHOLD_IDS)
    if not ids:
        return html.redirect(request, back, "No household failed for this reason.", tone="bad")
    question = f"Geocode {count_of(len(ids), 'household')} again?"
    if (page := confirm.ask(request, form, question, "Geocode again")) is not None:
        return page
    data = load_stored_object(job.data)
    options = {name: data[name] for name in KEPT_OPTIONS if data.get(name) is not None}
    created = []
    try:
        for start in range(0, len(ids), MAX_HOUSEHOLD_IDS):
            body = options | {
                "householdIds": ids[start : start + MAX_HOUSEHOLD_IDS], "skipGeocoded": True, "useCache": False
            }  # fmt: skip
            created.append(await internal_api.call(request, geocode_households.create, body, path={}))
    except AppError as error:
        begun = f" {count_of(len(created), 'job')} of the others were created before." if created else ""
        return html.redirect(request, back, f"{error.detail}{begun}", tone="bad")
    onward = f"/jobs/{created[0]['jobId']}" if len(created) == 1 else "/jobs?type=geocode_households"
    return html.redirect(request, onward, f"Geocoding {count_of(len(ids), 'household')} again.")


async def errors_csv(request: Request) -> Response:
    """Download all failed items of the job, or those of one cause."""
    platform = get_platform(request)
    user: User = request.state.user
    job_id = path_id(request)
    cause = request.query_params.get("cause") or None
    async with platform.pool.acquire() as conn:
        if not await jobs.is_readable(conn, job_id, reader_id(user)):
            raise NotFound("Job not found.")

    async def read(conn: Connection, after: int | None) -> list[RecordedError]:
        return await item_errors.list_after(conn, job_id, after or 0, limit=CSV_PAGE_SIZE, cause=cause)

    pages = keyset_pages(platform.pool, read, lambda error: error.id, CSV_PAGE_SIZE)
    rows = ([[error.item_id, error.address, error.error, error.at] for error in page] async for page in pages)
    columns = typed_columns(("item", "address", "error", "time"), dates=("time",))
    return await send_table(request, Table(f"errors-{job_id}", columns, rows), TableFormat.CSV)
