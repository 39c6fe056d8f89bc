"""Receive an uploaded file into the uploads' storage."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from uuid_utils.compat import uuid7

from app.db.accounts.users import User
from app.db.core.pool import Connection
from app.db.imports import uploads
from app.domain.imports.layout import Layout
from app.domain.imports.survey import FileFormat, Survey
from app.domain.text.errors import NeedsOption, Unreadable
from app.errors import BadRequest
from app.storage.conversion.request import SourceFormat
from app.storage.stale_uploads import remove_stale
from app.storage.upload_intake import Intake, no_room, too_large
from app.storage.uploads import Uploads, opened
from app.web.http.kept_files import (
    CONVERSIONS,
    MAX_NAME_CHARACTERS,
    UPLOAD_ID,
    check_readable,
    find_kept,
    find_reference,
    not_found,
    read_options,
)
from app.web.http.multipart import receive_file
from app.web.platform import Platform

MAX_FORM_BYTES = 1_000_000
"""Maximum size of a form without its file."""


class FileForm(BaseModel):
    """A form with a file. The options of the query may be further fields."""

    model_config = ConfigDict(extra="allow")

    file: bytes


COMPRESSED = ("application/gzip", "application/zip")
SPREADSHEETS = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
    "application/vnd.oasis.opendocument.spreadsheet",
)
MAPS = (
    "application/geo+json",
    "application/x-ndjson",
    "application/geopackage+sqlite3",
    "application/vnd.google-earth.kml+xml",
    "application/vnd.google-earth.kmz",
    "application/flatgeobuf",
    "application/vnd.apache.parquet",
)
TABLE_BODY = dict.fromkeys(("text/csv", "text/tab-separated-values", *SPREADSHEETS, *COMPRESSED), bytes) | {
    "multipart/form-data": FileForm
}
"""The declaration of a body that is a table. Files of other media types are read in the same way."""
FEATURES_BODY = dict.fromkeys(MAPS, bytes) | TABLE_BODY
"""The declaration of a body that is map data or a table."""


class ReadingOptions(BaseModel):
    """Options that say which part of a file is read."""

    sheet: str = Field(default="", max_length=MAX_NAME_CHARACTERS)
    """Name of the sheet of a spreadsheet; without it, the first visible one with a table."""
    layer: str = Field(default="", max_length=MAX_NAME_CHARACTERS)
    """Name of the layer of map data that has several; `*` for all."""
    header: bool | None = None
    """Whether the first row of a table has the names of the columns; found out if it is not given. Without a header
    the columns are `column 1`, `column 2` and so on."""
    crs: str = Field(default="", max_length=MAX_NAME_CHARACTERS, examples=["EPSG:2227"])
    """Coordinate system of map data that does not name its own."""


class FileOptions(ReadingOptions):
    """Options of requests with a file."""

    upload_id: UUID | None = None
    """An upload (`POST /api/v1/uploads`) that is read instead of a file in the request. Options may be JSON then."""


@dataclass
class Upload:
    """A stored file and the form it came with. It is removed after the request unless `keep` is set."""

    id: UUID
    name: str
    """The file's name; empty if unknown."""
    fields: dict[str, Any]
    """The options that came with the file: the query and the fields of the form, or of a JSON object."""
    survey: Survey
    features: int | None
    """Of a GeoJSON collection."""
    digest: bytes
    """SHA-256 of the file as it was sent."""
    notes: list[str]
    """What its sender should know about a file that was converted."""
    format: FileFormat
    store: Uploads
    source_id: UUID | None = None
    """The upload whose file this one shares."""
    keep: bool = False


@asynccontextmanager
async def received_upload(request: Request, platform: Platform, user: User) -> AsyncIterator[Upload]:
    """Store the file of a request: a form's part `file`, the body itself, or that of the upload that it names.

    Raises NotFound for an upload that the user does not have, TooLarge for a file beyond the limits, LimitReached if it
    does not fit into what the user may store, and BadRequest where there is no file, or Unreadable was raised.
    """
    store = await asyncio.to_thread(Uploads, platform.settings.uploads_url)
    upload_id, keep = uuid7(), False
    try:
        fields = await find_reference(request)
        if fields is None:
            received = await receive(request, platform, user, store, upload_id)
            intake = received.intake
            if received.format is None:
                raise received.problem or AssertionError("a file without a format has a problem")
            upload = Upload(
                upload_id,
                received.name,
                received.fields,
                intake.survey,
                intake.count.features if intake.count else None,
                intake.digest.digest(),
                intake.findings.notes,
                received.format,
                store,
            )
        else:
            upload = await _share(platform, user, fields, upload_id)
        yield upload
        keep = upload.keep
    except Unreadable as error:
        raise BadRequest(str(error)) from None
    finally:
        if not keep:
            with suppress(OSError):
                await asyncio.to_thread(store.remove, upload_id)


