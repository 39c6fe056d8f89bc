"""Parse requests: body size, media type, JSON, query parameters, ids.

Text with U+0000 is refused here, because Postgres text cannot hold it.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from app.domain.text.json_guard import UnsafeJson, check_json
from app.domain.text.streamed_json import StreamedJson, find_unsafe, restore
from app.errors import BadRequest, Invalid, NotFound, TooLarge, UnsupportedMedia
from app.web.http.known_fields import wire_names, wire_spellings
from app.web.http.off_loop import off_loop
from app.web.http.operation import check_query_declared
from app.web.http.problems import invalid

MAX_BODY_BYTES = 1_000_000
NUL = b"\\u0000"
"""The only spelling of U+0000 that JSON allows."""
MAX_MEMBERS, MAX_ENTRIES = 1_000, 100_000
"""Maximum members of an object, and maximum entries of a list, in a request."""

Model = TypeVar("Model", bound=BaseModel)


async def read_body(request: Request, max_bytes: int = MAX_BODY_BYTES) -> bytes:
    """Return the body. Raises TooLarge as soon as it exceeds `max_bytes`, and UnsupportedMedia if it is compressed."""
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        raise UnsupportedMedia(f"Content-Encoding {encoding} is not supported; send the body uncompressed.")
    declared = request.headers.get("content-length", "")
    body = bytearray()
    if not (declared.isdecimal() and int(declared) > max_bytes):
        async for chunk in request.stream():
            body += chunk
            if len(body) > max_bytes:
                break
        else:
            return bytes(body)
    raise TooLarge(f"The body exceeds {max_bytes:,} bytes. Split the request.", limit=max_bytes)


def media_type(request: Request) -> str:
    """Return the body's media type in lower case, without parameters; empty if the header is missing."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def is_json(media: str) -> bool:
    return media in ("", "application/json") or (media.startswith("application/") and media.endswith("+json"))


def parse_json(raw: bytes) -> Any:
    """Return the value of a JSON text.

    Raises BadRequest with the position of a syntax error, and Invalid for text with U+0000, for JSON that is nested too
    deeply or holds too much, and for integers beyond 64 bits.
    """
    raw = raw.removeprefix(BOM_UTF8)
    try:
        value = _parse(raw)
    except UnsafeJson as unsafe:
        raise Invalid([("", str(unsafe))]) from None
    if raw.count(b",") >= MAX_MEMBERS:
        check_width(value)
    if NUL in raw:
        _refuse_nul(value)
    return value


def parse_json_rows(raw: bytes, member: str) -> list[Any]:
    """Return the entries of a JSON list, which may be the `member` of an object.

    What `parse_json` refuses makes an entry an UnsafeJson, without affecting the others. Raises BadRequest for anything
    but a list, and Invalid for JSON that holds too much.
    """
    raw = raw.removeprefix(BOM_UTF8)
    stream = None
    try:
        value = _parse(raw)
    except (UnsafeJson, BadRequest):
        stream = StreamedJson()
        try:
            text = stream.feed(raw) + stream.close()
            if not stream.is_changed:
                raise
            value = _parse(text)
        except UnsafeJson as unsafe:
            raise Invalid([("", str(unsafe))]) from None
    if isinstance(value, dict):
        value = value.get(member)
    if not isinstance(value, list):
        raise BadRequest(f'Send a JSON list of {member}, or {{"{member}": […]}}.')
    if stream is None and NUL not in raw and raw.count(b",") < MAX_MEMBERS:
        return value
    return [_checked_row(row, is_changed=stream is not None) for row in value]


def _checked_row(row: Any, *, is_changed: bool) -> Any:
    try:
        row = restore(row) if is_changed else row
        if isinstance(row, (dict, list)):
            check_width(row)
            _refuse_nul(row)
    except UnsafeJson as unsafe:
        return unsafe
    except Invalid as invalid_row:
        field, message = invalid_row.findings[0]
        return UnsafeJson(f"{field} {message}".strip())
    return row


