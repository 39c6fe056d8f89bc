"""Loading and reading households; all users share them."""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter
from typing import Annotated
from uuid import UUID

import orjson
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.households import records as households
from app.db.households.records import Household
from app.domain.households.input import Batch, LineError, from_csv, from_objects
from app.domain.text.column_mapping import ColumnMapping, Mapped, to_wire
from app.domain.text.errors import TooManyRows, Unreadable
from app.domain.vocabulary.accuracy import Accuracy
from app.errors import BadRequest, Conflict, Invalid, NotFound, TooLarge, UnsupportedMedia
from app.web.accounts import auth
from app.web.households.filters import HouseholdSelection
from app.web.http import idempotency, request_parsing
from app.web.http.file_columns import MAPPING_OF_JSON, ColumnModel, present_columns
from app.web.http.kept_files import UploadedTable, find_reference, read_kept_table
from app.web.http.models import KeysetPageModel, RequestModel, ResponseModel, is_none
from app.web.http.off_loop import off_loop, off_loop_for
from app.web.http.operation import IDEMPOTENCY_KEY, operation
from app.web.http.pagination import KeysetPaging, keyset_fields
from app.web.http.responses import JSON
from app.web.http.saved_mappings import with_saved_mapping
from app.web.platform import get_platform

MAX_LINES = 10_000
MAX_BODY_BYTES = 8_000_000
"""About 800 bytes per line."""
CSV_TYPES = ("text/csv", "text/tab-separated-values")
MAX_WARNINGS = 1_000
MAX_IGNORED_NAMES = 50
"""Unknown field names listed in a response."""


class LoadOptions(RequestModel, UploadedTable):
    strict: bool = False
    """Store all lines or none."""
    mapping: ColumnMapping = {}
    """For tables: what holds each field, where the usual names of columns do not tell: a column, several of which the
    values are joined by spaces, or a constant, such as
    `{"address": ["HOUSE_NUM", "STREET"], "state": {"constant": "NC"}}`."""


class HouseholdQuery(HouseholdSelection, KeysetPaging):
    """The query of the list."""


class HouseholdInput(BaseModel):
    """A household to store.

    The usual names of columns, such as `street address` or `postal_code`, work too; other members are ignored. The
    address may also be given as `house_number` and `street`.
    """

    model_config = ConfigDict(alias_generator=to_camel, extra="allow")

    external_id: str | int | None = Field(default=None)
    """Your id of the household, at most 255 characters, or `id`. One with a known id is replaced."""
    address: str | None = Field(default=None, max_length=200)
    """House number and street."""
    unit: str | None = Field(default=None, max_length=50)
    city: str | None = Field(default=None, max_length=100)
    state: str | None = Field(default=None, max_length=100)
    """In the US a state or territory, by code or name."""
    zip_code: str | int | None = None
    country: str | None = Field(default=None, max_length=60)
    """By ISO 3166-1 code or name; without it, the platform's default applies."""
    county: str | None = Field(default=None, max_length=100)
    precinct_number: str | int | None = None


HouseholdInputs = Annotated[list[HouseholdInput], Field(max_length=MAX_LINES)]


class HouseholdListInput(BaseModel):
    """Households to store."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"households": [{"externalId": "h-1", "address": "1 Main St", "city": "Concord", "state": "CA"}]}
            ]
        },
    )

    households: HouseholdInputs


class HouseholdModel(ResponseModel):
    """A household. The fields from `latitude` on are set by geocoding."""

    id: UUID
    external_id: str | None
    """The id that your system gave it."""
    address: str
    """House number and street."""
    unit: str | None
    city: str | None
    state: str | None
    zip_code: str | None
    country: str
    """ISO 3166-1 alpha-2, in lower case."""
    county: str | None
    precinct_number: str | None
    latitude: float | None = Field(ge=-90, le=90)
    """In degrees (WGS 84); null without coordinates."""
    longitude: float | None = Field(ge=-180, le=180)
    geocoded: bool
    """Whether it has coordinates."""
    geocoded_at: datetime | None
    geocoding_provider: str | None
    """The geocoder that found the coordinates."""
    accuracy: Accuracy | None
    """The kind of place to which the coordinates belong, from `rooftop` (the finest) to `region`."""
    confidence: float | None
    """How likely it is the right place, from 0 to 1."""
    matched_address: str | None
    """The address as the geocoder writes it."""
    raw_score: float | None
    """The geocoder's own measure."""
    attribution: str | None
    """The text that the geocoder wants shown with the coordinates."""
    expected_error_metres: float | None
    """How far the coordinates may be off: as the geocoder says, or as is usual for the accuracy."""


FIELDS = tuple(HouseholdModel.model_fields)


class HouseholdPage(KeysetPageModel):
    """A page of the list of households."""

    households: list[HouseholdModel]
    """In the order in which they were stored."""


class LineErrorModel(ResponseModel):
    """What is wrong with a line."""

    line: int
    """The line of the CSV file, where the header is line 1, or the entry of the list, from 1."""
    field: str | None
    """Null for the line as a whole."""
    error: str
    external_id: str | None


