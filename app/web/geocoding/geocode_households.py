"""Geocoding households: the request that makes a job of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.households import records as households
from app.db.jobs import records as jobs
from app.db.jobs import workers
from app.domain.households.input import HouseholdFilters
from app.domain.jobs.spec import NewJob
from app.errors import BadRequest, Invalid
from app.web.accounts import auth
from app.web.geocoding import geocoders
from app.web.http import idempotency, request_parsing
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.platform import Platform, get_platform

KIND = "geocode_households"
FILTERS = [str(field.alias) for field in HouseholdFilters.model_fields.values()]
NO_FILTER = "At least one filter must be provided: city, state, zipCode, county or precinctNumber."
FIRST_POLL_MS = 500


async def create(request: Request) -> Response:
    """`{filters: {city, state, …}, limit, providerId, skipGeocoded, useFallback, timeout}`, or filters at top level."""
    user = await auth.require(request)
    platform = get_platform(request)
    raw, body = await request_parsing.read_json(request)
    if not isinstance(body, dict):
        raise BadRequest("Send a JSON object.", supportedFilters=FILTERS)
    filters = _filters(body)
    options = _options(body, platform)
    response = await idempotency.once(request, user, raw, lambda conn: _create(conn, platform, user, filters, options))
    platform.dispatcher.schedule_pass()
    return response


def _filters(body: Mapping[str, Any]) -> HouseholdFilters:
    """Those under `filters` and those beside it, of which there is at least one."""
    nested = body.get("filters")
    if nested is not None and not isinstance(nested, dict):
        raise Invalid([("filters", "must be an object")], supportedFilters=FILTERS)
    given = {name: body[name] for name in FILTERS if body.get(name) is not None}
    for name, value in (nested or {}).items():
        if name not in FILTERS:
            raise BadRequest(f"Unknown filter {name[:100]!r}.", supportedFilters=FILTERS)
        if value is not None and given.setdefault(name, value) != value:
            raise BadRequest(f"The filter {name} is given twice, with different values.", supportedFilters=FILTERS)
    try:
        filters = HouseholdFilters.model_validate(given)
    except ValidationError as error:
        raise invalid(error, "filters") from None
    if filters.is_empty:
        raise BadRequest(NO_FILTER, supportedFilters=FILTERS)
    return filters


def _options(body: Mapping[str, Any], platform: Platform) -> dict[str, Any]:
    """The job's other arguments by their names in the body, checked, with their defaults."""
    args = platform.specs[KIND].args
    known = [str(field.alias or name) for name, field in args.model_fields.items() if name != "filters"]
    for name in body:
        if name not in (*FILTERS, "filters", *known):
            raise BadRequest(
                f"Unknown field {name[:100]!r}; beside the filters there are {', '.join(known)}.",
                supportedFilters=FILTERS,
            )
    try:
        checked = args.model_validate({name: body[name] for name in known if body.get(name) is not None})
    except ValidationError as error:
        raise invalid(error) from None
    options = checked.model_dump(by_alias=True, exclude={"filters"})
    limit, provider, most = options["limit"], options["providerId"], platform.settings.max_items
    if limit is not None and limit > most:
        raise BadRequest(
            f"limit may be at most {most:,}: run several jobs in turn, each over what is not geocoded yet.",
            maxLimit=most,
        )
    geocoders.check(platform, provider)
    return options


async def _create(
    conn: Connection, platform: Platform, user: User, filters: HouseholdFilters, options: Mapping[str, Any]
) -> Response:
    spec = platform.specs[KIND]
    most = options["limit"] or platform.settings.max_items
    count = await households.count_households(conn, filters, options["skipGeocoded"], at_most=most)
    limit = options["limit"] or count or most
    args = spec.args.model_validate({"filters": filters, **options, "limit": limit})
    data = args.model_dump_json(by_alias=True, exclude_none=True).encode()
    [job] = await jobs.insert(conn, [NewJob(spec, data, total_items=count)], user.id)
    details = {
        **filters.model_dump(by_alias=True),
        "limit": str(limit),
        "estimatedHouseholds": str(count),
        "providerId": options["providerId"] or "default",
        "skipGeocoded": str(options["skipGeocoded"]).lower(),
    }
    await audit.record(conn, "HOUSEHOLDS_GEOCODE_QUEUED", details, user_id=user.id, job_id=job.id)
    content = {
        "success": True,
        "jobId": job.id,
        "message": f"Geocoding job created for {count} households",
        "estimatedHouseholds": count,
        "limit": limit,
        "processingStarted": await workers.any_live(conn, spec.queue.name),
        "poll_interval_ms": FIRST_POLL_MS,
    }
    return JSON(content, 202, {"Location": f"/api/v1/jobs/{job.id}", "Retry-After": "1"})
