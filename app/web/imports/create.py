"""Import requests: the file is stored and recognised, and becomes one job or as many as it needs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal, cast
from uuid import UUID

import orjson
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.imports import uploads
from app.db.jobs import records as jobs
from app.db.jobs import workers
from app.db.jobs.creator import Creator
from app.db.jobs.records import Inserted
from app.domain.addresses.postcode_countries import NAMES
from app.domain.imports import job_parts
from app.domain.imports.column_report import VOCABULARIES, FileKind, describe_columns, with_columns
from app.domain.imports.date_orders import usual_order
from app.domain.imports.layout import Layout
from app.domain.imports.sample import read_sample
from app.domain.imports.survey import FileFormat
from app.domain.imports.voter_profiles import ProfileName
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.jobs.spec import JobSpec, NewJob
from app.domain.text.errors import Unreadable
from app.errors import BadRequest
from app.web.accounts import auth
from app.web.http import idempotency
from app.web.http.file_columns import ColumnModel, present_columns
from app.web.http.models import ResponseModel, is_none
from app.web.http.request_parsing import validate
from app.web.http.responses import JSON
from app.web.http.saved_mappings import SuggestedMapping, find_suggestion, refused, with_saved_mapping
from app.web.http.uploads import Upload, received_upload, record_upload
from app.web.imports.requests import ImportRequest
from app.web.imports.source import FileEvidence, SourceChoice, choose_source, examine
from app.web.jobs.create import check_priority
from app.web.jobs.presenters import PollInterval
from app.web.platform import Platform, get_platform


@dataclass(frozen=True)
class ImportRoute:
    """The differences between the import routes."""

    spec: JobSpec
    options: type[ImportRequest]
    recognise: Callable[[Upload, Any], Layout]
    """Called with the upload and the options. Raises Unreadable."""
    noun: str
    """Plural noun for the rows of the file, used in messages."""
    audit_action: str
    default_source: str = ""
    """The common source of records of this kind; that of voters is their profile."""
    is_divided: bool = True
    """Whether a file that is too long for one job needs several."""
    complete: Callable[[User, Any], Any] = lambda user, options: options
    """Fills in options that depend on the user. Raises Forbidden."""


class PartCreated(ResponseModel):
    """A job for a part of the file."""

    job_id: UUID
    is_new: bool


class ImportCreated(ResponseModel):
    """The job, or the jobs, that import a file."""

    success: Literal[True] = True
    job_id: UUID
    """The first job, if the file was divided."""
    is_new: bool
    """False for the active job with the same file and options."""
    message: str
    estimated_rows: int
    """Rows or features in the file."""
    profile: ProfileName | None
    """The recognised layout of a voter file."""
    format: FileFormat
    processing_started: bool
    """Whether a worker serves the queue."""
    poll_interval_ms: PollInterval = FIRST_MS
    source: str
    """The source that the ids of the records belong to."""
    source_derived_from: str | None
    """What the source was derived from; null if the request named it."""
    notes: list[str] = []
    """What was found in the file, in sentences: rows above the header, the sheet or layer, transformed coordinates."""
    warnings: list[str] = []
    """What may be wrong with the columns, in sentences: columns that are not used because of what they hold."""
    columns: list[ColumnModel]
    """What the columns of the table, or the properties of the first features, are taken for."""
    suggested_mapping: SuggestedMapping | None
    """Your saved mapping for files with these columns; null without one, and if the request has a mapping. It is not
    applied unless you send the file with it."""
    jobs: list[PartCreated] | None = Field(default=None, exclude_if=is_none)
    """All jobs, if the file was divided."""


@dataclass(frozen=True)
class ImportFile:
    """A stored file that is known to be readable, and how it is to be imported."""

    upload: Upload
    options: ImportRequest
    layout: Layout
    rows: int
    """Data rows; of a table that fits into one job the number of lines, which may be more."""
    parts: list[dict[str, Any]]
    """Where each of several jobs begins; empty for one job."""
    evidence: FileEvidence
    default_source: str
    suggestion: SuggestedMapping | None
    """The user's saved mapping that fits the file, if it came without one."""

    @property
    def digest(self) -> str:
        """Identifies the import: the file and the options."""
        options = orjson.dumps(self.options.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
        return sha256(self.upload.digest + options).hexdigest()


async def create_import(request: Request, route: ImportRoute) -> Response:
    """Store the file of a request and create its job, or its jobs."""
    user = await auth.require(request)
    platform = get_platform(request)
    async with received_upload(request, platform, user) as upload:
        file = await _import_file(route, upload, platform, user)

        async def insert(conn: Connection) -> Response:
            options = file.options
            source = await choose_source(conn, route.spec.kind, file.default_source, file.evidence, options)
            created = await _insert(conn, platform, user, creator, route, file, source)
            upload.keep = any(job.is_new for job in created)
            return await _respond(conn, route, file, source, created)

        async with platform.pending_limit.creator(user) as creator:
            response = await idempotency.run_once(request, user, file.digest.encode(), insert)
    platform.dispatcher.schedule_pass()
    return response


async def _import_file(route: ImportRoute, upload: Upload, platform: Platform, user: User) -> ImportFile:
    """Recognise the file and count its rows.

    Raises Unreadable where it does not fit, Invalid for wrong options, BadRequest where it has no rows or too many.
    """
    settings = platform.settings
    saved = await with_saved_mapping(platform, user, upload.fields, has_date_order=True)
    options = route.complete(user, validate(route.options, {**upload.fields, **saved}))
    suggestion = None
    if not options.mapping:
        suggestion = await find_suggestion(platform, user, route.spec.kind, upload, VOCABULARIES[route.spec.kind].known)
    try:
        found = await asyncio.to_thread(recognise, route, upload, options, settings.default_country)
    except Unreadable as error:
        raise refused(error, suggestion) from None
    rows = max(0, upload.survey.lines - found.start[1]) if upload.features is None else upload.features
    divided: list[dict[str, Any]] = []
    if rows > settings.max_items and route.is_divided:
        rows, divided = await asyncio.to_thread(_divide, upload, found, settings.max_items, rows)
        if len(divided) > 1 and not options.split:
            raise BadRequest(
                f"The file has {rows:,} rows; one job can import {settings.max_items:,}. Send it with ?split=true to"
                f" create {len(divided)} jobs, or ask the operator to raise TRIGPOINT_MAX_ITEMS.",
                rows=rows,
                limit=settings.max_items,
                jobsNeeded=len(divided),
            )
    if not rows:
        raise BadRequest("The file has a header, but no rows.")
    default = route.default_source or found.profile or "generic"
    country = settings.default_country
    evidence = await asyncio.to_thread(
        examine, upload, found, options, kind=route.spec.kind, default=default, country=country
    )
    parts = divided if len(divided) > 1 else []
    return ImportFile(upload, options, found, rows, parts, evidence, default, suggestion)


def recognise(route: ImportRoute, upload: Upload, options: ImportRequest, country: str) -> Layout:
    """Return how the file is to be read, with what its columns are taken for. Blocks. Raises Unreadable."""
    found = route.recognise(upload, options)
    with upload.store.open(upload.id) as file:
        sample = read_sample(file, found)
    order = usual_order(country)
    kind = cast(FileKind, route.spec.kind)
    report = describe_columns(kind, found, options.mapping, sample, date_order=options.date_order, usual_order=order)
    found = with_columns(found, report, datetime.now(UTC).date())
    if found.country and found.country != country:
        name = NAMES[found.country]
        found.notes.append(f"The addresses are read as those of {name}, which the layout or the postcodes tell.")
    return found


def _divide(upload: Upload, found: Layout, max_rows: int, features: int) -> tuple[int, list[dict[str, Any]]]:
    with upload.store.open(upload.id) as file:
        return job_parts.split(file, found, max_rows, features)


async def _insert(
    conn: Connection,
    platform: Platform,
    user: User,
    creator: Creator,
    route: ImportRoute,
    file: ImportFile,
    source: SourceChoice,
) -> list[Inserted]:
    check_priority(user, file.options.priority)
    upload = file.upload
    await record_upload(conn, platform, user, upload, file.layout, upload.name)
    created = await jobs.insert(conn, list(_new_jobs(user, route, file, source)), creator)
    for job in created:
        if job.is_new:
            details = {"fileName": upload.name, "sha256": upload.digest.hex(), "estimatedRows": file.rows}
            await audit.record(conn, route.audit_action, details, user_id=user.id, job_id=job.id)
    if not any(job.is_new for job in created):
        await uploads.delete(conn, upload.id)
    return created


def _new_jobs(user: User, route: ImportRoute, file: ImportFile, source: SourceChoice) -> Iterator[NewJob]:
    """Yield the jobs of the file. Only the last one geocodes afterwards: it runs when all others are done."""
    spec = route.spec
    fields = file.options.model_dump(include=set(spec.args.model_fields))
    place = file.evidence.place
    fields |= {
        "upload_id": file.upload.id,
        "file_name": file.upload.name,
        "source": source.source,
        "source_derived_from": source.derived_from,
        "place": place.code if place else None,
    }
    count = max(1, len(file.parts))
    for number, position in enumerate(file.parts or (None,), 1):
        part = None if position is None else {"number": number, "of": count, "position": position}
        later = {"geocode_after": False} if number < count and "geocode_after" in fields else {}
        yield spec.new_job(
            spec.args.model_validate(fields | {"part": part} | later),
            priority=file.options.priority,
            dedupe_key=f"{user.id}:{file.digest}:{number}",
            total_items=position["left"] if position else file.rows,
            run_at=file.options.run_at,
        )


async def _respond(
    conn: Connection, route: ImportRoute, file: ImportFile, source: SourceChoice, created: list[Inserted]
) -> Response:
    several = f" in {len(created)} jobs" if len(created) > 1 else ""
    parts = [PartCreated(job_id=job.id, is_new=job.is_new) for job in created]
    content = ImportCreated(
        job_id=created[0].id,
        is_new=created[0].is_new,
        message=f"Import job created for {file.rows:,} {route.noun}{several}",
        estimated_rows=file.rows,
        profile=file.layout.profile,
        format=file.layout.format,
        processing_started=await workers.is_any_live(conn, route.spec.queue.name),
        source=source.source,
        source_derived_from=source.derived_from or None,
        notes=[*file.upload.notes, *file.layout.notes, *file.evidence.notes],
        warnings=file.layout.warnings,
        columns=present_columns(file.layout.columns),
        suggested_mapping=file.suggestion,
        jobs=parts if len(parts) > 1 else None,
    )
    headers = {"Location": f"/api/v1/jobs/{created[0].id}", "Retry-After": retry_after(FIRST_MS)}
    return JSON(content, 202, headers)
