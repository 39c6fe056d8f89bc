"""Geocoding a file: the request that makes a job of it, and the job's output."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from typing import Annotated, Any
from uuid import UUID

import orjson
from asyncpg import Record
from pydantic import BeforeValidator, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from uuid_utils.compat import uuid7

from app.db.accounts.users import User
from app.db.core import audit
from app.db.core.pool import Connection, Pool
from app.db.geocoding import file_rows
from app.db.imports import uploads
from app.db.jobs import records as jobs
from app.db.jobs import workers
from app.domain.addresses.columns import COLUMNS, AddressColumns
from app.domain.geocoding.model import GeocodeOptions
from app.domain.imports import layout
from app.domain.imports.layout import Layout
from app.domain.imports.survey import Format
from app.domain.jobs.polling import FIRST_MS, retry_after
from app.domain.jobs.spec import NewJob
from app.domain.jobs.status import TERMINAL
from app.domain.text import csv_writer
from app.domain.text.columns import canonical
from app.domain.text.csv_reader import CsvReader, Position
from app.domain.text.errors import Unreadable
from app.errors import BadRequest, Conflict, NotFound
from app.storage.upload_intake import Intake
from app.storage.uploads import Uploads
from app.web.accounts import auth
from app.web.geocoding import geocoders
from app.web.http import idempotency
from app.web.http.csv_export import csv_lines_response, to_cell
from app.web.http.multipart import receive
from app.web.http.problems import invalid
from app.web.http.request_parsing import path_id
from app.web.http.responses import JSON
from app.web.jobs.access import get_job
from app.web.platform import Platform, get_platform

KIND = "geocode_file"
ADDED = ("latitude", "longitude", "accuracy", "confidence", "provider", "matched_address", "error")


def _object(value: Any) -> Any:
    """The object in a JSON text, as options of a query or a form carry it."""
    if isinstance(value, str):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            raise ValueError('must be a JSON object such as {"address": "Street Address"}') from None
    return value


class Options(GeocodeOptions):
    country: str | None = Field(default=None, pattern="^[A-Za-z]{2}$")
    mapping: Annotated[dict[str, str], BeforeValidator(_object)] = {}


async def create(request: Request) -> Response:
    """A CSV file, as a form's part `file` or as the body; options in the query or as fields of the form."""
    user = await auth.require(request)
    platform = get_platform(request)
    store = await asyncio.to_thread(Uploads, platform.settings.uploads_url)
    upload_id = uuid7()
    used = False
    try:
        taken = await Taken.take(request, platform, store, upload_id)

        async def insert(conn: Connection) -> Response:
            nonlocal used
            response, used = await _insert(conn, platform, user, taken)
            return response

        response = await idempotency.once(request, user, taken.digest, insert)
    except BaseException as error:
        used = False
        if isinstance(error, Unreadable):
            raise BadRequest(str(error)) from None
        raise
    finally:
        if not used:
            with suppress(OSError):
                await asyncio.to_thread(store.remove, upload_id)
    platform.dispatcher.schedule_pass()
    return response


class Taken:
    """A file in the storage that is known to be readable, and how it is to be geocoded."""

    def __init__(
        self, upload_id: UUID, name: str, intake: Intake, found: Layout, rows: int, data: dict[str, Any]
    ) -> None:
        self.id, self.name, self.intake, self.layout, self.rows, self.data = upload_id, name, intake, found, rows, data

    @classmethod
    async def take(cls, request: Request, platform: Platform, store: Uploads, upload_id: UUID) -> Taken:
        """Raises Unreadable for what is no table with addresses, BadRequest for one that is too long."""
        settings = platform.settings
        sink = await asyncio.to_thread(store.create, upload_id)
        intake = Intake(sink, max_bytes=settings.max_upload_bytes, max_unpacked_bytes=settings.max_unpacked_bytes)
        try:
            form = await receive(request, lambda block: asyncio.to_thread(intake.feed, block))
            form_of_data = await asyncio.to_thread(intake.close)
        finally:
            await asyncio.to_thread(sink.close)
        if form_of_data is not Format.DELIMITED:
            raise Unreadable("Send CSV or tab-separated text with a header, not JSON.")
        options = _options({**request.query_params, **form.fields}, platform)
        known = COLUMNS.known | {canonical(name) for name in options.mapping.values()}
        found = layout.recognise_table(intake.survey, known)
        AddressColumns.find(found.header, options.mapping)
        rows = await asyncio.to_thread(_count, store, upload_id, found, settings.max_items)
        if rows > settings.max_items:
            raise BadRequest(
                f"A file may have at most {settings.max_items:,} rows: split it, and send one part after the other.",
                limit=settings.max_items,
            )
        asked = options.model_dump(by_alias=True, exclude_none=True)
        data = {"uploadId": str(upload_id), "fileName": form.file_name or "", **asked}
        return cls(upload_id, form.file_name or "file.csv", intake, found, rows, data)

    @property
    def digest(self) -> bytes:
        """Of the file and all that was asked with it."""
        asked = sorted((name, str(value)) for name, value in self.data.items() if name not in ("uploadId", "fileName"))
        return self.intake.digest.digest() + repr(asked).encode()


