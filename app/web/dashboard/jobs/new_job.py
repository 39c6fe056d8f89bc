"""Forms that create jobs, made from the arguments of each kind."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.jobs import records as jobs
from app.domain.jobs.spec import JobSpec
from app.domain.text.json_guard import load_stored
from app.errors import AppError, Invalid, NotFound
from app.web.dashboard.core import forms, html, internal_api
from app.web.dashboard.core.form_data import read_form
from app.web.dashboard.jobs.create_routes import CREATE_ROUTES, CreateRoute, fields_of
from app.web.dashboard.jobs.goals import GOALS
from app.web.jobs import create as job_creation
from app.web.jobs.access import reader_id
from app.web.platform import get_platform


async def index(request: Request) -> Response:
    """List the kinds: those with a route of their own first."""
    platform = get_platform(request)
    kinds = []
    for spec in sorted(platform.specs.values(), key=lambda spec: (spec.kind not in CREATE_ROUTES, spec.kind)):
        if spec.is_internal:
            continue
        route = CREATE_ROUTES.get(spec.kind)
        kinds.append(
            {
                "name": spec.kind,
                "description": route.description if route else "",
                "queue": spec.queue.name,
                "needs_file": route is not None and route.needs_file,
            }
        )
    return html.page(request, "new.html", kinds=kinds, goals=GOALS.values())


async def form(request: Request) -> Response:
    """Show the form of a kind; `?from=` fills it with the arguments of an existing job."""
    spec = requested_spec(request)
    fields = fields_of(spec)
    if request.query_params.get("from"):
        fields = forms.fill(fields, await arguments_of(request, request.query_params["from"]))
    return form_page(request, spec, fields)


def requested_spec(request: Request) -> JobSpec:
    spec = get_platform(request).kind(request.path_params["kind"])
    if spec is None:
        raise NotFound(f"Unknown job kind: {request.path_params['kind']}.")
    return spec


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
    return load_stored(job.data)


def form_page(
    request: Request, spec: JobSpec, fields: list[forms.Field], error: str = "", status: int = 200
) -> Response:
    """Render the form. `error` is shown above it unless a field shows an error of its own."""
    route = CREATE_ROUTES.get(spec.kind)
    return html.page(
        request,
        "new_form.html",
        status=status,
        kind=spec.kind,
        description=route.description if route else "",
        needs_file=route is not None and route.needs_file,
        fields=fields,
        error="" if any(field.error for field in fields) else error,
        once=secrets.token_urlsafe(12),
        copied=bool(request.query_params.get("from")),
    )


async def create(request: Request) -> Response:
    """Create the job through its route of the REST interface, and go to its page."""
    spec = requested_spec(request)
    route = CREATE_ROUTES.get(spec.kind)
    if route is not None and route.needs_file:
        return await _upload(request, spec, route)
    fields = fields_of(spec)
    values = {name: str(value) for name, value in (await read_form(request)).items()}
    try:
        arguments = forms.parse_input(fields, values)
        created = await internal_api.call(
            request,
            route.handler if route else job_creation.create,
            arguments if route else {"type": spec.kind, "data": arguments},
            idempotency_key=values.get(internal_api.IDEMPOTENCY_FIELD) or None,
        )
    except ValueError as error:
        return form_page(request, spec, forms.with_input(fields, values, {}), str(error), 422)
    except AppError as error:
        fields = forms.with_input(fields, values, _errors_by_field(error))
        return form_page(request, spec, fields, error.detail, error.status)
    return redirect_to_job(request, created)


async def _upload(request: Request, spec: JobSpec, route: CreateRoute) -> Response:
    try:
        created = await internal_api.upload(request, route.handler)
    except AppError as error:
        fields = forms.with_input(fields_of(spec), {}, _errors_by_field(error))
        return form_page(request, spec, fields, error.detail, error.status)
    return redirect_to_job(request, created)


def redirect_to_job(request: Request, created: dict[str, Any]) -> Response:
    """`created` is the response of the route: a job, or the report that makes one needless."""
    if "reportUrl" in created:
        page = f"/jobs/{created['jobId']}" if created["jobId"] else created["reportUrl"]
        return html.redirect(request, page, "There is a fresh report already, so no new job was created.")
    message = f"{str(created.get('message') or 'Job created').removesuffix('.')}."
    if not created.get("isNew", True):  # jobs that are never deduplicated do not say
        message = "An identical job is already active, so no new one was created."
    if not created.get("processingStarted", True):
        message += " No worker is serving its queue at the moment."
    return html.redirect(request, f"/jobs/{created['jobId']}", message)


def _errors_by_field(error: AppError) -> dict[str, str]:
    if not isinstance(error, Invalid):
        return {}
    return {entry["field"]: entry["message"] for entry in error.extra.get("errors", ())}
