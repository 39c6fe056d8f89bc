"""Receive an uploaded file into the uploads' storage."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from uuid_utils.compat import uuid7

from app.domain.imports.survey import FileFormat
from app.domain.text.errors import Unreadable
from app.errors import BadRequest
from app.settings import Settings
from app.storage.upload_intake import Intake, too_large
from app.storage.uploads import Uploads
from app.web.http.multipart import receive_file

MAX_FORM_BYTES = 1_000_000
"""Maximum size of a form without its file."""


@dataclass
class Upload:
    """A stored file and the form it came with. It is removed after the request unless `keep` is set."""

    id: UUID
    name: str
    """The file's name; empty if unknown."""
    fields: dict[str, str]
    """The options that came with the file: the query and the fields of the form."""
    intake: Intake
    format: FileFormat
    store: Uploads
    keep: bool = False


@asynccontextmanager
async def received_upload(request: Request, settings: Settings) -> AsyncIterator[Upload]:
    """Store the file of a request: a form's part `file`, or the body itself.

    Raises TooLarge for a file beyond the limits, and BadRequest where there is no file, or Unreadable was raised.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > settings.max_upload_bytes + MAX_FORM_BYTES:
        raise too_large(settings.max_upload_bytes)
    store = await asyncio.to_thread(Uploads, settings.uploads_url)
    upload_id, keep = uuid7(), False
    try:
        upload = await _receive(request, settings, store, upload_id)
        yield upload
        keep = upload.keep
    except Unreadable as error:
        raise BadRequest(str(error)) from None
    finally:
        if not keep:
            with suppress(OSError):
                await asyncio.to_thread(store.remove, upload_id)


async def _receive(request: Request, settings: Settings, store: Uploads, upload_id: UUID) -> Upload:
    sink = await asyncio.to_thread(store.create, upload_id)
    intake = Intake(sink, max_bytes=settings.max_upload_bytes, max_unpacked_bytes=settings.max_unpacked_bytes)
    try:
        form = await receive_file(request, lambda block: asyncio.to_thread(intake.feed, block))
        format = await asyncio.to_thread(intake.close)
    finally:
        await asyncio.to_thread(sink.close)
    fields = {**request.query_params, **form.fields}
    return Upload(upload_id, form.file_name or "", fields, intake, format, store)
