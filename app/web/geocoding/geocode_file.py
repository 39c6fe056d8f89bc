"""Geocoding a file: the request that creates the job."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.imports import uploads
from app.db.jobs import records as jobs
from app.db.jobs import workers
from app.db.jobs.creator import Creator
from app.domain.addresses.columns import COLUMNS
from app.domain.geocoding.kinds import GEOCODE_FILE, GeocodeFileArgs, GeocodeFileOptions
from app.domain.imports.address_files import recognise_address_file
from app.domain.imports.column_report import describe_columns, with_columns
from app.domain.imports.layout import Layout
from app.domain.imports.sample import read_sample
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.text.csv_reader import CsvReader, Position
from app.domain.text.errors import Unreadable
from app.errors import BadRequest, Conflict, LimitReached, NotFound
from app.web.accounts import auth
from app.web.geocoding import geocoders
from app.web.http import idempotency
from app.web.http.file_columns import ColumnModel, present_columns
from app.web.http.known_fields import wire_names
from app.web.http.models import ResponseModel
from app.web.http.operation import IDEMPOTENCY_KEY, LOCATION, RETRY_AFTER, Reply, operation
from app.web.http.request_parsing import validate
from app.web.http.responses import JSON
from app.web.http.saved_mappings import SuggestedMapping, find_suggestion, refused, with_saved_mapping
from app.web.http.schema_types import RunAt
from app.web.http.uploads import TABLE_BODY, FileOptions, Upload, received_upload, record_upload
from app.web.jobs.presenters import PollInterval
from app.web.platform import Platform, get_platform


@dataclass(frozen=True)
class AddressFile:
    """A stored file that is known to be readable, and how it is to be geocoded."""

    upload: Upload
    options: GeocodeFileRequest
    layout: Layout
    rows: int
    suggestion: SuggestedMapping | None
    """The user's saved mapping that fits the file, if it came without one."""

    @property
    def digest(self) -> str:
        """Identifies the request: the file and the options."""
        options = orjson.dumps(self.options.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
        return sha256(self.upload.digest + options).hexdigest()


class GeocodeFileRequest(FileOptions, GeocodeFileOptions):
    run_at: RunAt | None = None


class GeocodeFileCreated(ResponseModel):
    """The job that geocodes a file."""

    success: Literal[True] = True
    job_id: UUID
    is_new: bool
    """False for the active job with the same file and options."""
    message: str
    estimated_rows: int
    """Rows in the file."""
    processing_started: bool
    """Whether a worker serves the queue."""
    poll_interval_ms: PollInterval = FIRST_MS
    notes: list[str] = []
    """What was found in the file, in sentences: rows above the header, or the sheet of a spreadsheet."""
    warnings: list[str] = []
    """What may be wrong with the columns, in sentences: columns that are not used because of what they hold."""
    columns: list[ColumnModel]
    """What the columns are taken for."""
    suggested_mapping: SuggestedMapping | None
    """Your saved mapping for files with these columns; null without one, and if the request has a mapping. It is not
    applied unless you send the file with it."""


@operation(
    "geocodeFile",
    tag="Geocoding",
    headers=[IDEMPOTENCY_KEY],
    query=GeocodeFileRequest,
    body=TABLE_BODY,
    needs_body=False,
    returns={202: Reply(GeocodeFileCreated, headers=[LOCATION, RETRY_AFTER])},
    errors=[Conflict, LimitReached, NotFound],
)
async def create(request: Request) -> Response:
    """Create a job that adds coordinates to the addresses in a CSV file.

    The file needs a header. It is the body or the part `file` of a form, and may be compressed (gzip, zip). Options may
    be fields of the form. Download the result as `/api/v1/jobs/{id}/output.csv`.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    async with received_upload(request, platform, user) as upload:
        file = await _address_file(upload, platform, user)

        async def insert(conn: Connection) -> Response:
            job = await _insert(conn, platform, user, creator, file)
            upload.keep = job.is_new
            return await _respond(conn, file, job)

        async with platform.pending_limit.creator(user) as creator:
            response = await idempotency.run_once(request, user, file.digest.encode(), insert)
    platform.dispatcher.schedule_pass()
    return response


async def _address_file(upload: Upload, platform: Platform, user: User) -> AddressFile:
    """Recognise the file and count its rows.

    Raises Unreadable for a file that is no table with addresses, Invalid for wrong options, BadRequest for unknown
    options or too many rows.
    """
    saved = await with_saved_mapping(platform, user, upload.fields)
    options = _parse_options({**upload.fields, **saved}, platform)
    suggestion = None
    if not options.mapping:
        suggestion = await find_suggestion(platform, user, GEOCODE_FILE.kind, upload, COLUMNS.known)
    try:
        found = await asyncio.to_thread(recognise, upload, options)
    except Unreadable as error:
        raise refused(error, suggestion) from None
    max_rows = platform.settings.max_items
    rows = await asyncio.to_thread(_count_rows, upload, found, max_rows)
    if rows > max_rows:
        raise BadRequest(
            f"A file may have at most {max_rows:,} rows. Split it and send the parts one after the other.",
            limit=max_rows,
        )
    if not rows:
        raise BadRequest("The file has a header, but no rows.")
    return AddressFile(upload, options, found, rows, suggestion)


def recognise(upload: Upload, options: GeocodeFileRequest) -> Layout:
    """Return how the file is to be read, with what its columns are taken for. Blocks. Raises Unreadable."""
    found = recognise_address_file(upload.survey, options.mapping, options.header)
    with upload.store.open(upload.id) as file:
        sample = read_sample(file, found)
    return with_columns(found, describe_columns("geocode_file", found, options.mapping, sample))


def _parse_options(fields: dict[str, Any], platform: Platform) -> GeocodeFileRequest:
    known = wire_names(GeocodeFileRequest)
    for name in fields:
        if name not in known:
            raise BadRequest(f"Unknown option {name[:100]!r}; the options are {', '.join(known)}.")
    options = validate(GeocodeFileRequest, fields)
    geocoders.check_available(platform, options.provider_id)
    return options


def _count_rows(upload: Upload, found: Layout, limit: int) -> int:
    """Return the number of rows, or some number beyond `limit`. Blocks."""
    with upload.store.open(upload.id) as file:
        reader, count = CsvReader(file, found.dialect, Position(*found.start)), 0
        while count <= limit and (read := len(reader.read(1000))):
            count += read
    return count


async def _insert(
    conn: Connection, platform: Platform, user: User, creator: Creator, file: AddressFile
) -> jobs.Inserted:
    """Insert the upload and the job, unless a job of the user for the same file and options is active."""
    upload = file.upload
    name = upload.name or "file.csv"
    await record_upload(conn, platform, user, upload, file.layout, name)
    options = file.options.model_dump(exclude={"run_at", *FileOptions.model_fields})
    new_job = GEOCODE_FILE.new_job(
        GeocodeFileArgs(upload_id=upload.id, file_name=upload.name, **options),
        dedupe_key=f"{user.id}:{file.digest}",
        total_items=file.rows,
        run_at=file.options.run_at,
    )
    [job] = await jobs.insert(conn, [new_job], creator)
    if not job.is_new:
        await uploads.delete(conn, upload.id)
    details = {"file": name, "rows": file.rows, "isNew": job.is_new}
    await audit.record(conn, "FILE_GEOCODE_QUEUED", details, user_id=user.id, job_id=job.id)
    return job


async def _respond(conn: Connection, file: AddressFile, job: jobs.Inserted) -> Response:
    created = GeocodeFileCreated(
        job_id=job.id,
        is_new=job.is_new,
        message=f"Geocoding job created for {file.rows} rows",
        estimated_rows=file.rows,
        processing_started=await workers.is_any_live(conn, GEOCODE_FILE.queue.name),
        notes=[*file.upload.notes, *file.layout.notes],
        warnings=file.layout.warnings,
        columns=present_columns(file.layout.columns),
        suggested_mapping=file.suggestion,
    )
    return JSON(created, 202, {"Location": f"/api/v1/jobs/{job.id}", "Retry-After": retry_after(FIRST_MS)})