class HouseholdsLoaded(ResponseModel):
    """The result of loading households."""

    created: int
    updated: int
    """Households with a known id, some of whose fields have changed."""
    unchanged: int
    duplicates: int
    """Lines that were replaced by a later line with the same id."""
    rejected: int
    """Lines with errors, which were not stored."""
    total: int
    """Lines in the request."""
    errors: list[LineErrorModel]
    warnings: list[LineErrorModel]
    """Values that could not be right, such as a state that does not exist: they were left out of lines that were
    stored. Also texts that stand for no value, such as `N/A`, and streets without a house number; `strict` does not
    refuse these two. The first 1,000."""
    ignored_fields: list[str]
    """Names of columns or members that are not known; at most 50."""
    columns: list[ColumnModel] | None = Field(default=None, exclude_if=is_none)
    """What the columns of a table are taken for."""
    column_warnings: list[str] | None = Field(default=None, exclude_if=is_none)
    """Which columns of a table are not used because of what they hold, in sentences."""


def present_household(household: Household) -> HouseholdModel:
    return HouseholdModel(**{name: getattr(household, name) for name in FIELDS})


@operation("listHouseholds", tag="Households", query=HouseholdQuery, returns={200: HouseholdPage})
async def index(request: Request) -> Response:
    """List households.

    All filters that are given must match. City, state and county ignore case.
    """
    await auth.require(request)
    platform = get_platform(request)
    query = request_parsing.parse_query(request, HouseholdQuery)
    async with platform.pool.acquire() as conn:
        page = await households.list_page(
            conn,
            query,
            geocoded=query.is_geocoded,
            external_id=query.external_id,
            after=query.cursor,
            limit=query.limit,
            offset=query.offset,
        )

    def respond() -> Response:
        presented = [present_household(household) for household in page.rows]
        return JSON(HouseholdPage(households=presented, **keyset_fields(page, query, lambda household: household.id)))

    return await off_loop_for(len(page.rows), respond)


@operation("getHousehold", tag="Households", returns={200: HouseholdModel})
async def read(request: Request) -> Response:
    """Return a household."""
    await auth.require(request)
    platform = get_platform(request)
    household_id = request_parsing.path_id(request)
    async with platform.pool.acquire() as conn:
        household = await households.get(conn, household_id)
    if household is None:
        raise NotFound(f"Household {household_id} not found.")
    return JSON(present_household(household))


@operation(
    "loadHouseholds",
    tag="Households",
    headers=[IDEMPOTENCY_KEY],
    query=LoadOptions,
    body={"application/json": HouseholdInputs | HouseholdListInput | LoadOptions, **dict.fromkeys(CSV_TYPES, bytes)},
    needs_body=False,
    returns={201: HouseholdsLoaded},
    errors=[Conflict, NotFound],
)
async def load(request: Request) -> Response:
    """Store up to 10,000 households, from JSON or CSV with a header.

    The table may be an upload (`uploadId`), also of a spreadsheet. Invalid lines are reported, and do not affect the
    others unless `strict` is true. A household with a known
    `externalId` is replaced; it loses its coordinates if its address has changed.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    reference = await find_reference(request)
    fields = request.query_params if reference is None else reference
    saved = await with_saved_mapping(platform, user, fields)
    if reference is None:
        options = request_parsing.parse_query(request, LoadOptions, saved)
        media = request_parsing.media_type(request)
    else:
        options, media = request_parsing.validate(LoadOptions, {**reference, **saved}), CSV_TYPES[0]
    if not (request_parsing.is_json(media) or media in CSV_TYPES):
        raise UnsupportedMedia(f"Content-Type {media} is not supported here; send application/json or text/csv.")
    if options.mapping and media not in CSV_TYPES:
        raise BadRequest(MAPPING_OF_JSON)
    if reference is None:
        raw = await request_parsing.read_body(request, MAX_BODY_BYTES)
    else:
        raw = await read_kept_table(platform, user, reference, MAX_BODY_BYTES)
    batch = await off_loop(len(raw), _parse, raw, media, platform.settings.default_country, options.mapping)
    if options.strict:  # what would be left out is an error, too
        batch.errors += batch.warnings
        batch.rejected = len({error.line for error in batch.errors})
    errors = await off_loop_for(len(batch.errors), _present_errors, batch.errors)
    if options.strict and errors:
        first = batch.errors[0]
        words = " ".join(part for part in (first.field, first.error) if part)
        detail = f"{batch.rejected} of {batch.total} lines have errors, so none was stored. Line {first.line}: {words}"
        findings = [
            {"field": error.field or "", "message": error.error, **error.model_dump(by_alias=True, exclude={"field"})}
            for error in errors
        ]
        raise Invalid([("", detail)], errors=findings, total=batch.total, rejected=batch.rejected)
    keyed = raw + orjson.dumps(to_wire(options.mapping)) if options.mapping else raw
    return await idempotency.run_once(request, user, keyed, lambda conn: _upsert(conn, user, batch, errors))


async def _upsert(conn: Connection, user: User, batch: Batch, errors: list[LineErrorModel]) -> Response:
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
    found = sorted([*batch.warnings, *batch.remarks], key=attrgetter("line"))
    warnings = _present_errors(found[:MAX_WARNINGS])
    columns = present_columns(batch.columns) or None
    loaded = HouseholdsLoaded(
        **counts,
        errors=errors,
        warnings=warnings,
        ignored_fields=ignored,
        columns=columns,
        column_warnings=batch.column_warnings if columns else None,
    )
    return await off_loop_for(len(errors), JSON, loaded, 201)


def _parse(raw: bytes, media: str, default_country: str, mapping: Mapped) -> Batch:
    try:
        if media in CSV_TYPES:
            return from_csv(raw, default_country, MAX_LINES, mapping)
        items = request_parsing.parse_json_rows(raw, "households")
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


def _present_errors(errors: list[LineError]) -> list[LineErrorModel]:
    return [
        LineErrorModel(line=error.line, field=error.field, error=error.error, external_id=error.external_id)
        for error in errors
    ]
