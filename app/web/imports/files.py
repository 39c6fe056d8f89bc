"""Files to import: taken in, recognised, and made into one job or as many as it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel, to_snake
from starlette.requests import Request
from starlette.responses import Response
from uuid_utils.compat import uuid7

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.imports import uploads
from app.db.jobs import records as jobs
from app.db.jobs import workers
from app.db.jobs.records import Inserted
from app.domain.imports import businesses, layout, parcels, parts, pois
from app.domain.imports.features import check_crs
from app.domain.imports.layout import Layout
from app.domain.imports.survey import Format
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.jobs.spec import JobSpec, NewJob
from app.domain.text.errors import Unreadable
from app.domain.websites.businesses import FROM_CSV
from app.errors import BadRequest
from app.storage.upload_intake import Intake, too_large
from app.storage.uploads import Uploads
from app.web.accounts import auth
from app.web.http import idempotency
from app.web.http.multipart import receive
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.platform import Platform, get_platform

FORM_BYTES = 1_000_000
"""What a form may have beside its file."""


def _mapping(value: Any) -> Any:
    """A JSON object's text as the object, its names as the code has them."""
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            raise ValueError('must be a JSON object such as {"recordId": "Voter Number"}') from None
    return {to_snake(name): column for name, column in value.items()} if isinstance(value, dict) else value


