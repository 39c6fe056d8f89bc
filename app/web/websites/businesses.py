"""Businesses: taken in with their jobs, listed with what their websites say. They are shared by the installation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal
from uuid import UUID

import orjson
from asyncpg import Record
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.websites import business_jobs, businesses
from app.db.websites.business_jobs import Made
from app.db.websites.businesses import BusinessFilters, Saved
from app.domain.text.errors import TooManyRows, Unreadable
from app.domain.vocabulary.websites import WebsiteStatus
from app.domain.websites.business_files import from_csv
from app.domain.websites.businesses import FROM_CSV, NewBusiness
from app.domain.websites.kinds import WEBSITE_SPECS
from app.errors import BadRequest, Invalid, NotFound, TooLarge
from app.web.accounts import auth
from app.web.http import idempotency, request_parsing
from app.web.http.csv_export import csv_response
from app.web.http.pagination import Paging, keyset_pages, page_of
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.http.schema_types import Moment
from app.web.platform import Platform, get_platform

MOST_A_REQUEST = 2_000
"""Each makes up to three jobs, and all of them commit together."""
MOST_BYTES = 4_000_000
EXPORT_PAGE = 1_000


class Options(BaseModel):
    priority: int = Field(default=5, ge=1, le=9)
    """Of the jobs; 1 first."""


async def create(request: Request) -> Response:
    """One business or a list as JSON, or a CSV file: 201. A row that cannot be kept is reported beside the others of a
    file; of JSON, all or nothing is kept."""
    user = await auth.require(request)
    platform = get_platform(request)
    options = request_parsing.query(request, Options)
    if request_parsing.media_type(request) in ("text/csv", "text/tab-separated-values"):
        return await _create_from_csv(request, platform, user, options)
    raw, value = await request_parsing.read_json(request, MOST_BYTES)
    many = isinstance(value, list)
    given = value if many else [value]
    if not 1 <= len(given) <= MOST_A_REQUEST:
        raise BadRequest(f"Send 1 to {MOST_A_REQUEST:,} businesses a request; this one has {len(given):,}.")
    findings: list[tuple[str, str]] = []
    new = [one for at, each in enumerate(given) if (one := _checked(platform, each, str(at) if many else "", findings))]
    if findings:
        raise Invalid(findings)

    async def keep(conn: Connection) -> Response:
        saved, made = await ingest(conn, platform, user, new, "rest", options.priority)
        if many:
            shown = [created(saved[one.key], made) for one in new]
            return JSON({"businesses": shown, "total": len(shown), "jobs": sum(map(len, made.values()))}, 201)
        one = saved[new[0].key]
        row = await businesses.get(conn, one.id)
        assert row is not None
        location = {"Location": f"/api/v1/businesses/{one.id}"}
        return JSON({**show(row), **created(one, made)}, 201, location)

    response = await idempotency.once(request, user, raw, keep)
    platform.dispatcher.nudge()
    return response


def _checked(platform: Platform, value: Any, place: str, findings: list[tuple[str, str]]) -> NewBusiness | None:
    """One business, its website as it is asked for. What is wrong is added to `findings`."""
    try:
        business = NewBusiness.model_validate(value)
    except ValidationError as error:
        findings += [(one["field"], one["message"]) for one in invalid(error, place).extra["errors"]]
        return None
    if business.website is not None:
        try:
            business.website = platform.normalise_website(business.website)
        except ValueError as error:
            findings.append((f"{place}.website".lstrip("."), str(error)))
            return None
    return business


async def _create_from_csv(request: Request, platform: Platform, user: User, options: Options) -> Response:
    try:
        raw = await request_parsing.read(request, MOST_BYTES)
        lines = list(from_csv(raw, MOST_A_REQUEST))
    except Unreadable as error:
        raise BadRequest(str(error)) from None
    except (TooManyRows, TooLarge):
        raise TooLarge(
            f"A request takes at most {MOST_A_REQUEST:,} businesses ({MOST_BYTES:,} bytes) of a CSV file: send it to"
            " POST /api/v1/businesses/import instead (trigpoint businesses import FILE), where a job reads it.",
            limit=MOST_A_REQUEST,
        ) from None
    errors: list[dict[str, Any]] = []
    kept: dict[str, NewBusiness] = {}
    duplicates = rejected = 0
    for line, values in lines:
        findings: list[tuple[str, str]] = []
        if isinstance(values, str):
            findings = [("", values)]
        elif (one := _checked(platform, values, "", findings)) is not None:
            duplicates += one.key in kept
            kept[one.key] = one
        rejected += bool(findings)
        errors += [{"line": line, "field": field, "error": message} for field, message in findings]

    async def keep(conn: Connection) -> Response:
        saved, made = await ingest(conn, platform, user, list(kept.values()), FROM_CSV, options.priority)
        counts = {
            "created": sum(one.is_new for one in saved.values()),
            "updated": sum(one.is_changed for one in saved.values()),
            "unchanged": sum(not (one.is_new or one.is_changed) for one in saved.values()),
            "excluded": sum(one.is_excluded for one in saved.values()),
            "duplicates": duplicates,
            "rejected": rejected,
            "total": len(lines),
            "jobs": sum(map(len, made.values())),
        }
        return JSON(counts | {"errors": errors}, 201)

    response = await idempotency.once(request, user, raw, keep)
    platform.dispatcher.nudge()
    return response


async def ingest(
    conn: Connection, platform: Platform, user: User, new: Sequence[NewBusiness], source: str, priority: int
) -> tuple[dict[str, Saved], Made]:
    """See `app.db.websites.business_jobs`; with a word in the audit log."""
    specs = list(WEBSITE_SPECS.values())
    country = platform.settings.default_country
    saved, made = await business_jobs.ingest(
        conn, new, specs, source=source, country=country, user_id=user.id, priority=priority
    )
    details = {"source": source, "businesses": len(saved), "jobs": sum(map(len, made.values()))}
    await audit.record(conn, "BUSINESSES_LOADED", details, user_id=user.id)
    return saved, made


def created(one: Saved, made: Made) -> dict[str, Any]:
    return {
        "id": one.id,
        "isNew": one.is_new,
        "excluded": one.is_excluded,
        "jobs": [{"jobId": job.id, "type": kind, "isNew": job.is_new} for kind, job in made.get(one.id, [])],
    }


class Filters(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    website_status: WebsiteStatus | None = None
    has_website: Literal["true", "false"] | None = None
    has_email: Literal["true", "false"] | None = None
    has_social: Literal["true", "false"] | None = None
    excluded: Literal["true", "false"] | None = None
    domain: str | None = Field(default=None, max_length=255)
    city: str | None = Field(default=None, max_length=300)
    state: str | None = Field(default=None, max_length=300)
    source: str | None = Field(default=None, max_length=100)
    q: str | None = Field(default=None, min_length=1, max_length=200)
    """Part of the name."""
    checked_before: Moment | None = None
    """Validated before then, or never."""

    def chosen(self) -> BusinessFilters:
        def flag(value: str | None) -> bool | None:
            return None if value is None else value == "true"

        return BusinessFilters(
            website_status=self.website_status,
            has_website=flag(self.has_website),
            has_email=flag(self.has_email),
            has_social=flag(self.has_social),
            excluded=flag(self.excluded),
            domain=self.domain and self.domain.lower(),
            city=self.city,
            state=self.state,
            source=self.source,
            text=self.q,
            checked_before=self.checked_before,
        )


class ListQuery(Filters, Paging):
    pass


async def index(request: Request) -> Response:
    await auth.require(request)
    platform = get_platform(request)
    asked = request_parsing.query(request, ListQuery)
    async with platform.pool.acquire() as conn:
        rows, total = await businesses.search(conn, asked.chosen(), limit=asked.limit, offset=asked.offset)
    shown = [show(row) | {"found": orjson.loads(row["found"])} for row in rows]
    return JSON(page_of("businesses", shown, total, asked))


async def read(request: Request) -> Response:
    """The business with all that its pages say, each with its evidence."""
    await auth.require(request)
    platform = get_platform(request)
    business_id = request_parsing.path_id(request)
    async with platform.pool.acquire() as conn:
        row = await businesses.get(conn, business_id)
        found = await businesses.contacts(conn, business_id)
    if row is None:
        raise NotFound("There is no such business.")
    shown = {name: [_contact(one, label) for one in found if one["kind"] == kind] for kind, name, label in CONTACTS}
    return JSON(show(row) | shown)


CONTACTS = (("email", "emails", "address"), ("social", "socials", "url"), ("phone", "phones", "number"))
"""Kind, the member of a business that lists them, and what the value is called there."""


async def checks(request: Request) -> Response:
    """The history of validations, the newest first."""
    await auth.require(request)
    platform = get_platform(request)
    business_id, paging = request_parsing.path_id(request), request_parsing.query(request, Paging)
    async with platform.pool.acquire() as conn:
        if await businesses.get(conn, business_id) is None:
            raise NotFound("There is no such business.")
        rows, total = await businesses.checks(conn, business_id, limit=paging.limit, offset=paging.offset)
    shown = [
        {
            "at": row["at"],
            "jobId": row["job_id"],
            "websiteStatus": row["status"],
            "evidence": orjson.Fragment(row["evidence"]),
        }
        for row in rows
    ]
    return JSON(page_of("checks", shown, total, paging))


def show(row: Record) -> dict[str, Any]:
    evidence = row["website_evidence"]
    return {
        "id": row["id"],
        "source": row["source"],
        "placeId": row["place_id"],
        "externalId": row["external_id"],
        "name": row["name"],
        "website": row["website"],
        "domain": row["domain"],
        "phone": row["phone"],
        "category": row["category"],
        "address": row["address"],
        "city": row["city"],
        "state": row["state"],
        "zipCode": row["zip_code"],
        "country": row["country"],
        "latitude": row["latitude"],
        "longitude": row["longitude"],
        "attribution": row["attribution"],
        "excluded": row["excluded_by"] is not None,
        "websiteStatus": row["website_status"],
        "websiteCheckedAt": row["website_checked_at"],
        "websiteEvidence": orjson.Fragment(evidence) if evidence else None,
        "createdAt": row["created_at"],
        "updatedAt": row["updated_at"],
    }


def _contact(row: Record, label: str) -> dict[str, Any]:
    return {
        label: row["value"],
        "confidence": row["confidence"],
        **orjson.loads(row["detail"]),
        "evidence": orjson.Fragment(row["evidence"]),
        "firstSeenAt": row["first_seen_at"],
        "seenAt": row["seen_at"],
    }


COLUMNS = ("id", "name", "website", "domain", "websiteStatus", "websiteCheckedAt", "phone", "category", "address",
           "city", "state", "zipCode", "country", "latitude", "longitude", "placeId", "externalId", "source",
           "excluded", "attribution")  # fmt: skip


async def export_csv(request: Request) -> Response:
    """The list's filters; addresses, profiles and numbers divided by spaces, the surest first."""
    await auth.require(request)
    filters = request_parsing.query(request, Filters).chosen()

    async def read(conn: Connection, after: UUID | None) -> list[Record]:
        return await businesses.page(conn, filters, after=after, limit=EXPORT_PAGE)

    pages = keyset_pages(get_platform(request).pool, read, lambda row: row["id"], EXPORT_PAGE)
    header = (*COLUMNS, *(name for _, name, _ in CONTACTS))
    return await csv_response("businesses.csv", header, (map(_cells, rows) async for rows in pages))


def _cells(row: Record) -> Iterable[object]:
    shown = show(row)
    found = orjson.loads(row["contacts"] or "[]")
    yield from (shown[name] for name in COLUMNS)
    for kind, _, _ in CONTACTS:
        yield " ".join(one["value"] for one in found if one["kind"] == kind)