def _options(given: dict[str, str], platform: Platform) -> Options:
    known = [str(field.alias or name) for name, field in Options.model_fields.items()]
    for name in given:
        if name not in known:
            raise BadRequest(f"Unknown option {name[:100]!r}; there are {', '.join(known)}.")
    try:
        options = Options.model_validate(given)
    except ValidationError as error:
        raise invalid(error) from None
    geocoders.check(platform, options.provider_id)
    return options


def _count(store: Uploads, upload_id: UUID, found: Layout, most: int) -> int:
    """Its rows, up to some more than `most`."""
    with store.open(upload_id) as file:
        records, count = CsvReader(file, found.dialect, Position(*found.start)), 0
        while count <= most and (taken := len(records.read(1000))):
            count += taken
    return count


async def _insert(conn: Connection, platform: Platform, user: User, taken: Taken) -> tuple[Response, bool]:
    """The answer, and whether it is a new job that needs the file."""
    spec = platform.specs[KIND]
    data = spec.args.model_validate(taken.data).model_dump_json(by_alias=True, exclude_none=True).encode()
    sha256 = taken.intake.digest.digest()
    key = f"{user.id}:{sha256.hex()}:{taken.digest[len(sha256) :].decode()}"
    await uploads.insert(conn, taken.id, taken.name, taken.intake.survey.size, sha256, taken.layout.to_json(), user.id)
    [job] = await jobs.insert(conn, [NewJob(spec, data, dedupe_key=key, total_items=taken.rows)], user.id)
    details = {"file": taken.name, "rows": taken.rows, "isNew": job.is_new}
    await audit.record(conn, "FILE_GEOCODE_QUEUED", details, user_id=user.id, job_id=job.id)
    content = {
        "success": True,
        "jobId": job.id,
        "isNew": job.is_new,
        "message": f"Geocoding job created for {taken.rows} rows",
        "estimatedRows": taken.rows,
        "processingStarted": await workers.any_live(conn, spec.queue.name),
        "poll_interval_ms": FIRST_MS,
    }
    headers = {"Location": f"/api/v1/jobs/{job.id}", "Retry-After": retry_after(FIRST_MS)}
    return JSON(content, 202, headers), job.is_new


async def output(request: Request) -> Response:
    """The file as it was sent, with columns added; of a job that was stopped, the rows that were done."""
    user = await auth.require(request)
    platform = get_platform(request)
    job = await get_job(platform, path_id(request), user)
    if job["kind"] != KIND:
        raise NotFound(f"A job of the kind {job['kind']} has no output file.")
    if job["status"] not in TERMINAL:
        raise Conflict("The job is not finished; its output comes when it is.", headers={"Retry-After": "1"})
    async with platform.pool.acquire() as conn:
        upload = await uploads.find_for_job(conn, UUID(orjson.loads(job["data"])["uploadId"]), job["id"])
    if upload is None:
        raise NotFound("This job never had a file.")
    found = Layout.from_json(upload.layout)
    present = {name.casefold() for name in found.header}
    added = [f"geocode_{name}" if name in present else name for name in ADDED]
    return await csv_lines_response(
        f"{upload.name.rpartition('.')[0] or upload.name}-geocoded.csv",
        csv_writer.line([*found.header, *added], found.delimiter),
        _lines(platform.pool, job["id"], found.delimiter),
    )


async def _lines(pool: Pool, job_id: UUID, delimiter: str) -> AsyncIterator[Iterable[str]]:
    async for rows in file_rows.pages(pool, job_id):
        yield (_line(row, delimiter) for row in rows)


def _line(row: Record, delimiter: str) -> str:
    """The row's text as it was sent, the cells that are added, and what it had beyond the header's columns."""
    parts = [row["line"], csv_writer.line((to_cell(row[name]) for name in ADDED), delimiter)]
    if row["beyond"] is not None:
        parts.append(row["beyond"])
    return delimiter.join(parts)
