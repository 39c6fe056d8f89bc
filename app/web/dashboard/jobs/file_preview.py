"""Importing a file step by step: upload it, look at its first rows, choose what its columns are, start the job."""

from __future__ import annotations

import secrets
from typing import Any

import orjson
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from app.domain.imports.upload_kinds import UploadKind
from app.domain.text.json_guard import UnsafeJson, parse_json
from app.errors import AppError, BadRequest, NotFound
from app.web.dashboard.core import html, internal_api
from app.web.dashboard.core.form_data import read_form
from app.web.dashboard.jobs.new_job import redirect_to_job
from app.web.geocoding import geocode_file
from app.web.imports import create as imports
from app.web.previews import uploads

STARTS = {
    UploadKind.VOTERS: imports.create_voters,
    UploadKind.PARCELS: imports.create_parcels,
    UploadKind.POIS: imports.create_pois,
    UploadKind.BUSINESSES: imports.create_businesses,
    UploadKind.GEOCODE_FILE: geocode_file.create,
}
"""What starts the job of each kind."""
OPTIONS = ("kind", "sheet", "layer", "crs")
USE = "use."
"""Begins the names of the menus of columns."""
HIDDEN = ("mapping", "kind", "sheet", "layer", "crs")


async def start_page(request: Request) -> Response:
    """Ask for the file, and list those that were uploaded before."""
    return await _ask(request)


async def upload(request: Request) -> Response:
    """Store the file and go to its preview."""
    try:
        made = await internal_api.upload(request, uploads.create)
    except AppError as error:
        return await _ask(request, error.detail, error.status)
    return html.redirect(request, f"/import/{made['upload']['id']}", "The file has arrived. Nothing is imported yet.")


async def _ask(request: Request, error: str = "", status: int = 200) -> Response:
    kept = await internal_api.call(request, uploads.index, method="GET", query={"limit": "20"})
    return html.page(request, "import.html", status=status, error=error, uploads=kept["uploads"])


async def preview(request: Request) -> Response:
    """Show the first rows of an upload, with the menus of its columns."""
    return await _show(request, _chosen(request.query_params))


def _chosen(query: QueryParams) -> dict[str, str]:
    """Return the options of the preview that the menus stand for."""
    chosen = {name: value for name in OPTIONS if (value := query.get(name, "").strip())}
    mapping: dict[str, list[str]] = {}
    for name, field in query.multi_items():
        if name.startswith(USE) and field:
            mapping.setdefault(field, []).append(name.removeprefix(USE))
    if mapping:
        joined = {field: columns[0] if len(columns) == 1 else columns for field, columns in mapping.items()}
        chosen["mapping"] = orjson.dumps(joined).decode()
    return chosen


async def _show(request: Request, chosen: dict[str, str], error: str = "", status: int = 200) -> Response:
    path = {"id": request.path_params["id"]}
    try:
        shown = await internal_api.call(request, uploads.read, method="GET", path=path, query=chosen)
    except NotFound:
        raise
    except AppError as refused:
        error, status = error or refused.detail, refused.status
        plain = {name: value for name, value in chosen.items() if name == "kind" and value in list(UploadKind)}
        shown = await internal_api.call(request, uploads.read, method="GET", path=path, query=plain)
        chosen = plain
    kind = shown["kind"]
    chosen = chosen | ({"kind": kind} if kind else {})
    uses = _columns_of_mapping(chosen.get("mapping", "{}"))
    return html.page(
        request,
        "import_preview.html",
        status=status,
        shown=shown,
        upload=shown["upload"],
        kinds=list(UploadKind),
        can_start=kind in STARTS and not shown["problem"],
        has_route=kind is None or kind in STARTS,
        uses=uses,
        chosen={name: chosen[name] for name in HIDDEN if name in chosen},
        fields_of_records=_fields(shown),
        error=error,
        once=secrets.token_urlsafe(12),
    )


def _columns_of_mapping(text: str) -> dict[str, str]:
    """Return the field that each column is mapped to, for the menus. A saved mapping or a constant has no column."""
    try:
        mapped = parse_json(text)
    except (UnsafeJson, orjson.JSONDecodeError):
        return {}
    uses = {}
    for field, columns in mapped.items() if isinstance(mapped, dict) else ():
        for column in columns if isinstance(columns, list) else [columns]:
            if isinstance(column, str):
                uses[column] = field
    return uses


def _fields(shown: dict[str, Any]) -> list[str]:
    """Return the fields that any of the records has, in the order in which they occur."""
    return list(dict.fromkeys(name for row in shown["records"] for name in row["record"] or {} if name != "extra"))


async def start(request: Request) -> Response:
    """Create the job with the options that the preview showed, and go to its page."""
    form = {name: str(value) for name, value in (await read_form(request)).items()}
    chosen = {name: form[name] for name in HIDDEN if form.get(name)}
    try:
        handler = STARTS.get(UploadKind(chosen.get("kind", "")))
    except ValueError:
        handler = None
    if handler is None:
        raise BadRequest("Choose what the file is to be imported as.")
    body: dict[str, Any] = {name: value for name, value in chosen.items() if name != "kind"}
    body["uploadId"] = request.path_params["id"]
    try:
        created = await internal_api.call(
            request, handler, body, path={}, idempotency_key=form.get(internal_api.IDEMPOTENCY_FIELD) or None
        )
    except AppError as error:
        return await _show(request, chosen, error.detail, error.status)
    return redirect_to_job(request, created)


async def delete(request: Request) -> Response:
    """Delete the upload."""
    await internal_api.call(request, uploads.delete, method="DELETE", path={"id": request.path_params["id"]})
    return html.redirect(request, "/import", "The upload was deleted.")
