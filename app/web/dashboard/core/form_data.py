"""The fields of a submitted form, read within a limit."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from app.errors import BadRequest, UnsupportedMedia
from app.web.http.request_parsing import MAX_BODY_BYTES, media_type, read_body

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
MAX_FIELDS = 1_000


async def read_form(request: Request, max_bytes: int = MAX_BODY_BYTES) -> FormData:
    """Return the fields of the form, which is read once per request; those of a file are left out.

    Raises TooLarge as soon as the body exceeds `max_bytes`, UnsupportedMedia if it is no form, and BadRequest if it is
    malformed or has too many fields. The body is read as a whole before it is parsed, so that its parts together cannot
    take more memory than a multiple of the limit, and no temporary file.
    """
    if not hasattr(request.state, "form"):
        if (media := media_type(request)) not in FORM_TYPES:
            raise UnsupportedMedia(f"Content-Type {media or 'missing'} is not supported here. Submit the form.")
        request.state.form = await _parse(request, await read_body(request, max_bytes))
    form: FormData = request.state.form
    return form


async def _parse(request: Request, body: bytes) -> FormData:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    try:
        form = await Request(dict(request.scope), receive).form(
            max_files=0, max_fields=MAX_FIELDS, max_part_size=len(body) + 1
        )
    except (HTTPException, KeyError, UnicodeError) as error:
        reason = error.detail if isinstance(error, HTTPException) else "it cannot be parsed"
        raise BadRequest(f"The form is invalid: {reason}") from None
    if len(form.multi_items()) > MAX_FIELDS:
        raise BadRequest(f"The form has more than {MAX_FIELDS:,} fields.")
    return form
