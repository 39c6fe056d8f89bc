"""The declaration of a route: what it reads, what it responds with, and who may call it.

The OpenAPI document is made from these declarations, from the models that they name, and from the docstrings of the
routes: the first line is the summary, the rest the description.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from starlette.requests import Request

from app.errors import AppError

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


class Access(StrEnum):
    """Who may call a route."""

    OPEN = "open"
    """Everybody, without a key."""
    PUBLIC_READS = "public reads"
    """Everybody if TRIGPOINT_PUBLIC_READS is true, otherwise every user."""
    USER = "user"
    ADMIN = "admin"


@dataclass(frozen=True)
class Header:
    """A header of requests or responses; `schema` is its JSON schema."""

    name: str
    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    example: Any = None


@dataclass(frozen=True)
class Media:
    """A body that is not JSON, of one of these media types."""

    types: tuple[str, ...]
    example: str | None = None


@dataclass(frozen=True)
class Reply:
    """A successful response: `body` is a model, a union or list of models, a Media, or None for no body."""

    body: Any = None
    headers: Sequence[Header] = ()
    media: Media | None = None
    """Other representations of the body, which the Accept header or the query selects."""
    description: str = ""
    """Defaults to the standard phrase of the status."""


@dataclass(frozen=True)
class Operation:
    """What a route declares. See `operation`."""

    id: str
    tag: str
    returns: Mapping[int, Reply]
    access: Access
    query: Any
    body: Mapping[str, Any]
    needs_body: bool
    headers: Sequence[Header]
    path: Mapping[str, Any]
    errors: Sequence[type[AppError]]


_OPERATIONS: dict[Callable[..., Any], Operation] = {}


def operation(
    id: str,
    *,
    tag: str,
    returns: Mapping[int, Any],
    access: Access = Access.USER,
    query: Any = None,
    body: Any = None,
    needs_body: bool = True,
    headers: Sequence[Header] = (),
    path: Mapping[str, Any] | None = None,
    errors: Sequence[type[AppError]] = (),
) -> Callable[[Endpoint], Endpoint]:
    """Return a decorator that declares a route and leaves it as it is.

    `id` names the operation in generated clients. `returns` has a Reply for each successful status; a type stands for
    a reply with that body. `query` is the model of the query parameters. `body` is the type of the JSON body, or
    a mapping of media types to types (`bytes` for a file); without `needs_body` it may be left out. `path` has
    the types of path parameters that are not UUIDs. `errors` are those that the route raises itself; what every route
    of its sort may raise is added by the document.
    """
    replies = {
        status: reply if isinstance(reply, Reply) else Reply(Media(("text/plain",)) if reply is str else reply)
        for status, reply in returns.items()
    }
    bodies = {} if body is None else dict(body) if isinstance(body, Mapping) else {"application/json": body}
    declared = Operation(id, tag, replies, access, query, bodies, needs_body, headers, path or {}, errors)

    def declare(endpoint: Endpoint) -> Endpoint:
        _OPERATIONS[endpoint] = declared
        return endpoint

    return declare


def declare_also(endpoint: Callable[..., Any], declared: Operation) -> None:
    """Give a wrapper the declaration of the endpoint that it wraps."""
    _OPERATIONS[endpoint] = declared


def operation_of(endpoint: Callable[..., Any]) -> Operation | None:
    """Return what an endpoint declares."""
    return _OPERATIONS.get(endpoint)


def check_query_declared(request: Request, model: type[Any]) -> None:
    """Raises AssertionError if the route reads other query parameters than it declares."""
    declared = _OPERATIONS.get(request.scope.get("endpoint", operation_of))
    assert declared is None or declared.query is model, f"{declared.id} does not declare the query {model.__name__}"


IDEMPOTENCY_KEY = Header(
    "Idempotency-Key",
    "Makes repeating the request safe: for 24 hours, the same key with the same body gets the first response again.",
    {"type": "string", "minLength": 1, "maxLength": 255},
    "import-2026-11-28",
)
PREFER_WAIT = Header(
    "Prefer", "`wait=N` waits up to N seconds (at most 30) for the job to finish (RFC 7240).", example="wait=10"
)
IF_NONE_MATCH = Header("If-None-Match", "The ETag of the response that the client has; 304 if it is still current.")

LOCATION = Header("Location", "The address of what was created.", {"type": "string", "format": "uri-reference"})
ETAG = Header("ETag", "The version of the response, for If-None-Match.")
RETRY_AFTER = Header("Retry-After", "Seconds until it is worth asking again.", {"type": "integer", "minimum": 0})
PREFERENCE_APPLIED = Header("Preference-Applied", "The preference that was honoured, such as `wait=10`.")
LINK = Header("Link", "The addresses of the first, previous and next page (RFC 8288).")
CONTENT_DISPOSITION = Header("Content-Disposition", "The name of the file.")
