"""Geocoding a file: the request that creates the job."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from hashlib import sha256

import orjson
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection
from app.db.imports import uploads
from app.db.jobs import records as jobs
from app.db.jobs import workers
from app.domain.addresses.columns import COLUMNS, AddressColumns
from app.domain.geocoding.kinds import GEOCODE_FILE, GeocodeFileArgs, GeocodeFileOptions
from app.domain.imports import layout
from app.domain.imports.layout import Layout
from app.domain.imports.survey import FileFormat
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.text.columns import canonical
from app.domain.text.csv_reader import CsvReader, Position
from app.domain.text.errors import Unreadable
from app.errors import BadRequest
from app.web.accounts import auth
from app.web.geocoding import geocoders
from app.web.http import idempotency
from app.web.http.problems import invalid
from app.web.http.responses import JSON
from app.web.http.uploads import Upload, received_upload
from app.web.platform import Platform, get_platform


@dataclass(frozen=True)
class AddressFile:
    """A stored file that is known to be readable, and how it is to be geocoded."""

    upload: Upload
    options: GeocodeFileOptions
    layout: Layout
    rows: int

    @property
    def digest(self) -> str:
        """Identifies the request: the file and the options."""
        options = orjson.dumps(self.options.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
        return sha256(self.upload.intake.digest.digest() + options).hexdigest()


async def create(request: Request) -> Response:
    """Create a job for a CSV file, sent as a form's part `file` or as the body; options in the query or the form.

    202 `{"success": true, "jobId", "isNew", "message", "estimatedRows", "processingStarted", "poll_interval_ms"}`.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    async with received_upload(request, platform.settings) as upload:
        file = await _address_file(upload, platform)

        async def insert(conn: Connection) -> Response:
            job = await _insert(conn, user, file)
            upload.keep = job.is_new
            return await _respond(conn, file, job)

        response = await idempotency.run_once(request, user, file.digest.encode(), insert)
    platform.dispatcher.schedule_pass()
    return response


async def _address_file(upload: Upload, platform: Platform) -> AddressFile:
    """Recognise the file and count its rows.

    Raises Unreadable for a file that is no table with addresses, Invalid for wrong options, BadRequest for unknown
    options or too many rows.
    """
    if upload.format is not FileFormat.DELIMITED:
        raise Unreadable("Send CSV or tab-separated text with a header, not JSON.")
    options = _parse_options(upload.fields, platform)
    mapped = {canonical(name) for name in options.mapping.values()}
    found = layout.recognise_table(upload.intake.survey, COLUMNS.known | mapped)
    AddressColumns.find(found.header, options.mapping)
    max_rows = platform.settings.max_items
    rows = await asyncio.to_thread(_count_rows, upload, found, max_rows)
    if rows > max_rows:
        raise BadRequest(
            f"A file may have at most {max_rows:,} rows. Split it and send the parts one after the other.",
            limit=max_rows,
        )
    return AddressFile(upload, options, found, rows)


def _parse_options(fields: dict[str, str], platform: Platform) -> GeocodeFileOptions:
    known = [str(field.alias or name) for name, field in GeocodeFileOptions.model_fields.items()]
    for name in fields:
        if name not in known:
            raise BadRequest(f"Unknown option {name[:100]!r}; the options are {', '.join(known)}.")
    try:
        options = GeocodeFileOptions.model_validate(fields)
    except ValidationError as error:
        raise invalid(error) from None
    geocoders.check_available(platform, options.provider_id)
    return options


def _count_rows(upload: Upload, found: Layout, limit: int) -> int:
    """Return the number of rows, or some number beyond `limit`. Blocks."""
    with upload.store.open(upload.id) as file:
        reader, count = CsvReader(file, found.dialect, Position(*found.start)), 0
        while count <= limit and (read := len(reader.read(1000))):
            count += read
    return count


async def _insert(conn: Connection, user: User, file: AddressFile) -> jobs.Inserted:
    """Insert the upload and the job, unless a job of the user for the same file and options is active."""
    upload = file.upload
    name, size, digest = upload.name or "file.csv", upload.intake.survey.size, upload.intake.digest.digest()
    await uploads.insert(conn, upload.id, name, size, digest, file.layout.to_json(), user.id)
    args = GeocodeFileArgs(upload_id=upload.id, file_name=upload.name, **file.options.model_dump())
    new_job = GEOCODE_FILE.new_job(args, dedupe_key=f"{user.id}:{file.digest}", total_items=file.rows)
    [job] = await jobs.insert(conn, [new_job], user.id)
    if not job.is_new:
        await uploads.delete(conn, upload.id)
    details = {"file": name, "rows": file.rows, "isNew": job.is_new}
    await audit.record(conn, "FILE_GEOCODE_QUEUED", details, user_id=user.id, job_id=job.id)
    return job


async def _respond(conn: Connection, file: AddressFile, job: jobs.Inserted) -> Response:
    content = {
        "success": True,
        "jobId": job.id,
        "isNew": job.is_new,
        "message": f"Geocoding job created for {file.rows} rows",
        "estimatedRows": file.rows,
        "processingStarted": await workers.is_any_live(conn, GEOCODE_FILE.queue.name),
        "poll_interval_ms": FIRST_MS,
    }
    return JSON(content, 202, {"Location": f"/api/v1/jobs/{job.id}", "Retry-After": retry_after(FIRST_MS)})