@dataclass(frozen=True)
class Received:
    """A file that has arrived."""

    name: str
    fields: dict[str, str]
    intake: Intake
    format: FileFormat | None
    problem: NeedsOption | None
    """Why there is no format."""


async def receive(
    request: Request, platform: Platform, user: User, store: Uploads, upload_id: UUID, *, for_preview: bool = False
) -> Received:
    """Store the file of a request as `upload_id`; for a preview with its original, where it is converted.

    Raises as `received_upload`.
    """
    settings = platform.settings
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > settings.max_upload_bytes + MAX_FORM_BYTES:
        raise too_large(settings.max_upload_bytes)
    room = await _find_room(platform, user)
    format, problem = None, None
    async with opened(store.create, upload_id) as sink:
        intake = Intake(
            sink,
            max_bytes=settings.max_upload_bytes,
            max_unpacked_bytes=settings.max_unpacked_bytes,
            room=room,
            create_original=(lambda: store.create_original(upload_id)) if for_preview else None,
            any_layer=for_preview,
        )
        try:
            form = await receive_file(request, lambda block: asyncio.to_thread(intake.feed, block))
            fields = {**request.query_params, **form.fields}
            if UPLOAD_ID in fields:
                raise BadRequest("Send either a file or uploadId, not both.")
            threads = CONVERSIONS if intake.takes_long_to_close else None
            loop = asyncio.get_running_loop()
            format = await loop.run_in_executor(threads, intake.close, read_options(fields))
        except NeedsOption as error:
            problem = error
        finally:
            await asyncio.shield(asyncio.to_thread(intake.discard))
    return Received(form.file_name or "", fields, intake, format, problem)


async def _share(platform: Platform, user: User, fields: dict[str, Any], upload_id: UUID) -> Upload:
    """Make the file of the upload that a request names also that of `upload_id`."""
    options = read_options(fields)
    kept = await find_kept(platform, user, str(fields[UPLOAD_ID]), options)
    format = check_readable(kept)
    try:
        await asyncio.to_thread(kept.store.share, kept.record.id, upload_id)
    except FileNotFoundError:  # its time ended at this moment
        raise not_found(str(fields[UPLOAD_ID])) from None
    chosen = {"sheet": "", "layer": "", "crs": kept.content.crs}
    if kept.content.original_bytes:
        chosen["sheet" if kept.content.source == SourceFormat.SPREADSHEET else "layer"] = kept.content.part
    others = {name: value for name, value in fields.items() if name != UPLOAD_ID}
    return Upload(
        upload_id,
        kept.record.name,
        others | {name: value for name, value in chosen.items() if value},
        kept.survey,
        kept.content.features,
        kept.record.sha256,
        list(kept.content.notes),
        format,
        kept.store,
        kept.record.id,
    )


async def record_upload(
    conn: Connection, platform: Platform, user: User, upload: Upload, layout: Layout, name: str
) -> None:
    """Insert the upload of a job that is about to be created. Raises LimitReached if the user may not store it."""
    size = upload.survey.size
    if upload.source_id is None:
        await require_room(conn, platform, user, size)
    source_id = upload.source_id
    await uploads.insert(conn, upload.id, name, size, upload.digest, layout.to_json(), user.id, source_id)


async def require_room(conn: Connection, platform: Platform, user: User, size: int) -> None:
    """Check, before the upload is recorded, that the user may store it. Raises LimitReached.

    Uploads that arrive together pass the check at their beginning together, so it is repeated under a lock.
    """
    maximum = platform.settings.max_stored_bytes
    if maximum and not user.is_admin:
        await uploads.lock_user(conn, user.id)
        stored = await uploads.count_stored_bytes(conn, user.id)
        if stored + size > maximum:
            raise no_room(stored + size, maximum)


async def _find_room(platform: Platform, user: User) -> int | None:
    """Return how many bytes the user may still store, None for no limit. Removes files that nobody needs any more."""
    maximum = platform.settings.max_stored_bytes
    if not maximum or user.is_admin:
        return None
    async with platform.pool.acquire() as conn:
        stored = await uploads.count_stored_bytes(conn, user.id)
    if stored > maximum // 2 and await remove_stale(platform.pool, platform.settings.uploads_url, user.id):
        async with platform.pool.acquire() as conn:
            stored = await uploads.count_stored_bytes(conn, user.id)
    if stored >= maximum:
        raise no_room(stored, maximum)
    return maximum - stored
