"""New jobs of every kind, by forms made from what the kinds say of their arguments."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.jobs import records as jobs
from app.domain.geocoding.kinds import GeocodeFileOptions
from app.domain.jobs.spec import JobSpec
from app.errors import AppError, Invalid, NotFound
from app.web.companies import research
from app.web.dashboard.core import forms, html, internal_api
from app.web.geocoding import geocode_file, geocode_households
from app.web.imports import create as imports
from app.web.imports.requests import BusinessImportRequest, ImportRequest, VoterImportRequest
from app.web.jobs import create as job_creation
from app.web.jobs.access import reader_id
from app.web.platform import get_platform


@dataclass(frozen=True)
class Way:
    """How jobs of a kind are made where it has a route of its own."""

    handler: internal_api.Handler
    options: type[BaseModel] | None = None
    """What is asked; None: the arguments of the kind."""
    description: str = ""
    needs_file: bool = False
    in_path: Mapping[str, str] = field(default_factory=dict)
    """Parts of the route's path, and the fields that they are."""


class Research(BaseModel):
    companyId: str = Field(description="The company's id here, or an id of your own for it.")
    company_name: str | None = None
    website: str | None = None
    forceRefresh: bool = Field(default=False, description="Write a new report even if a recent one exists.")


WAYS = {
    "geocode_households": Way(
        geocode_households.create, description="Find the coordinates of the households that match the filters."
    ),
    "geocode_file": Way(
        geocode_file.create, GeocodeFileOptions, "Add coordinates to the addresses in a CSV file.", True
    ),
    "voter_import": Way(
        imports.create_voters, VoterImportRequest, "Import voters and their households from a voter file.", True
    ),
    "parcel_import": Way(imports.create_parcels, ImportRequest, "Import land parcels from GeoJSON or CSV.", True),
    "poi_import": Way(imports.create_pois, ImportRequest, "Import points of interest from GeoJSON or CSV.", True),
    "business_import": Way(
        imports.create_businesses,
        BusinessImportRequest,
        "Import businesses from CSV and check their websites.",
        True,
    ),
    "company_research": Way(
        research.create,
        Research,
        "Write a report on a company that quotes its sources.",
        in_path={"company": "companyId"},
    ),
}
MADE_BY_OTHERS = {"signal_notification", "webhook_delivery"}
"""Kinds that nobody makes by hand."""


def form_of(spec: JobSpec) -> list[forms.Field]:
    way = WAYS.get(spec.kind)
    return forms.fields(way.options if way and way.options else spec.args)


async def index(request: Request) -> Response:
    platform = get_platform(request)
    kinds = [
        {
            "name": spec.kind,
            "description": WAYS[spec.kind].description if spec.kind in WAYS else "",
            "queue": spec.queue.name,
            "needs_file": spec.kind in WAYS and WAYS[spec.kind].needs_file,
        }
        for spec in sorted(platform.specs.values(), key=lambda spec: (spec.kind not in WAYS, spec.kind))
        if spec.kind not in MADE_BY_OTHERS
    ]
    return html.page(request, "new.html", kinds=kinds)


def spec_of(request: Request) -> JobSpec:
    platform = get_platform(request)
    spec = platform.kind(request.path_params["kind"])
    if spec is None:
        raise NotFound(f"Unknown job kind: {request.path_params['kind']}.")
    return spec


async def form(request: Request) -> Response:
    """With `?from=` the arguments of a job that was made before."""
    spec = spec_of(request)
    fields = form_of(spec)
    if request.query_params.get("from"):
        fields = forms.filled(fields, await arguments_of(request, request.query_params["from"]))
    return form_page(request, spec, fields)


async def arguments_of(request: Request, job_id: str) -> Any:
    platform = get_platform(request)
    user: User = request.state.user
    try:
        async with platform.pool.acquire() as conn:
            job = await jobs.get(conn, UUID(job_id), reader_id(user))
    except ValueError:
        job = None
    if job is None:
        raise NotFound("The job to copy was not found. It was deleted, or it belongs to another user.")
    return orjson.loads(job.data)


def form_page(
    request: Request, spec: JobSpec, fields: list[forms.Field], error: str = "", status: int = 200
) -> Response:
    way = WAYS.get(spec.kind)
    return html.page(
        request,
        "new_form.html",
        status=status,
        kind=spec.kind,
        description=way.description if way else "",
        needs_file=way is not None and way.needs_file,
        fields=fields,
        error="" if any(one.error for one in fields) else error,
        once=secrets.token_urlsafe(12),
        copied=bool(request.query_params.get("from")),
    )


async def create(request: Request) -> Response:
    spec = spec_of(request)
    way = WAYS.get(spec.kind)
    if way is not None and way.needs_file:
        return await _upload(request, spec, way)
    fields = form_of(spec)
    values = {name: str(value) for name, value in (await request.form()).items()}
    try:
        asked = forms.arguments(fields, values)
        body = asked if way else {"type": spec.kind, "data": asked}
        handler = way.handler if way else job_creation.create
        path = {part: str(asked.pop(name, "")) for part, name in way.in_path.items()} if way else {}
        made = await internal_api.call(request, handler, body, path=path, once=values.get(internal_api.ONCE) or None)
    except ValueError as error:
        return form_page(request, spec, forms.sent(fields, values, {}), str(error), 422)
    except AppError as error:
        return form_page(request, spec, forms.sent(fields, values, _by_field(error)), error.detail, error.status)
    return _made(request, made)


async def _upload(request: Request, spec: JobSpec, way: Way) -> Response:
    try:
        made = await internal_api.upload(request, way.handler)
    except AppError as error:
        return form_page(request, spec, forms.sent(form_of(spec), {}, _by_field(error)), error.detail, error.status)
    return _made(request, made)


def _made(request: Request, made: dict[str, Any]) -> Response:
    words = made.get("message") or "Job created"
    if not made.get("isNew", made.get("is_new", True)):
        words = "An identical job is already active, so no new one was created"
    waiting = "" if made.get("processingStarted", True) else ". No worker is serving its queue at the moment"
    return html.see_other(request, f"/jobs/{made.get('jobId') or made['job_id']}", f"{words}{waiting}.")


def _by_field(error: AppError) -> dict[str, str]:
    if not isinstance(error, Invalid):
        return {}
    return {entry["field"]: entry["message"] for entry in error.extra.get("errors", ())}
