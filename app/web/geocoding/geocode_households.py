"""Geocoding households: the request that creates the job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from app.db.core import audit
from app.db.core.pool import Connection
from app.db.households import locations
from app.db.jobs import records as jobs
from app.db.jobs import workers
from app.db.jobs.creator import Creator
from app.domain.geocoding.kinds import FILTER_NAMES, GEOCODE_HOUSEHOLDS, GeocodeHouseholdsArgs
from app.domain.households.filters import HouseholdFilters
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.errors import BadRequest, Conflict, Invalid, LimitReached
from app.settings import Settings
from app.web.accounts import auth
from app.web.geocoding import geocoders
from app.web.http import idempotency
from app.web.http.known_fields import wire_names
from app.web.http.models import RequestModel, ResponseModel
from app.web.http.operation import IDEMPOTENCY_KEY, LOCATION, RETRY_AFTER, Reply, operation
from app.web.http.request_parsing import read_json, validate
from app.web.http.responses import JSON
from app.web.http.schema_types import RunAt
from app.web.jobs.presenters import PollInterval
from app.web.platform import Platform, get_platform

NO_FILTER = "At least one filter must be provided: city, state, zipCode, county or precinctNumber."


class GeocodeHouseholdsRequest(GeocodeHouseholdsArgs, HouseholdFilters, RequestModel):
    """At least one filter, in `filters` or beside it, or ids of households; and options."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"filters": {"city": "Concord", "state": "CA"}, "limit": 1000, "minAccuracy": "street"}]
        }
    )

    run_at: RunAt | None = None


class GeocodeHouseholdsCreated(ResponseModel):
    """The job that geocodes households."""

    success: Literal[True] = True
    job_id: UUID
    message: str
    estimated_households: int
    """Households that match now."""
    limit: int
    """Maximum number of households that the job geocodes."""
    processing_started: bool
    """Whether a worker serves the queue."""
    poll_interval_ms: PollInterval = FIRST_MS


@operation(
    "geocodeHouseholds",
    tag="Geocoding",
    headers=[IDEMPOTENCY_KEY],
    body=GeocodeHouseholdsRequest,
    returns={202: Reply(GeocodeHouseholdsCreated, headers=[LOCATION, RETRY_AFTER])},
    errors=[Conflict, LimitReached],
)
async def create(request: Request) -> Response:
    """Create a job that geocodes the households that match the filters.

    A request that would find nothing to do is refused: filters that match no household with a 422, and households that
    all have coordinates already with a 409, unless `skipGeocoded` is false.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    raw, body = await read_json(request)
    if not isinstance(body, dict):
        raise BadRequest("Send a JSON object.", supportedFilters=FILTER_NAMES)
    filters = _parse_filters(body)
    asked = _parse_request(body, filters, platform)

    async def insert(conn: Connection) -> Response:
        return await _insert(conn, platform.settings, creator, asked)

    async with platform.pending_limit.creator(user) as creator:
        response = await idempotency.run_once(request, user, raw, insert)
    platform.dispatcher.schedule_pass()
    return response


def _parse_filters(body: Mapping[str, Any]) -> HouseholdFilters:
    """Return the filters under `filters` and those beside it. Raises Invalid or BadRequest; there must be one."""
    nested = body.get("filters")
    if nested is not None and not isinstance(nested, dict):
        raise Invalid([("filters", "must be an object")], supportedFilters=FILTER_NAMES)
    given = {name: body[name] for name in FILTER_NAMES if body.get(name) is not None}
    for name, value in (nested or {}).items():
        if name not in FILTER_NAMES:
            raise BadRequest(f"Unknown filter {name[:100]!r}.", supportedFilters=FILTER_NAMES)
        if value is not None and given.setdefault(name, value) != value:
            raise BadRequest(f"The filter {name} is given twice, with different values.", supportedFilters=FILTER_NAMES)
    filters = validate(HouseholdFilters, given, "filters")
    if filters.is_empty and not body.get("householdIds"):
        raise BadRequest(NO_FILTER, supportedFilters=FILTER_NAMES)
    return filters


def _parse_request(body: Mapping[str, Any], filters: HouseholdFilters, platform: Platform) -> GeocodeHouseholdsRequest:
    """Return the request with all filters in `filters`. Raises Invalid or BadRequest."""
    known = [name for name in wire_names(GeocodeHouseholdsRequest) if name not in (*FILTER_NAMES, "filters")]
    for name in body:
        if name not in (*FILTER_NAMES, "filters", *known):
            raise BadRequest(
                f"Unknown field {name[:100]!r}; besides the filters, the fields are {', '.join(known)}.",
                supportedFilters=FILTER_NAMES,
            )
    options = {name: body[name] for name in known if body.get(name) is not None}
    asked = validate(GeocodeHouseholdsRequest, {"filters": filters, **options})
    max_items = platform.settings.max_items
    if asked.limit is not None and asked.limit > max_items:
        raise BadRequest(
            f"limit may be at most {max_items:,}. Create several jobs one after the other; each geocodes households"
            " that are not geocoded yet.",
            maxLimit=max_items,
        )
    geocoders.check_available(platform, asked.provider_id)
    return asked


async def _insert(conn: Connection, settings: Settings, creator: Creator, asked: GeocodeHouseholdsRequest) -> Response:
    max_items = asked.limit or settings.max_items
    count = await locations.count(conn, asked.filters, asked.skip_geocoded, among=asked.household_ids, limit=max_items)
    limit = asked.limit or count
    if asked.run_at is not None:  # households may come until then
        limit = max_items
    elif not count:
        raise await _nothing_to_do(conn, asked, max_items)
    args = GeocodeHouseholdsArgs(**asked.model_dump(include=set(GeocodeHouseholdsArgs.model_fields)) | {"limit": limit})
    new_job = GEOCODE_HOUSEHOLDS.new_job(args, total_items=count or None, run_at=asked.run_at)
    [job] = await jobs.insert(conn, [new_job], creator)
    details = {
        **args.filters.model_dump(by_alias=True),
        "limit": str(args.limit),
        "estimatedHouseholds": str(count),
        "providerId": args.provider_id or "default",
        "skipGeocoded": str(args.skip_geocoded).lower(),
    }
    await audit.record(conn, "HOUSEHOLDS_GEOCODE_QUEUED", details, user_id=creator.id, job_id=job.id)
    created = GeocodeHouseholdsCreated(
        job_id=job.id,
        message=f"Geocoding job created for {count} households",
        estimated_households=count,
        limit=limit,
        processing_started=await workers.is_any_live(conn, GEOCODE_HOUSEHOLDS.queue.name),
    )
    return JSON(created, 202, {"Location": f"/api/v1/jobs/{job.id}", "Retry-After": retry_after(FIRST_MS)})


async def _nothing_to_do(conn: Connection, args: GeocodeHouseholdsArgs, max_items: int) -> Invalid | Conflict:
    geocoded = await locations.count(
        conn, args.filters, False, among=args.household_ids, limit=max_items, with_placed=True
    )
    if geocoded and not args.skip_geocoded:
        return Conflict(
            f"The filters match {geocoded:,} households, whose coordinates were all set by hand. To geocode them again,"
            " send their ids as householdIds."
        )
    if geocoded:
        return Conflict(
            f"The filters match {geocoded:,} households, which all have coordinates. To geocode them again, send"
            " skipGeocoded: false."
        )
    return Invalid([("filters", "match no household")], supportedFilters=FILTER_NAMES)
