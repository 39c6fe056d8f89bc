"""Loading and reading households; all users share them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.households import records as households
from app.db.households.records import Household
from app.domain.households.input import Batch, LineError, from_csv, from_objects
from app.domain.text.errors import TooManyRows, Unreadable
from app.errors import BadRequest, Invalid, NotFound, TooLarge, UnsupportedMedia
from app.web.accounts import auth
from app.web.households.filters import HouseholdSelection
from app.web.http import idempotency, request_parsing
from app.web.http.pagination import Paging, page_of
from app.web.http.responses import JSON
from app.web.platform import get_platform

MAX_LINES = 10_000
MAX_BODY_BYTES = 8_000_000
"""About 800 bytes per line."""
CSV_TYPES = ("text/csv", "text/tab-separated-values")
MAX_IGNORED_NAMES = 50
"""Unknown field names listed in a response."""


class LoadOptions(BaseModel):
    strict: bool = False
    """Store all lines or none."""


class HouseholdQuery(HouseholdSelection, Paging):
    """The query of the list."""


def present_household(household: Household) -> dict[str, Any]:
    """Return a household as JSON."""
    return {
        "id": household.id,
        "externalId": household.external_id,
        "address": household.address,
        "unit": household.unit,
        "city": household.city,
        "state": household.state,
        "zipCode": household.zip_code,
        "country": household.country,
        "county": household.county,
        "precinctNumber": household.precinct_number,
        "latitude": household.latitude,
        "longitude": household.longitude,
        "geocoded": household.geocoded,
        "geocodedAt": household.geocoded_at,
        "geocodingProvider": household.geocoding_provider,
        "accuracy": household.accuracy,
        "confidence": household.confidence,
        "matchedAddress": household.matched_address,
        "rawScore": household.raw_score,
        "attribution": household.attribution,
    }


async def index(request: Request) -> Response:
    """List the households that the filters select. 200 `{"households": [household], "total", "limit", "offset"}`."""
    await auth.require(request)
    platform = get_platform(request)
    query = request_parsing.parse_query(request, HouseholdQuery)
    async with platform.pool.acquire() as conn:
        found, total = await households.list_page(
            conn,
            query,
            geocoded=query.is_geocoded,
            external_id=query.external_id,
            limit=query.limit,
            offset=query.offset,
        )
    return JSON(page_of("households", [present_household(household) for household in found], total, query))


async def read(request: Request) -> Response:
    """Return the household. 200 as `present_household`."""
    await auth.require(request)
    platform = get_platform(request)
    household_id = request_parsing.path_id(request)
    async with platform.pool.acquire() as conn:
        household = await households.get(conn, household_id)
    if household is None:
        raise NotFound(f"Household {household_id} not found.")
    return JSON(present_household(household))


async def load(request: Request) -> Response:
    """Store the valid lines and report the others; with `strict=true`, store none if any line is invalid.

    201 `{"created", "updated", "unchanged", "duplicates", "rejected", "total", "errors", "ignoredFields"}`.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    options = request_parsing.parse_query(request, LoadOptions)
    media = request_parsing.media_type(request)
    if not (request_parsing.is_json(media) or media in CSV_TYPES):
        raise UnsupportedMedia(f"Content-Type {media} is not supported here; send application/json or text/csv.")
    raw = await request_parsing.read_body(request, MAX_BODY_BYTES)
    # in a thread: parsing thousands of lines would block the event loop
    batch = await run_in_threadpool(_parse, raw, media, platform.settings.default_country)
    errors = [_present_error(error) for error in batch.errors]
    if options.strict and errors:
        first = batch.errors[0]
        words = " ".join(part for part in (first.field, first.error) if part)
        detail = f"{batch.rejected} of {batch.total} lines have errors, so none was stored. Line {first.line}: {words}"
        raise Invalid([("", detail)], errors=errors, total=batch.total, rejected=batch.rejected)
    return await idempotency.run_once(request, user, raw, lambda conn: _upsert(conn, user, batch, errors))


async def _upsert(conn: Connection, user: User, batch: Batch, errors: list[dict[str, Any]]) -> Response:
    stored = await households.upsert(conn, batch.households)
    counts = {
        "created": stored.created,
        "updated": stored.updated,
        "unchanged": stored.unchanged,
        "duplicates": batch.duplicates,
        "rejected": batch.rejected,
        "total": batch.total,
    }
    await audit.record(conn, "HOUSEHOLDS_LOADED", counts, user_id=user.id)
    ignored = [name[:100] for name in batch.ignored[:MAX_IGNORED_NAMES]]
    return JSON({**counts, "errors": errors, "ignoredFields": ignored}, 201)


def _parse(raw: bytes, media: str, default_country: str) -> Batch:
    try:
        if media in CSV_TYPES:
            return from_csv(raw, default_country, MAX_LINES)
        items = request_parsing.parse_json(raw)
        if isinstance(items, dict):
            items = items.get("households")
        if not isinstance(items, list):
            raise BadRequest('Send a JSON list of households, or {"households": […]}.')
        if len(items) > MAX_LINES:
            raise TooManyRows(MAX_LINES)
        return from_objects(items, default_country)
    except Unreadable as error:
        raise BadRequest(str(error)) from None
    except TooManyRows:
        raise TooLarge(
            f"A request may have at most {MAX_LINES:,} households. Split them and send the parts one after the other"
            " (each CSV part with the header).",
            limit=MAX_LINES,
        ) from None


def _present_error(error: LineError) -> dict[str, Any]:
    return {"line": error.line, "field": error.field, "error": error.error, "externalId": error.external_id}