def _parse(raw: bytes) -> Any:
    if not raw.strip():
        raise BadRequest("The body is empty. Send JSON.")
    check_json(raw)
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        try:
            raw.decode()
        except UnicodeDecodeError as wrong:
            raise BadRequest(f"The body is not valid UTF-8 (at byte {wrong.start}).", position=wrong.start) from None
        unsafe = find_unsafe(raw)
        raise BadRequest(
            f"The body is not valid JSON: line {error.lineno}, column {error.colno}: {unsafe or error.msg}",
            line=error.lineno,
            column=error.colno,
            position=error.pos,
        ) from None


def check_width(value: Any) -> None:
    """Raises Invalid if an object has more than MAX_MEMBERS, or a list more than MAX_ENTRIES, so none is validated.

    A schema reports every unknown member and every invalid entry, and all of them at once.
    """
    stack = [("", value)]
    while stack:
        path, item = stack.pop()
        if isinstance(item, dict):
            if len(item) > MAX_MEMBERS:
                raise Invalid([(path, f"has {len(item):,} members; an object may have {MAX_MEMBERS:,}")])
            members: Iterable[tuple[Any, Any]] = item.items()
        else:
            if len(item) > MAX_ENTRIES:
                raise Invalid([(path, f"has {len(item):,} entries; a list may have {MAX_ENTRIES:,}")])
            members = enumerate(item)
        stack += [
            (f"{path}.{name}" if path else str(name), inner)
            for name, inner in members
            if isinstance(inner, (dict, list))
        ]


def _refuse_nul(value: Any) -> None:
    stack = [("", value)]
    while stack:
        path, item = stack.pop()
        if isinstance(item, str) and "\0" in item:
            raise Invalid([(path, "must not contain the character U+0000")])
        if isinstance(item, dict):
            if any("\0" in key for key in item):
                raise Invalid([(path, "must not contain a name with the character U+0000")])
            stack += [(f"{path}.{key}" if path else key, inner) for key, inner in item.items()]
        elif isinstance(item, list):
            stack += [(f"{path}.{index}" if path else str(index), inner) for index, inner in enumerate(item)]


async def read_json(request: Request, max_bytes: int = MAX_BODY_BYTES) -> tuple[bytes, Any]:
    """Return the raw body and the parsed value. Raises as `read_body` and `parse_json`."""
    media = media_type(request)
    if not is_json(media):
        raise UnsupportedMedia(f"Content-Type {media} is not supported here. Send application/json.")
    raw = await read_body(request, max_bytes)
    return raw, await off_loop(len(raw), parse_json, raw)


async def read_model(request: Request, model: type[Model], max_bytes: int = MAX_BODY_BYTES) -> Model:
    """Return the body as `model`. Raises Invalid with one finding per field."""
    raw, value = await read_json(request, max_bytes)
    return await off_loop(len(raw), validate, model, value)


def validate(model: type[Model], value: Any, field: str = "") -> Model:
    """Return the value as `model`. Raises Invalid; `field` is the path of the value in the request."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise invalid(error, model, field) from None


def parse_query(request: Request, model: type[Model], replaced: Mapping[str, str] | None = None) -> Model:
    """Return the query parameters as `model`, by the names of its fields on the wire.

    `replaced` has values that take the place of those in the query.

    Raises BadRequest for unknown and repeated parameters, and Invalid for invalid values.
    """
    check_query_declared(request, model)
    spellings = {spelling: names[0] for names in wire_spellings(model) for spelling in names}
    values: dict[str, str] = {}
    for spelling, value in request.query_params.multi_items():
        name = spellings.get(spelling)
        if name is None:
            supported = wire_names(model)
            listed = ", ".join(supported) or "none"
            raise BadRequest(
                f"Unknown query parameter {spelling[:100]!r}. Supported: {listed}.", supportedParameters=supported
            )
        if name in values:
            raise BadRequest(f"The query parameter {name!r} is given more than once.")
        if "\0" in value:
            raise Invalid([(name, "must not contain the character U+0000")])
        values[name] = value
    return validate(model, {**values, **(replaced or {})})


def path_id(request: Request) -> UUID:
    """Return the `{id}` of the path. Raises NotFound if it is not a UUID, since nothing has such an id."""
    text: str = request.path_params["id"]
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(f"{text[:100]!r} not found: ids are UUIDs.") from None
