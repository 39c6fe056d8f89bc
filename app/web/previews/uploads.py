"""Uploads: files that are looked at before they are imported."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from uuid_utils.compat import uuid7

from app.db.accounts.users import User
from app.db.core import audit
from app.db.imports import kept_uploads
from app.domain.imports.content import Content
from app.domain.text.errors import Unreadable
from app.errors import BadRequest, LimitReached
from app.storage.conversion.request import ReadOptions
from app.storage.stale_uploads import remove_stale
from app.storage.uploads import Uploads
from app.web.accounts import auth
from app.web.http import request_parsing
from app.web.http.kept_files import KeptFile, describe, find_kept, not_found
from app.web.http.models import KeysetPageModel
from app.web.http.operation import LOCATION, Reply, operation
from app.web.http.pagination import KeysetPaging, keyset_fields
from app.web.http.responses import JSON
from app.web.http.saved_mappings import with_saved_mapping
from app.web.http.uploads import FEATURES_BODY, receive, require_room
from app.web.imports.requests import PreviewOptions
from app.web.platform import Platform, get_platform
from app.web.previews.report import UploadModel, UploadPreview, present_upload, preview


class UploadPage(KeysetPageModel):
    uploads: list[UploadModel]


@operation(
    "createUpload",
    tag="Imports",
    query=PreviewOptions,
    body=FEATURES_BODY,
    returns={201: Reply(UploadPreview, headers=[LOCATION])},
    errors=[LimitReached],
)
async def create(request: Request) -> Response:
    """Upload a file and see what an import would make of it.

    The file is the body or the part `file` of a form, and may be compressed. Options may be fields of the form. The
    file is kept for a day: import it with `uploadId` in place of a file. Nothing is imported by this request.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    kept, fields = await store(request, platform, user)
    shown = await _preview(platform, user, kept, fields)
    return JSON(shown, 201, {"Location": f"/api/v1/uploads/{kept.record.id}"})


async def store(request: Request, platform: Platform, user: User) -> tuple[KeptFile, dict[str, Any]]:
    """Store the file of a request for a day. Returns it with the options that came with it.

    Raises as `received_upload`, and Invalid for wrong options before anything is stored.
    """
    files = await asyncio.to_thread(Uploads, platform.settings.uploads_url)
    upload_id, is_stored = uuid7(), False
    try:
        received = await receive(request, platform, user, files, upload_id, for_preview=True)
        await _options(platform, user, received.fields)
        problem = str(received.problem or "")
        content = describe(received.intake, received.format, received.fields.get("crs", "").strip(), problem)
        size = content.size + content.original_bytes
        async with platform.pool.acquire() as conn, conn.transaction():
            await require_room(conn, platform, user, size)
            digest = received.intake.digest.digest()
            record = await kept_uploads.insert(conn, upload_id, received.name, size, digest, content.to_json(), user.id)
            await audit.record(conn, "FILE_UPLOADED", {"id": str(upload_id), "fileName": record.name}, user_id=user.id)
        is_stored = True
    except Unreadable as error:
        raise BadRequest(str(error)) from None
    finally:
        if not is_stored:
            with suppress(OSError):
                await asyncio.to_thread(files.remove, upload_id)
    head = received.intake.survey.head if received.format else b""
    return KeptFile(record, content, content.survey(head), files), received.fields


@operation("listUploads", tag="Imports", query=KeysetPaging, returns={200: UploadPage})
async def index(request: Request) -> Response:
    """List the files that you uploaded and that are still kept, the newest first."""
    user = await auth.require(request)
    platform = get_platform(request)
    paging = request_parsing.parse_query(request, KeysetPaging)
    files = await asyncio.to_thread(Uploads, platform.settings.uploads_url)
    async with platform.pool.acquire() as conn:
        page = await kept_uploads.list_kept(
            conn, user.id, before=paging.cursor, limit=paging.limit, offset=paging.offset
        )
    listed = []
    for record in page.rows:
        content = Content.from_json(record.content)
        listed.append(present_upload(KeptFile(record, content, content.survey(b""), files)))
    return JSON(UploadPage(uploads=listed, **keyset_fields(page, paging, lambda record: record.id)))


@operation("getUpload", tag="Imports", query=PreviewOptions, returns={200: UploadPreview})
async def read(request: Request) -> Response:
    """Return the preview of an upload, with another kind, mapping, sheet, layer or coordinate system if you like.

    What the query leaves open stays as it was when the file was sent. A sheet or layer that is chosen is read from then
    on.
    """
    user = await auth.require(request)
    platform = get_platform(request)
    fields = dict(request.query_params)
    saved = await with_saved_mapping(platform, user, fields, has_date_order=True)
    options = request_parsing.parse_query(request, PreviewOptions, saved)
    kept = await find(platform, user, request.path_params["id"], options)
    return JSON(await preview(platform, user, kept, options))


async def find(platform: Platform, user: User, upload_id: str, options: PreviewOptions) -> KeptFile:
    """Return an upload as the options want it to be read. Raises NotFound, and BadRequest where they do not fit."""
    try:
        return await find_kept(platform, user, upload_id, ReadOptions(options.sheet, options.layer, options.crs))
    except Unreadable as error:
        raise BadRequest(str(error)) from None


@operation("deleteUpload", tag="Imports", returns={204: Reply()})
async def delete(request: Request) -> Response:
    """Delete an upload. Jobs that were made from it go on."""
    user = await auth.require(request)
    platform = get_platform(request)
    upload_id = request_parsing.path_id(request)
    async with platform.pool.acquire() as conn, conn.transaction():
        if not await kept_uploads.expire(conn, upload_id, user.id):
            raise not_found(str(upload_id))
        await audit.record(conn, "UPLOAD_DELETED", {"id": str(upload_id)}, user_id=user.id)
    with suppress(OSError):  # what stays behind, as while a backup runs, is removed by the workers
        await remove_stale(platform.pool, platform.settings.uploads_url, user.id)
    return Response(status_code=204)


async def _options(platform: Platform, user: User, fields: dict[str, Any]) -> PreviewOptions:
    saved = await with_saved_mapping(platform, user, fields, has_date_order=True)
    return request_parsing.validate(PreviewOptions, {**fields, **saved})


async def _preview(platform: Platform, user: User, kept: KeptFile, fields: dict[str, Any]) -> UploadPreview:
    return await preview(platform, user, kept, await _options(platform, user, fields))
