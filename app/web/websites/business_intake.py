"""Submitting businesses as JSON or CSV; those that are new or changed get jobs that visit their websites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

import orjson
from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.jobs.creator import Creator
from app.db.websites.business_jobs import BusinessJob, upsert_with_jobs
from app.db.websites.business_upserts import BusinessUpsert
from app.db.websites.businesses import get_business
from app.domain.text.column_mapping import ColumnMapping, to_wire
from app.domain.text.errors import TooManyRows, Unreadable
from app.domain.websites.business_files import from_csv
from app.domain.websites.businesses import FROM_CSV, NewBusiness
from app.domain.websites.kinds import WEBSITE_KINDS
from app.errors import BadRequest, Conflict, Invalid, LimitReached, TooLarge
from app.web.accounts import auth
from app.web.http import idempotency, request_parsing
from app.web.http.file_columns import MAPPING_OF_JSON, ColumnModel, present_columns
from app.web.http.models import RequestModel, ResponseModel
from app.web.http.off_loop import off_loop, off_loop_for
from app.web.http.operation import IDEMPOTENCY_KEY, LOCATION, Reply, operation
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.http.saved_mappings import with_saved_mapping
from app.web.http.schema_types import RunAt
from app.web.jobs.create import check_priority
from app.web.platform import Platform, get_platform
from app.web.websites import presenters

MAX_BUSINESSES = 2_000
"""Accepted per request. Each may get three jobs, and all of them commit together."""
MAX_BODY_BYTES = 4_000_000
CSV_TYPES = ("text/csv", "text/tab-separated-values")


class IntakeQuery(RequestModel):
    priority: int = Field(default=5, ge=1, le=9)
    """Priority of the jobs, from 1 (first) to 9."""
    run_at: RunAt | None = None
    """The jobs wait until this time; one in the past is now."""
    mapping: ColumnMapping = {}
    """For tables: what holds each field, where the usual names of columns do not tell: a column, several of which the
    values are joined by spaces, or a constant, such as `{"name": "Firm", "state": {"constant": "NC"}}`."""


class SubmittedList(ResponseModel):
    """The result of sending a list of businesses."""

    businesses: list[presenters.SubmittedBusiness]
    """In the order of the request."""
    total: int
    jobs: int
    """Number of jobs, new and active ones."""


class RowError(ResponseModel):
    """What is wrong with a row of a CSV file."""

    line: int
    """The line of the file, from 1."""
    field: str
    """Empty if the row as a whole cannot be read."""
    error: str


class SubmittedFile(ResponseModel):
    """The result of sending a CSV file."""

    created: int
    updated: int
    unchanged: int
    excluded: int
    """Stored ones to which an exclusion applies."""
    duplicates: int
    """Rows of businesses that come again further down; the last one counts."""
    rejected: int
    total: int
    """Number of rows."""
    jobs: int
    errors: list[RowError]
    columns: list[ColumnModel]
    """What the columns are taken for."""


Submitted = presenters.StoredBusiness | SubmittedList | SubmittedFile
BODY = {
    "application/json": NewBusiness | Annotated[list[NewBusiness], Field(min_length=1, max_length=MAX_BUSINESSES)],
    **dict.fromkeys(CSV_TYPES, bytes),
}


@operation(
    "createBusinesses",
    tag="Businesses",
    query=IntakeQuery,
    headers=[IDEMPOTENCY_KEY],
    body=BODY,
    returns={201: Reply(Submitted, headers=[LOCATION])},
    errors=[Conflict, LimitReached],
)
async def create(request: Request) -> Response:
    """Store businesses, and create the jobs that visit their websites.

    Send one business, a list, or a CSV file. Those that are new or changed get jobs. Of JSON, all businesses are
    stored or none. Of a CSV file, the rows with errors are reported and the others stored. A business is updated if
    its place id, else its external id, else its name with its website or address is known.
    """
    user = await auth.require(request)
    saved = await with_saved_mapping(get_platform(request), user, request.query_params)
    query = request_parsing.parse_query(request, IntakeQuery, saved)
    check_priority(user, query.priority)
    if request_parsing.media_type(request) in CSV_TYPES:
        return await _create_from_csv(request, user, query)
    if query.mapping:
        raise BadRequest(MAPPING_OF_JSON)
    return await _create_from_json(request, user, query)


async def _create_from_json(request: Request, user: User, query: IntakeQuery) -> Response:
    platform = get_platform(request)
    raw, body = await request_parsing.read_json(request, MAX_BODY_BYTES)
    is_list = isinstance(body, list)
    values = body if is_list else [body]
    if not 1 <= len(values) <= MAX_BUSINESSES:
        raise BadRequest(f"Send 1 to {MAX_BUSINESSES:,} businesses per request; this one has {len(values):,}.")
    businesses = await off_loop(len(raw), _validate_all, platform, values, is_list)

    async def store(conn: Connection) -> Response:
        results, jobs = await store_businesses(
            conn, platform, creator, businesses, source="rest", priority=query.priority, run_at=query.run_at
        )
        if is_list:

            def respond() -> Response:
                submitted = presenters.present_submitted((results[business.key] for business in businesses), jobs)
                return JSON(SubmittedList(businesses=submitted, total=len(submitted), jobs=len(jobs)), 201)

            return await off_loop_for(len(businesses), respond)
        submitted = presenters.present_submitted([results[businesses[0].key]], jobs)
        stored = await get_business(conn, submitted[0].id)
        assert stored is not None
        location = {"Location": f"/api/v1/businesses/{stored.id}"}
        return JSON(presenters.present_stored(stored, submitted[0]), 201, location)

    async with platform.pending_limit.creator(user) as creator:
        response = await idempotency.run_once(request, user, raw, store)
    platform.dispatcher.schedule_pass()
    return response


def _validate_all(platform: Platform, values: Sequence[Any], is_list: bool) -> list[NewBusiness]:
    """Raises Invalid with the findings of all values."""
    errors: list[tuple[str, str]] = []
    businesses = [_validated(platform, value, str(i) if is_list else "", errors) for i, value in enumerate(values)]
    if errors:
        raise Invalid(errors)
    return [business for business in businesses if business is not None]


def _validated(platform: Platform, value: Any, path: str, errors: list[tuple[str, str]]) -> NewBusiness | None:
    """Return the business with its website normalised, or None after adding what is wrong with it to `errors`."""
    try:
        business = NewBusiness.model_validate(value)
    except ValidationError as error:
        errors += invalid(error, NewBusiness, path).findings
        return None
    if business.website is not None:
        try:
            business.website = platform.normalise_website(business.website)
        except ValueError as error:
            errors.append((f"{path}.website".lstrip("."), str(error)))
            return None
    return business


async def _create_from_csv(request: Request, user: User, query: IntakeQuery) -> Response:
    platform = get_platform(request)
    try:
        raw = await request_parsing.read_body(request, MAX_BODY_BYTES)
        rows, columns = await off_loop(len(raw), from_csv, raw, MAX_BUSINESSES, query.mapping)
    except Unreadable as error:
        raise BadRequest(str(error)) from None
    except (TooManyRows, TooLarge):
        raise TooLarge(
            f"A CSV file in a request may have at most {MAX_BUSINESSES:,} businesses and {MAX_BODY_BYTES:,} bytes. Send"
            " larger files to POST /api/v1/businesses/import (trigpoint businesses import FILE): a job reads them.",
            limit=MAX_BUSINESSES,
        ) from None
    table = await off_loop(len(raw), _validate_rows, platform, rows)

    async def store(conn: Connection) -> Response:
        results, jobs = await store_businesses(
            conn,
            platform,
            creator,
            list(table.businesses.values()),
            source=FROM_CSV,
            priority=query.priority,
            run_at=query.run_at,
        )
        submitted = SubmittedFile(
            created=sum(result.is_new for result in results.values()),
            updated=sum(result.is_changed for result in results.values()),
            unchanged=sum(not (result.is_new or result.is_changed) for result in results.values()),
            excluded=sum(result.is_excluded for result in results.values()),
            duplicates=table.duplicates,
            rejected=table.rejected,
            total=len(rows),
            jobs=len(jobs),
            errors=table.errors,
            columns=present_columns(columns),
        )
        return JSON(submitted, 201)

    keyed = raw + orjson.dumps(to_wire(query.mapping)) if query.mapping else raw
    async with platform.pending_limit.creator(user) as creator:
        response = await idempotency.run_once(request, user, keyed, store)
    platform.dispatcher.schedule_pass()
    return response


@dataclass
class _Table:
    businesses: dict[str, NewBusiness] = field(default_factory=dict)
    """By their keys; of equal ones the last."""
    duplicates: int = 0
    rejected: int = 0
    """Rows with errors."""
    errors: list[RowError] = field(default_factory=list)


def _validate_rows(platform: Platform, rows: Sequence[tuple[int, Any]]) -> _Table:
    table = _Table()
    for line, values in rows:
        errors: list[tuple[str, str]] = []
        if isinstance(values, str):
            errors = [("", values)]
        elif (business := _validated(platform, values, "", errors)) is not None:
            table.duplicates += business.key in table.businesses
            table.businesses[business.key] = business
        table.rejected += bool(errors)
        table.errors += [RowError(line=line, field=name, error=message) for name, message in errors]
    return table


async def store_businesses(
    conn: Connection,
    platform: Platform,
    creator: Creator,
    businesses: Sequence[NewBusiness],
    *,
    source: str,
    priority: int,
    run_at: datetime | None,
) -> tuple[dict[str, BusinessUpsert], list[BusinessJob]]:
    """Insert or update businesses, create their jobs and record it in the audit log. See `upsert_with_jobs`."""
    results, jobs = await upsert_with_jobs(
        conn,
        businesses,
        WEBSITE_KINDS,
        source=source,
        country=platform.settings.default_country,
        creator=creator,
        priority=priority,
        run_at=run_at,
    )
    details = {"source": source, "businesses": len(results), "jobs": len(jobs)}
    await audit.record(conn, "BUSINESSES_LOADED", details, user_id=creator.id)
    return results, jobs
