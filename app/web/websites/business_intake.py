"""Submitting businesses as JSON or CSV; those that are new or changed get jobs that visit their websites."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.websites.business_jobs import BusinessJob, upsert_with_jobs
from app.db.websites.business_upserts import BusinessUpsert
from app.db.websites.businesses import get_business
from app.domain.text.errors import TooManyRows, Unreadable
from app.domain.websites.business_files import from_csv
from app.domain.websites.businesses import FROM_CSV, NewBusiness
from app.domain.websites.kinds import WEBSITE_SPECS
from app.errors import BadRequest, Invalid, TooLarge
from app.web.accounts import auth
from app.web.http import idempotency, request_parsing
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.platform import Platform, get_platform
from app.web.websites import presenters

MAX_BUSINESSES = 2_000
"""Accepted per request. Each may get three jobs, and all of them commit together."""
MAX_BODY_BYTES = 4_000_000
CSV_TYPES = ("text/csv", "text/tab-separated-values")


class IntakeQuery(BaseModel):
    priority: int = Field(default=5, ge=1, le=9)
    """Priority of the jobs, from 1 (first) to 9."""


async def create(request: Request) -> Response:
    """201 with what became of one business or a list (JSON), or of the rows of a CSV file.

    Of JSON, all businesses are stored or none. Of a CSV file, the rows with errors are reported and the others stored.
    """
    user = await auth.require(request)
    query = request_parsing.parse_query(request, IntakeQuery)
    if request_parsing.media_type(request) in CSV_TYPES:
        return await _create_from_csv(request, user, query.priority)
    return await _create_from_json(request, user, query.priority)


async def _create_from_json(request: Request, user: User, priority: int) -> Response:
    platform = get_platform(request)
    raw, body = await request_parsing.read_json(request, MAX_BODY_BYTES)
    is_list = isinstance(body, list)
    values = body if is_list else [body]
    if not 1 <= len(values) <= MAX_BUSINESSES:
        raise BadRequest(f"Send 1 to {MAX_BUSINESSES:,} businesses per request; this one has {len(values):,}.")
    errors: list[tuple[str, str]] = []
    businesses = []
    for i, value in enumerate(values):
        if (business := _validated(platform, value, str(i) if is_list else "", errors)) is not None:
            businesses.append(business)
    if errors:
        raise Invalid(errors)

    async def store(conn: Connection) -> Response:
        results, jobs = await store_businesses(conn, platform, user, businesses, source="rest", priority=priority)
        if is_list:
            items = presenters.upsert_results((results[business.key] for business in businesses), jobs)
            return JSON({"businesses": items, "total": len(items), "jobs": len(jobs)}, 201)
        result = results[businesses[0].key]
        stored = await get_business(conn, result.id)
        assert stored is not None
        [outcome] = presenters.upsert_results([result], jobs)
        location = {"Location": f"/api/v1/businesses/{result.id}"}
        return JSON(presenters.business(stored) | outcome, 201, location)

    response = await idempotency.run_once(request, user, raw, store)
    platform.dispatcher.schedule_pass()
    return response


def _validated(platform: Platform, value: Any, path: str, errors: list[tuple[str, str]]) -> NewBusiness | None:
    """Return the business with its website normalised, or None after adding what is wrong with it to `errors`."""
    try:
        business = NewBusiness.model_validate(value)
    except ValidationError as error:
        errors += [(entry["field"], entry["message"]) for entry in invalid(error, path).extra["errors"]]
        return None
    if business.website is not None:
        try:
            business.website = platform.normalise_website(business.website)
        except ValueError as error:
            errors.append((f"{path}.website".lstrip("."), str(error)))
            return None
    return business


async def _create_from_csv(request: Request, user: User, priority: int) -> Response:
    platform = get_platform(request)
    try:
        raw = await request_parsing.read_body(request, MAX_BODY_BYTES)
        rows = list(from_csv(raw, MAX_BUSINESSES))
    except Unreadable as error:
        raise BadRequest(str(error)) from None
    except (TooManyRows, TooLarge):
        raise TooLarge(
            f"A CSV file in a request may have at most {MAX_BUSINESSES:,} businesses and {MAX_BODY_BYTES:,} bytes. Send"
            " larger files to POST /api/v1/businesses/import (trigpoint businesses import FILE): a job reads them.",
            limit=MAX_BUSINESSES,
        ) from None
    row_errors: list[dict[str, Any]] = []
    businesses: dict[str, NewBusiness] = {}
    duplicates = rejected = 0
    for line, values in rows:
        errors: list[tuple[str, str]] = []
        if isinstance(values, str):
            errors = [("", values)]
        elif (business := _validated(platform, values, "", errors)) is not None:
            duplicates += business.key in businesses
            businesses[business.key] = business
        rejected += bool(errors)
        row_errors += [{"line": line, "field": field, "error": message} for field, message in errors]

    async def store(conn: Connection) -> Response:
        results, jobs = await store_businesses(
            conn, platform, user, list(businesses.values()), source=FROM_CSV, priority=priority
        )
        counts = {
            "created": sum(result.is_new for result in results.values()),
            "updated": sum(result.is_changed for result in results.values()),
            "unchanged": sum(not (result.is_new or result.is_changed) for result in results.values()),
            "excluded": sum(result.is_excluded for result in results.values()),
            "duplicates": duplicates,
            "rejected": rejected,
            "total": len(rows),
            "jobs": len(jobs),
        }
        return JSON(counts | {"errors": row_errors}, 201)

    response = await idempotency.run_once(request, user, raw, store)
    platform.dispatcher.schedule_pass()
    return response


async def store_businesses(
    conn: Connection, platform: Platform, user: User, businesses: Sequence[NewBusiness], *, source: str, priority: int
) -> tuple[dict[str, BusinessUpsert], list[BusinessJob]]:
    """Insert or update businesses, create their jobs and record it in the audit log. See `upsert_with_jobs`."""
    results, jobs = await upsert_with_jobs(
        conn,
        businesses,
        list(WEBSITE_SPECS.values()),
        source=source,
        country=platform.settings.default_country,
        user_id=user.id,
        priority=priority,
    )
    details = {"source": source, "businesses": len(results), "jobs": len(jobs)}
    await audit.record(conn, "BUSINESSES_LOADED", details, user_id=user.id)
    return results, jobs
