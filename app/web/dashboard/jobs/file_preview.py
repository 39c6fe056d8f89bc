"""Importing a file step by step: upload it, look at its first rows, choose what its columns are, start the job."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.domain.imports.upload_kinds import UploadKind
from app.domain.text.column_mapping import IGNORED
from app.domain.text.json_guard import UnsafeJson, parse_json
from app.errors import AppError, BadRequest, NotFound
from app.web.companies import intake as companies
from app.web.dashboard.core import confirm, html, internal_api
from app.web.dashboard.core.form_data import read_form
from app.web.dashboard.imports import reference_data
from app.web.dashboard.jobs.import_options import READING, STARTING, chosen_options, for_kind, offered
from app.web.dashboard.jobs.new_job import redirect_to_job
from app.web.geocoding import geocode_file
from app.web.households import records as households
from app.web.imports import create_reference
from app.web.imports import routes as imports
from app.web.previews import uploads

STARTS = {
    UploadKind.VOTERS: imports.create_voters,
    UploadKind.PARCELS: imports.create_parcels,
    UploadKind.POIS: imports.create_pois,
    UploadKind.BUSINESSES: imports.create_businesses,
    UploadKind.GEOCODE_FILE: geocode_file.create,
    UploadKind.REFERENCE: create_reference.create,
    UploadKind.COMPANIES: companies.create,
    UploadKind.HOUSEHOLDS: households.load,
}
"""What starts the job of each kind; companies and households are stored at once."""
FILE = ("kind", "sheet", "layer", "crs", "mapping")
WANTED = ("kind", "name")
"""What the page from which a file is sent may say about it."""
USE = "use."
"""Begins the names of the menus of columns."""
NOT_USED = "-"
"""The value of a menu whose column is not to be used."""
MAX_MENUS = 250
COUNTS = ("created", "updated", "unchanged")


async def start_page(request: Request) -> Response:
    """Ask for the file, and list those that were uploaded before."""
    return await _ask(request)


async def upload(request: Request) -> Response:
    """Store the file and go to its preview."""
    try:
        made = await internal_api.upload(request, uploads.create)
    except AppError as error:
        return await _ask(request, error.detail, error.status)
    onward = f"/import/{made['upload']['id']}"
    if wanted := {name: text for name in WANTED if (text := request.query_params.get(name, "").strip())}:
        onward += f"?{urlencode(wanted)}"
    return html.redirect(request, onward, "The file has arrived. Nothing is imported yet.")


async def _ask(request: Request, error: str = "", status: int = 200) -> Response:
    kept = await internal_api.call(request, uploads.index, method="GET", query={"limit": "20"})
    return html.page(request, "import.html", status=status, error=error, uploads=kept["uploads"])


async def preview(request: Request) -> Response:
    """Show the first rows of an upload, with the menus of its columns."""
    query = request.query_params
    return await _show(request, {name: query[name] for name in FILE if query.get(name, "").strip()}, query)


async def _show(
    request: Request, file: dict[str, str], values: Mapping[str, str], error: str = "", status: int = 200
) -> Response:
    path = {"id": request.path_params["id"]}
    options = chosen_options(values)
    kind = file.get("kind", "")
    reading = for_kind(options, kind, READING) if kind else {}
    try:
        shown = await internal_api.call(request, uploads.read, method="GET", path=path, query=file | reading)
    except NotFound:
        raise
    except AppError as refused:
        error, status = error or refused.detail, refused.status
        file = {"kind": kind} if kind in list(UploadKind) else {}
        shown = await internal_api.call(request, uploads.read, method="GET", path=path, query=file)
    kind = shown["kind"]
    mapping = _parse_mapping(file.get("mapping", ""))
    is_table = shown["upload"]["format"] == "delimited"
    return html.page(
        request,
        "import_preview.html",
        status=status,
        shown=shown,
        upload=shown["upload"],
        kinds=list(UploadKind),
        can_start=kind in STARTS and not shown["problem"],
        menus=_menus(shown["columns"], mapping),
        uses=_uses(mapping),
        mapping=file.get("mapping", ""),
        constants={name: source["constant"] for name, source in mapping.items() if isinstance(source, dict)},
        reading=offered(READING, kind, is_table=is_table),
        starting=offered(STARTING, kind, is_table=is_table),
        values=options,
        fields_of_records=_fields(shown),
        not_used=NOT_USED,
        error=error,
        once=secrets.token_urlsafe(12),
    )


def _menus(columns: list[dict[str, Any]], mapping: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the columns that get a menu: of very many, those that are used come first."""
    if len(columns) <= MAX_MENUS:
        return columns
    uses = _uses(mapping)
    return sorted(columns, key=lambda column: not (column["fields"] or column["column"] in uses))[:MAX_MENUS]


