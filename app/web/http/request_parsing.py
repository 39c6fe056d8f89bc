"""Parse requests: body size, media type, JSON, query parameters, ids.

Text with U+0000 is refused here, because Postgres text cannot hold it.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import Any, TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from app.errors import BadRequest, Invalid, NotFound, TooLarge, UnsupportedMedia
from app.web.http.problems import invalid

MAX_BODY_BYTES = 1_000_000

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
    """Raises BadRequest with the position of a syntax error, and Invalid for text with U+0000."""
    raw = raw.removeprefix(BOM_UTF8)
    if not raw.strip():
        raise BadRequest("The body is empty. Send JSON.")
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        try:
            raw.decode()
        except UnicodeDecodeError as wrong:
            raise BadRequest(f"The body is not valid UTF-8 (at byte {wrong.start}).", position=wrong.start) from None
        raise BadRequest(
            f"The body is not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}",
            line=error.lineno,
            column=error.colno,
            position=error.pos,
        ) from None
    if b"\\u0000" in raw:  # the only spelling of U+0000 that JSON allows
        _refuse_nul(value)
    return value


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
    return raw, parse_json(raw)


async def read_model(request: Request, model: type[Model], max_bytes: int = MAX_BODY_BYTES) -> Model:
    """Return the body as `model`. Raises Invalid with one finding per field."""
    _, value = await read_json(request, max_bytes)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise invalid(error) from None


def parse_query(request: Request, model: type[Model]) -> Model:
    """Return the query parameters as `model`, by the aliases of its fields.

    Raises BadRequest for unknown and repeated parameters, and Invalid for invalid values.
    """
    supported = wire_names(model)
    values: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in supported:
            listed = ", ".join(supported) or "none"
            raise BadRequest(
                f"Unknown query parameter {name[:100]!r}. Supported: {listed}.", supportedParameters=supported
            )
        if name in values:
            raise BadRequest(f"The query parameter {name!r} is given more than once.")
        if "\0" in value:
            raise Invalid([(name, "must not contain the character U+0000")])
        values[name] = value
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise invalid(error) from None


def wire_names(model: type[BaseModel]) -> list[str]:
    """Return the names by which clients send the model's fields."""
    return [field.alias or name for name, field in model.model_fields.items()]


def path_id(request: Request) -> UUID:
    """Return the `{id}` of the path. Raises NotFound if it is not a UUID, since nothing has such an id."""
    text: str = request.path_params["id"]
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(f"{text[:100]!r} not found: ids are UUIDs.") from None
