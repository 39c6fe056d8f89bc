"""Geocoding households: the request that creates the job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.households import locations
from app.db.jobs import records as jobs
from app.db.jobs import workers
from app.domain.geocoding.kinds import GEOCODE_HOUSEHOLDS, GeocodeHouseholdsArgs
from app.domain.households.filters import HouseholdFilters
from app.errors import BadRequest, Invalid
from app.settings import Settings
from app.web.accounts import auth
from app.web.geocoding import geocoders
from app.web.http import idempotency, request_parsing
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.platform import Platform, get_platform

FILTERS = [str(field.alias) for field in HouseholdFilters.model_fields.values()]
NO_FILTER = "At least one filter must be provided: city, state, zipCode, county or precinctNumber."
FIRST_POLL_MS = 500


async def create(request: Request) -> Response:
    """Create a job for `{filters: {city, state, …}, limit, providerId, …}`; filters may also be at the top level.

    202 `{"success": true, "jobId", "message", "estimatedHouseholds", "limit", "processingStarted", …}`.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    raw, body = await request_parsing.read_json(request)
    if not isinstance(body, dict):
        raise BadRequest("Send a JSON object.", supportedFilters=FILTERS)
    filters = _parse_filters(body)
    args = _parse_args(body, filters, platform)

    async def insert(conn: Connection) -> Response:
        return await _insert(conn, platform.settings, user, args)

    response = await idempotency.run_once(request, user, raw, insert)
    platform.dispatcher.schedule_pass()
    return response


def _parse_filters(body: Mapping[str, Any]) -> HouseholdFilters:
    """Return the filters under `filters` and those beside it. Raises Invalid or BadRequest; there must be one."""
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


def _parse_args(body: Mapping[str, Any], filters: HouseholdFilters, platform: Platform) -> GeocodeHouseholdsArgs:
    """Return the job's arguments. Raises Invalid or BadRequest."""
    fields = GeocodeHouseholdsArgs.model_fields.items()
    known = [str(field.alias or name) for name, field in fields if name != "filters"]
    for name in body:
        if name not in (*FILTERS, "filters", *known):
            raise BadRequest(
                f"Unknown field {name[:100]!r}; besides the filters, the fields are {', '.join(known)}.",
                supportedFilters=FILTERS,
            )
    options = {name: body[name] for name in known if body.get(name) is not None}
    try:
        args = GeocodeHouseholdsArgs.model_validate({"filters": filters, **options})
    except ValidationError as error:
        raise invalid(error) from None
    max_items = platform.settings.max_items
    if args.limit is not None and args.limit > max_items:
        raise BadRequest(
            f"limit may be at most {max_items:,}. Create several jobs one after the other; each geocodes households"
            " that are not geocoded yet.",
            maxLimit=max_items,
        )
    geocoders.check_available(platform, args.provider_id)
    return args


async def _insert(conn: Connection, settings: Settings, user: User, args: GeocodeHouseholdsArgs) -> Response:
    max_items = args.limit or settings.max_items
    count = await locations.count(conn, args.filters, args.skip_geocoded, limit=max_items)
    args = args.model_copy(update={"limit": args.limit or count or max_items})
    [job] = await jobs.insert(conn, [GEOCODE_HOUSEHOLDS.new_job(args, total_items=count)], user.id)
    details = {
        **args.filters.model_dump(by_alias=True),
        "limit": str(args.limit),
        "estimatedHouseholds": str(count),
        "providerId": args.provider_id or "default",
        "skipGeocoded": str(args.skip_geocoded).lower(),
    }
    await audit.record(conn, "HOUSEHOLDS_GEOCODE_QUEUED", details, user_id=user.id, job_id=job.id)
    content = {
        "success": True,
        "jobId": job.id,
        "message": f"Geocoding job created for {count} households",
        "estimatedHouseholds": count,
        "limit": args.limit,
        "processingStarted": await workers.is_any_live(conn, GEOCODE_HOUSEHOLDS.queue.name),
        "poll_interval_ms": FIRST_POLL_MS,
    }
    return JSON(content, 202, {"Location": f"/api/v1/jobs/{job.id}", "Retry-After": "1"})