def _parse_mapping(text: str) -> dict[str, Any]:
    """Return the mapping of a form; an empty one for text that is none, as that of a saved mapping."""
    try:
        mapping = parse_json(text or "{}")
    except (UnsafeJson, orjson.JSONDecodeError):
        return {}
    return mapping if isinstance(mapping, dict) else {}


def _uses(mapping: Mapping[str, Any]) -> dict[str, str]:
    """Return the choice of each column that the mapping names, for the menus. A constant has no column."""
    uses = {}
    for field, columns in mapping.items():
        for column in columns if isinstance(columns, list) else [columns]:
            if isinstance(column, str):
                uses[column] = NOT_USED if field == IGNORED else field
    return uses


def _mapping_of_form(form: Mapping[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the mapping that the menus stand for. Of the one before, constants and the order of columns stay."""
    chosen: dict[str, list[str]] = {}
    for name, field in form.items():
        if name.startswith(USE) and field:
            chosen.setdefault(IGNORED if field == NOT_USED else field, []).append(name.removeprefix(USE))
    mapping: dict[str, Any] = {name: source for name, source in before.items() if isinstance(source, dict)}
    for field, columns in chosen.items():
        known = before.get(field)
        same = isinstance(known, list) and sorted(map(str, known)) == sorted(columns)
        mapping[field] = known if same else columns[0] if len(columns) == 1 else columns
    return mapping


def _fields(shown: dict[str, Any]) -> list[str]:
    """Return the fields that any of the records has, in the order in which they occur."""
    return list(dict.fromkeys(name for row in shown["records"] for name in row["record"] or {} if name != "extra"))


async def start(request: Request) -> Response:
    """Show the rows again as the form says, or create the job with its options and go to its page."""
    form = {name: str(value) for name, value in (await read_form(request)).items()}
    file = {name: form[name] for name in FILE if form.get(name, "").strip()}
    mapping = _mapping_of_form(form, _parse_mapping(form.get("mapping", "")))
    if form.get("do") == "suggested":
        mapping = _parse_mapping(form.get("suggested", ""))
        form |= {"dateOrder": form.get("suggestedDateOrder") or form.get("dateOrder", "")}
    file.pop("mapping", None)
    file |= {"mapping": orjson.dumps(mapping).decode()} if mapping else {}
    options = chosen_options(form)
    if form.get("do") != "start":
        return html.redirect(request, f"/import/{request.path_params['id']}?{urlencode(file | options)}")
    if file.get("kind") == UploadKind.REFERENCE and "dryRun" not in options:
        question = await reference_data.ask_to_replace(request, options.get("name", ""))
        if question and (asking := confirm.ask(request, await read_form(request), question, "Replace the data")):
            return asking
    return await _start(request, file, options, form.get(internal_api.IDEMPOTENCY_FIELD) or None)


async def _start(request: Request, file: dict[str, str], options: dict[str, str], once: str | None) -> Response:
    kind = file.get("kind", "")
    handler = STARTS.get(UploadKind(kind)) if kind in list(UploadKind) else None
    if handler is None:
        raise BadRequest("Choose what the file is to be imported as.")
    body = {name: value for name, value in file.items() if name != "kind"}
    body |= for_kind(options, kind, READING + STARTING)
    if "name" in body:  # its name in requests; that of records has another meaning and help
        body["source"] = body.pop("name")
    body["uploadId"] = request.path_params["id"]
    try:
        created = await internal_api.call(request, handler, body, path={}, idempotency_key=once)
    except AppError as error:
        return await _show(request, file, options, error.detail, error.status)
    if "jobId" not in created:
        return html.redirect(request, f"/import/{body['uploadId']}?kind={kind}", _stored(created))
    return redirect_to_job(request, created)


def _stored(created: dict[str, Any]) -> str:
    """Return what became of the rows of a table that was stored at once."""
    counts = ", ".join(f"{created[name]:,} {name}" for name in COUNTS if name in created)
    text = f"The file was stored: {counts}."
    if created["errors"]:
        first = created["errors"][0]
        reason = " ".join(filter(None, [first.get("field"), first.get("error") or first.get("message")]))
        text += f" {created['rejected']:,} rows were left out, the first in line {first['line']:,}: {reason}."
    return text


async def delete(request: Request) -> Response:
    """Delete the upload."""
    await internal_api.call(request, uploads.delete, method="DELETE", path={"id": request.path_params["id"]})
    return html.redirect(request, "/import", "The upload was deleted.")