class Options(BaseModel):
    """What may be asked of every import, as fields of the form or in the query."""

    not_for_the_job: ClassVar[set[str]] = {"split", "priority", "profile"}
    """What is no argument of the job."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    dry_run: bool = False
    max_errors: int | None = Field(default=None, ge=0)
    max_error_rate: float | None = Field(default=None, ge=0, le=1)
    source: str = Field(default="", max_length=100, pattern=r"^[^\x00-\x1f]*$")
    priority: int = Field(default=5, ge=1, le=9)
    split: bool = False
    """Make as many jobs as a file needs that is too long for one."""


ColumnMapping = Annotated[dict[str, str], BeforeValidator(_mapping)]


class VoterOptions(Options):
    profile: Literal["north_carolina", "ohio", "florida", "california_county", "generic"] | None = None
    county: str = Field(default="", max_length=100, pattern=r"^[^\x00-\x1f]*$")
    mapping: ColumnMapping = {}
    geocode_after: bool = False


class BusinessOptions(Options):
    not_for_the_job: ClassVar[set[str]] = {"split"}

    mapping: ColumnMapping = {}
    visit: bool = True
    """Have the websites of those that are new or changed looked at."""


@dataclass(frozen=True)
class Import:
    """One of the routes."""

    kind: str
    options: type[Options]
    recognise: Callable[[Intake, Options], Layout]
    noun: str
    """What is imported, for the answer."""
    action: str
    """In the audit log."""
    source: str = ""
    """Whose record ids they are, unless the sender says; of voters the file tells."""


def _voters(intake: Intake, options: Options) -> Layout:
    assert isinstance(options, VoterOptions)
    return layout.of_voters(intake.survey, options.profile, options.mapping)


def _table(known: frozenset[str], check: Callable[[list[str]], None]) -> Callable[[Intake, Options], Layout]:
    def recognise(intake: Intake, options: Options) -> Layout:
        found = intake.survey.format()
        if found is not Format.DELIMITED:
            check_crs(intake.survey.head)
            return Layout(found, [])
        table = layout.delimited(intake.survey, known)
        check(table.header)
        return table

    return recognise


def _businesses(intake: Intake, options: Options) -> Layout:
    assert isinstance(options, BusinessOptions)
    return businesses.of_businesses(intake.survey, options.mapping)


VOTERS = Import("voter_import", VoterOptions, _voters, "voters", "VOTERS_IMPORT_QUEUED")
PARCELS = Import(
    "parcel_import", Options, _table(parcels.KNOWN, parcels.check_header), "parcels", "PARCELS_IMPORT_QUEUED", "parcel"
)
POIS = Import(
    "poi_import", Options, _table(pois.KNOWN, pois.check_header), "points of interest", "POIS_IMPORT_QUEUED", "poi"
)
BUSINESSES = Import("business_import", BusinessOptions, _businesses, "businesses", "BUSINESSES_IMPORT_QUEUED", FROM_CSV)


async def create_voters(request: Request) -> Response:
    return await _create(request, VOTERS)


async def create_parcels(request: Request) -> Response:
    return await _create(request, PARCELS)


async def create_pois(request: Request) -> Response:
    return await _create(request, POIS)


async def create_businesses(request: Request) -> Response:
    return await _create(request, BUSINESSES)


@dataclass(frozen=True)
class Taken:
    """A file in the storage, and what is to be done with it."""

    id: UUID
    name: str
    options: Options
    layout: Layout
    intake: Intake
    rows: int
    """Data rows; of a table that fits into one job at most so many."""
    parts: list[dict[str, Any]]
    """Where each job begins; empty where one does it all."""

    @property
    def digest(self) -> str:
        """Tells one import from another: the file and what is asked of it."""
        asked = orjson.dumps(self.options.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
        return sha256(self.intake.digest.digest() + asked).hexdigest()


async def _create(request: Request, what: Import) -> Response:
    user = await auth.require(request)
    platform = get_platform(request)
    store = await asyncio.to_thread(Uploads, platform.settings.uploads_url)
    upload_id = uuid7()
    kept: list[bool] = []
    try:
        taken = await _take(request, platform, what, store, upload_id)

        async def insert(conn: Connection) -> Response:
            created = await _insert(conn, platform, user, what, taken)
            kept.append(any(one.is_new for one in created))
            return await _answer(conn, platform, what, taken, created)

        response = await idempotency.once(request, user, taken.digest.encode(), insert)
    except Unreadable as error:
        raise BadRequest(str(error)) from None
    except BaseException:
        kept.clear()
        raise
    finally:
        if not any(kept):
            await asyncio.to_thread(store.remove, upload_id)
    platform.dispatcher.nudge()
    return response


async def _take(request: Request, platform: Platform, what: Import, store: Uploads, upload_id: UUID) -> Taken:
    """Store the file and find out what it is. Raises AppError and Unreadable."""
    settings = platform.settings
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > settings.max_upload_bytes + FORM_BYTES:
        raise too_large(settings.max_upload_bytes)
    sink = await asyncio.to_thread(store.create, upload_id)
    intake = Intake(sink, most_bytes=settings.max_upload_bytes, most_unpacked=settings.max_unpacked_bytes)
    try:
        form = await receive(request, lambda block: asyncio.to_thread(intake.feed, block))
        await asyncio.to_thread(intake.close)
    finally:
        await asyncio.to_thread(sink.close)
    try:
        options = what.options.model_validate({**request.query_params, **form.fields})
    except ValidationError as error:
        raise invalid(error) from None
    found = await asyncio.to_thread(what.recognise, intake, options)
    rows = intake.count.features if intake.count else max(0, intake.survey.lines - found.start[1])
    parts: list[dict[str, Any]] = []
    if rows > settings.max_items:
        rows, parts = await asyncio.to_thread(_divide, store, upload_id, found, settings.max_items, rows)
        if len(parts) > 1 and not options.split:
            raise BadRequest(
                f"The file has {rows:,} rows, and one job may have {settings.max_items:,}: send it with ?split=true to"
                f" have {len(parts)} jobs made of it, or ask the operator to raise TRIGPOINT_MAX_ITEMS.",
                rows=rows,
                limit=settings.max_items,
                jobsNeeded=len(parts),
            )
        parts = parts if len(parts) > 1 else []
    if not rows:
        raise BadRequest("The file has a header, but no rows.")
    return Taken(upload_id, form.file_name or "", options, found, intake, rows, parts)


def _divide(
    store: Uploads, upload_id: UUID, found: Layout, most: int, features: int
) -> tuple[int, list[dict[str, Any]]]:
    with store.open(upload_id) as file:
        return parts.divide(file, found, most, features)


async def _insert(conn: Connection, platform: Platform, user: User, what: Import, taken: Taken) -> list[Inserted]:
    digest = taken.intake.digest.digest()
    await uploads.insert(conn, taken.id, taken.name, taken.intake.survey.size, digest, taken.layout.to_json(), user.id)
    created = await jobs.insert(conn, list(_jobs(platform.specs[what.kind], user, what, taken)), user.id)
    for one in created:
        if one.is_new:
            details = {"fileName": taken.name, "sha256": digest.hex(), "estimatedRows": taken.rows}
            await audit.record(conn, what.action, details, user_id=user.id, job_id=one.id)
    if not any(one.is_new for one in created):
        await uploads.delete(conn, taken.id)
    return created


def _jobs(spec: JobSpec, user: User, what: Import, taken: Taken) -> Iterator[NewJob]:
    asked = taken.options.model_dump(exclude=taken.options.not_for_the_job)
    asked |= {"upload_id": taken.id, "file_name": taken.name, "source": _source(what, taken)}
    geocode_after = asked.pop("geocode_after", False)
    for number, part in enumerate(taken.parts or (None,), 1):
        if part is not None:
            asked["part"] = {"number": number, "of": len(taken.parts), "position": part}
        if geocode_after and number == max(1, len(taken.parts)):  # the one that ends last sees all of them imported
            asked["geocode_after"] = True
        data = spec.args.model_validate(asked).model_dump_json(by_alias=True, exclude_none=True).encode()
        key = f"{user.id}:{taken.digest}:{number}"
        rows = part["left"] if part else taken.rows
        yield NewJob(spec, data, taken.options.priority, key, total_items=rows)


def _source(what: Import, taken: Taken) -> str:
    """Whose record ids they are, unless the sender says."""
    if taken.options.source:
        return taken.options.source
    if not isinstance(taken.options, VoterOptions):
        return what.source
    profile = taken.layout.profile or "generic"
    county = taken.options.county.strip().lower()
    return f"{profile}:{county}" if county and profile in ("california_county", "generic") else profile


async def _answer(
    conn: Connection, platform: Platform, what: Import, taken: Taken, created: list[Inserted]
) -> Response:
    several = f" in {len(created)} jobs" if len(created) > 1 else ""
    content = {
        "success": True,
        "jobId": created[0].id,
        "isNew": created[0].is_new,
        "message": f"Import job created for {taken.rows:,} {what.noun}{several}",
        "estimatedRows": taken.rows,
        "profile": taken.layout.profile,
        "format": taken.layout.format,
        "processingStarted": await workers.any_live(conn, platform.specs[what.kind].queue.name),
        "poll_interval_ms": FIRST_MS,
    }
    if len(created) > 1:
        content["jobs"] = [{"jobId": one.id, "isNew": one.is_new} for one in created]
    headers = {"Location": f"/api/v1/jobs/{created[0].id}", "Retry-After": retry_after(FIRST_MS)}
    return JSON(content, 202, headers)
