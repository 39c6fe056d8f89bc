"""Reading what a client sent: size, media type, JSON, query parameters, ids.

Postgres text cannot hold U+0000, so no text that carries it gets past here.
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

DEFAULT_LIMIT = 1_000_000

Model = TypeVar("Model", bound=BaseModel)


async def read(request: Request, limit: int = DEFAULT_LIMIT) -> bytes:
    """The body, of at most `limit` bytes. Raises TooLarge as soon as that is passed, UnsupportedMedia if encoded."""
    encoding = request.headers.get("content-encoding", "identity")
    if encoding.lower() != "identity":
        raise UnsupportedMedia(f"Content-Encoding {encoding} is not supported; send the body as it is.")
    declared = request.headers.get("content-length", "")
    body = bytearray()
    if not (declared.isdecimal() and int(declared) > limit):
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                break
        else:
            return bytes(body)
    raise TooLarge(f"The body may have at most {limit:,} bytes; split the request.", limit=limit)


def media_type(request: Request) -> str:
    """The body's media type in lower case, without parameters; empty where none is given."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def is_json(media: str) -> bool:
    return media in ("", "application/json") or (media.startswith("application/") and media.endswith("+json"))


def parse_json(raw: bytes) -> Any:
    """Raises BadRequest with the position for what is no JSON, Invalid for text with U+0000."""
    raw = raw.removeprefix(BOM_UTF8)
    if not raw.strip():
        raise BadRequest("The body is empty; JSON is expected.")
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        try:
            raw.decode()
        except UnicodeDecodeError as wrong:
            raise BadRequest(f"The body is not UTF-8: byte {wrong.start}.", position=wrong.start) from None
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
                raise Invalid([(path, "must not have a name with the character U+0000")])
            stack += [(f"{path}.{key}" if path else key, inner) for key, inner in item.items()]
        elif isinstance(item, list):
            stack += [(f"{path}.{index}" if path else str(index), inner) for index, inner in enumerate(item)]


async def read_json(request: Request, limit: int = DEFAULT_LIMIT) -> tuple[bytes, Any]:
    """The body as it came, and what it says."""
    media = media_type(request)
    if not is_json(media):
        raise UnsupportedMedia(f"Content-Type {media} is not supported here; send application/json.")
    raw = await read(request, limit)
    return raw, parse_json(raw)


async def read_model(request: Request, model: type[Model], limit: int = DEFAULT_LIMIT) -> Model:
    """The body as `model`. Raises Invalid with one entry a field."""
    _, value = await read_json(request, limit)
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise invalid(error) from None


def query(request: Request, model: type[Model]) -> Model:
    """The query parameters as `model`, by the aliases of its fields.

    Raises BadRequest for parameters that `model` does not know or that stand there twice, Invalid for bad values.
    """
    supported = wire_names(model)
    values: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in supported:
            listed = ", ".join(supported) or "none"
            raise BadRequest(
                f"Unknown query parameter {name[:100]!r}; supported: {listed}.", supportedParameters=supported
            )
        if name in values:
            raise BadRequest(f"The query parameter {name!r} is given twice.")
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
    """The `{id}` of the path. What is no UUID is the id of nothing: NotFound."""
    text: str = request.path_params["id"]
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(f"There is nothing with the id {text[:100]!r}.") from None
