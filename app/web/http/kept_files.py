"""Files that were sent for a preview: found again for their user, and converted again where another part is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from starlette.requests import Request
from uuid_utils.compat import uuid7

from app.db.accounts.users import User
from app.db.core import locks
from app.db.core.locks import Lock
from app.db.imports import kept_uploads
from app.db.imports.kept_uploads import KeptUpload
from app.domain.imports.content import Content, Part
from app.domain.imports.survey import HEAD_BYTES, FileFormat, Survey
from app.domain.text.errors import Unreadable
from app.errors import BadRequest, Busy, NotFound, TooLarge
from app.settings import Settings
from app.storage.archive_members import BLOCK_BYTES
from app.storage.conversion.request import ReadOptions, SourceFormat
from app.storage.upload_intake import Intake
from app.storage.uploads import Uploads
from app.web.http.request_parsing import is_json, media_type, parse_json
from app.web.platform import Platform

UPLOAD_ID = "uploadId"
MAX_OPTIONS_BYTES = 100_000
"""Of a JSON body that names an upload; a longer one is a file."""
MAX_NAME_CHARACTERS = 200
CONVERSIONS = ThreadPoolExecutor(2, "conversion")
"""Few, because each converts a file in a process of its own; and apart from the threads that all requests use."""


class UploadedTable(BaseModel):
    """Options of routes that take a whole table, of which the upload may be one."""

    upload_id: UUID | None = None
    """An upload (`POST /api/v1/uploads`) with the table, in place of a body. Options may be a JSON object then:
    `{"uploadId": "…", "mapping": {…}}`."""
    sheet: str = Field(default="", max_length=MAX_NAME_CHARACTERS)
    """Name of the sheet of an upload that is a spreadsheet."""


@dataclass(frozen=True)
class KeptFile:
    record: KeptUpload
    content: Content
    survey: Survey
    """Empty if the file could not be converted yet."""
    store: Uploads


async def find_reference(request: Request) -> dict[str, Any] | None:
    """Return the options of a request that names an upload, `uploadId` among them; None for one that sends a file.

    Raises BadRequest for a request that does both.
    """
    query = dict(request.query_params)
    declared = request.headers.get("content-length", "")
    media = media_type(request)
    is_short = declared.isdecimal() and int(declared) <= MAX_OPTIONS_BYTES
    body: dict[str, Any] = {}
    if media and is_json(media) and is_short and "content-encoding" not in request.headers:
        raw = await request.body()
        if UPLOAD_ID in query or f'"{UPLOAD_ID}"'.encode() in raw:
            value = parse_json(raw) if raw.strip() else {}
            body = value if isinstance(value, dict) else {}
    elif UPLOAD_ID in query and (declared not in ("", "0") or "transfer-encoding" in request.headers):
        raise BadRequest("Send either a file, or uploadId with options as a query or as JSON.")
    fields = query | body
    return fields if UPLOAD_ID in fields else None


def read_options(fields: Mapping[str, Any]) -> ReadOptions:
    """Return which part of the file is asked for."""
    return ReadOptions(*(str(fields.get(name) or "")[:MAX_NAME_CHARACTERS] for name in ("sheet", "layer", "crs")))


async def find_kept(platform: Platform, user: User, upload_id: str, options: ReadOptions) -> KeptFile:
    """Return the user's upload, converted as `options` say; what they leave open stays as it was.

    Raises NotFound for any other id, Unreadable where the options do not fit the file.
    """
    try:
        wanted = UUID(upload_id)
    except ValueError:
        raise not_found(upload_id) from None
    async with platform.pool.acquire() as conn:
        record = await kept_uploads.get(conn, wanted, user.id)
    if record is None:
        raise not_found(upload_id)
    store = await asyncio.to_thread(Uploads, platform.settings.uploads_url)
    content = Content.from_json(record.content)
    merged = _merged(content, options)
    try:
        if content.original_bytes and merged != _merged(content, ReadOptions()):
            content = await _convert_again(platform, user, store, record, content, merged)
        head = b""
        if content.format is not None:
            head = await asyncio.to_thread(_read_head, store, record.id)
    except FileNotFoundError:
        raise not_found(upload_id) from None
    return KeptFile(record, content, content.survey(head), store)


def describe(intake: Intake, format: FileFormat | None, crs: str, problem: str = "") -> Content:
    """Return what the file is that an intake has taken."""
    findings = intake.findings
    return Content(
        received_bytes=intake.received,
        format=format,
        source=str(intake.source or ""),
        packing=intake.packing,
        encoding=intake.encoding,
        size=intake.survey.size if format else 0,
        lines=intake.survey.lines if format else 0,
        longest=intake.survey.longest,
        features=intake.count.features if intake.count else None,
        original_bytes=intake.original_bytes,
        spreadsheet_columns=intake.survey.spreadsheet_columns,
        parts=tuple(Part(part.name, part.rows) for part in findings.parts),
        part=findings.part,
        crs=crs,
        notes=tuple(findings.notes),
        problem=problem,
    )


def not_found(upload_id: str) -> NotFound:
    """Return the error for an upload that does not exist, is too old, or belongs to another user."""
    return NotFound(
        f"Upload {str(upload_id)[:100]!r} not found: it never existed, or its time was over. Send the file."
    )


def _merged(content: Content, options: ReadOptions) -> ReadOptions:
    is_sheet = content.source == SourceFormat.SPREADSHEET
    wanted = (options.sheet if is_sheet else options.layer).strip()
    if not wanted or wanted.lower() == content.part.strip().lower():
        wanted = content.part
    crs = options.crs.strip() or content.crs
    return ReadOptions(wanted if is_sheet else "", "" if is_sheet else wanted, "" if is_sheet else crs)


async def _convert_again(
    platform: Platform, user: User, store: Uploads, record: KeptUpload, old: Content, options: ReadOptions
) -> Content:
    """Convert the original, and let the result take the place of the file."""
    converted = uuid7()
    try:
        work = (platform.settings, store, record.id, converted, options)
        new = await asyncio.get_running_loop().run_in_executor(CONVERSIONS, _convert, *work)
        new = replace(
            new,
            received_bytes=old.received_bytes,
            packing=old.packing,
            original_bytes=old.original_bytes,
            hints=old.hints,
        )
        async with platform.pool.acquire() as conn, conn.transaction():
            if await kept_uploads.get(conn, record.id, user.id, lock=True) is None:
                raise not_found(str(record.id))
            if not await locks.try_acquire_shared(conn, Lock.BACKUP):
                raise Busy("A backup is running, which keeps files as they are. Try again in a minute.", retry_after=60)
            await asyncio.to_thread(store.replace, converted, record.id)
            size = new.size + new.original_bytes
            await kept_uploads.update_content(conn, record.id, user.id, size, new.to_json())
        return new
    finally:
        with suppress(OSError):
            await asyncio.to_thread(store.remove, converted)


def _convert(settings: Settings, store: Uploads, upload_id: UUID, converted: UUID, options: ReadOptions) -> Content:
    limit = settings.max_unpacked_bytes
    with closing(store.create(converted)) as sink, store.open_original(upload_id) as original:
        intake = Intake(sink, max_bytes=limit, max_unpacked_bytes=limit, any_layer=True)
        try:
            while block := original.read(BLOCK_BYTES):
                intake.feed(block)
            format = intake.close(options)
        finally:
            intake.discard()
    return describe(intake, format, options.crs)


async def read_kept_table(platform: Platform, user: User, fields: Mapping[str, Any], max_bytes: int) -> bytes:
    """Return the table in the upload that the fields name, as UTF-8, for routes that take whole tables.

    Raises NotFound as `find_kept`, BadRequest for a file that is no table, TooLarge beyond `max_bytes`.
    """
    try:
        kept = await find_kept(platform, user, str(fields[UPLOAD_ID]), read_options(fields))
        format = check_readable(kept)
    except Unreadable as error:
        raise BadRequest(str(error)) from None
    if format is not FileFormat.DELIMITED:
        raise BadRequest("The upload is map data. Send a table (CSV, tab-separated text or a spreadsheet).")
    if kept.content.size > max_bytes:
        raise TooLarge(
            f"The table has {kept.content.size:,} bytes; {max_bytes:,} are allowed. Divide it into several files.",
            limit=max_bytes,
        )
    try:
        return await asyncio.to_thread(_read_whole, kept.store, kept.record.id)
    except FileNotFoundError:
        raise not_found(str(fields[UPLOAD_ID])) from None


def _read_whole(store: Uploads, upload_id: UUID) -> bytes:
    with store.open(upload_id) as file:
        return file.read()


def _read_head(store: Uploads, upload_id: UUID) -> bytes:
    with store.open(upload_id) as file:
        return file.read(HEAD_BYTES)


def check_readable(file: KeptFile) -> FileFormat:
    """Return the format of a file that was converted. Raises Unreadable with what is needed for that."""
    if file.content.format is None:
        raise Unreadable(file.content.problem)
    return file.content.format
