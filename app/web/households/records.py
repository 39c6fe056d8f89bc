"""Loading households and reading them; they are shared by everybody of the installation."""

from __future__ import annotations

from typing import Any, Literal

import asyncpg
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.households import records as households
from app.domain.households.input import Batch, HouseholdFilters, LineError, from_csv, from_objects
from app.domain.text.errors import TooManyRows, Unreadable
from app.errors import BadRequest, Invalid, NotFound, TooLarge, UnsupportedMedia
from app.web.accounts import auth
from app.web.http import idempotency, request_parsing
from app.web.http.pagination import Paging, page_of
from app.web.http.responses import JSON
from app.web.platform import get_platform

MOST_LINES = 10_000
MOST_BYTES = 8_000_000
"""Some 800 bytes a line."""
CSV_TYPES = ("text/csv", "text/tab-separated-values")
IGNORED_SHOWN = 50


class LoadOptions(BaseModel):
    strict: bool = False
    """Keep all lines or none."""


class HouseholdQuery(HouseholdFilters, Paging):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    geocoded: Literal["true", "false"] | None = None
    external_id: str | None = Field(default=None, max_length=255)


def show(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "id": row["id"],
        "externalId": row["external_id"],
        "address": row["address"],
        "unit": row["unit"],
        "city": row["city"],
        "state": row["state"],
        "zipCode": row["zip_code"],
        "country": row["country"],
        "county": row["county"],
        "precinctNumber": row["precinct_number"],
        "latitude": row["latitude"],
        "longitude": row["longitude"],
        "geocoded": row["geocoded"],
        "geocodedAt": row["geocoded_at"],
        "geocodingProvider": row["geocoding_provider"],
        "accuracy": row["accuracy"],
        "confidence": row["confidence"],
        "matchedAddress": row["matched_address"],
        "rawScore": row["raw_score"],
        "attribution": row["attribution"],
    }


async def index(request: Request) -> Response:
    await auth.require(request)
    platform = get_platform(request)
    paging = request_parsing.query(request, HouseholdQuery)
    geocoded = None if paging.geocoded is None else paging.geocoded == "true"
    async with platform.pool.acquire() as conn:
        rows, total = await households.search(
            conn, paging, geocoded=geocoded, external_id=paging.external_id, limit=paging.limit, offset=paging.offset
        )
    return JSON(page_of("households", [show(row) for row in rows], total, paging))


async def read(request: Request) -> Response:
    await auth.require(request)
    platform = get_platform(request)
    household_id = request_parsing.path_id(request)
    async with platform.pool.acquire() as conn:
        row = await households.get(conn, household_id)
    if row is None:
        raise NotFound("There is no such household.")
    return JSON(show(row))


async def load(request: Request) -> Response:
    """Keep the good lines and report the others; with `strict=true`, keep none where one is bad."""
    user = await auth.require(request)
    platform = get_platform(request)
    options = request_parsing.query(request, LoadOptions)
    media = request_parsing.media_type(request)
    if not (request_parsing.is_json(media) or media in CSV_TYPES):
        raise UnsupportedMedia(f"Content-Type {media} is not supported here; send application/json or text/csv.")
    raw = await request_parsing.read(request, MOST_BYTES)
    # thousands of lines take longer than the loop may be held up
    batch = await run_in_threadpool(_parse, raw, media, platform.settings.default_country)
    errors = [_show_error(error) for error in batch.errors]
    if options.strict and errors:
        first = batch.errors[0]
        words = " ".join(part for part in (first.field, first.error) if part)
        detail = f"{batch.rejected} of {batch.total} lines have errors, so none was kept; line {first.line}: {words}"
        raise Invalid([("", detail)], errors=errors, total=batch.total, rejected=batch.rejected)
    return await idempotency.once(request, user, raw, lambda conn: _keep(conn, user, batch, errors))


async def _keep(conn: Connection, user: User, batch: Batch, errors: list[dict[str, Any]]) -> Response:
    kept = await households.upsert(conn, batch.households)
    counts = {
        "created": kept.created,
        "updated": kept.updated,
        "unchanged": kept.unchanged,
        "duplicates": batch.duplicates,
        "rejected": batch.rejected,
        "total": batch.total,
    }
    await audit.record(conn, "HOUSEHOLDS_LOADED", counts, user_id=user.id)
    ignored = [name[:100] for name in batch.ignored[:IGNORED_SHOWN]]
    return JSON({**counts, "errors": errors, "ignoredFields": ignored}, 201)


def _parse(raw: bytes, media: str, default_country: str) -> Batch:
    try:
        if media in CSV_TYPES:
            return from_csv(raw, default_country, MOST_LINES)
        items = request_parsing.parse_json(raw)
        if isinstance(items, dict):
            items = items.get("households")
        if not isinstance(items, list):
            raise BadRequest('Send a JSON list of households, or {"households": […]}.')
        if len(items) > MOST_LINES:
            raise TooManyRows(MOST_LINES)
        return from_objects(items, default_country)
    except Unreadable as error:
        raise BadRequest(str(error)) from None
    except TooManyRows:
        raise TooLarge(
            f"At most {MOST_LINES:,} households a request: split them and send one part after the other"
            " (each CSV part with the header).",
            limit=MOST_LINES,
        ) from None


def _show_error(error: LineError) -> dict[str, Any]:
    return {"line": error.line, "field": error.field, "error": error.error, "externalId": error.external_id}
