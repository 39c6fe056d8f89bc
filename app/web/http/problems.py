"""Errors as `application/problem+json` (RFC 9457), each with an `error` member for clients that only read that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import asyncpg
import structlog
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route

from app.errors import MAX_FINDINGS, AppError, BadRequest, Invalid, Unauthorized
from app.web.http.known_fields import known_fields
from app.web.http.models import ResponseModel
from app.web.http.request_context import REQUEST_ID, AccessEnded
from app.web.http.responses import JSON
from app.web.http.unavailable import CAUSES, explain

log = structlog.get_logger(__name__)

TYPE = "urn:trigpoint:problem:"
UNEXPECTED = "An unexpected error occurred and was logged. Try again, or report it with the time it happened."
MESSAGES = {
    "missing": "is required",
    "extra_forbidden": "is not a known field",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "is too large",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "uuid_type": "must be a UUID",
    "uuid_parsing": "must be a UUID",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "value_error": "{error}",
}
"""By pydantic's error types; `{…}` is filled from the error's context. Other types keep pydantic's message."""


class Finding(ResponseModel):
    """One invalid value. Those in lines of a file or list have further members, such as `line`."""

    model_config = ConfigDict(extra="allow")

    field: str
    """The path of the value, such as `filters.ids.0`; empty for the body as a whole."""
    message: str


class Problem(BaseModel):
    """An error (RFC 9457). Some types have further members."""

    model_config = ConfigDict(extra="allow")

    type: str
    """The stable name of the sort of error."""
    title: str
    status: int
    detail: str
    """What happened, why, and what to do next."""
    instance: str
    """The path of the request."""
    error: str
    """The same as `detail`, for clients that only read this."""
    requestId: str | None
    """The id under which the request is in the logs."""
    errors: list[Finding] = []
    """The first 100 invalid values, for the type `invalid`."""
    moreErrors: int = 0
    """How many more there are."""


SINGULARS = {" 1 characters": " 1 character", " 1 entries": " 1 entry"}
MAX_DESCRIBED_ERRORS = 10_000
MAX_FIELD_CHARACTERS, MAX_MESSAGE_CHARACTERS = 300, 1_000


def invalid(error: ValidationError, model: type[BaseModel] | None, prefix: str = "") -> Invalid:
    """Return pydantic's errors as Invalid, one finding per field, or a single one if there are very many.

    The finding of an unknown field lists those that `model` knows; None if the model is not known. `prefix` is the path
    of the validated value in the body; empty for the body itself.
    """
    if (count := error.error_count()) > MAX_DESCRIBED_ERRORS:
        return Invalid([(prefix, f"has {count:,} invalid values, too many to list. Check its format with a few first")])
    findings = []
    for item in error.errors(include_url=False, include_input=False)[:MAX_FINDINGS]:
        path = [part for part in (prefix, *item["loc"]) if part != ""]
        template = MESSAGES.get(item["type"])
        message = item["msg"] if template is None else template.format(**item.get("ctx", {}))
        for plural, singular in SINGULARS.items():
            message = message.replace(plural, singular)
        if item["type"] == "extra_forbidden" and model is not None:
            message += f"; known are {', '.join(known_fields(model, item['loc'][:-1]))}"
        findings.append((".".join(map(str, path))[:MAX_FIELD_CHARACTERS], message[:MAX_MESSAGE_CHARACTERS]))
    return Invalid(findings, uncounted=count - len(findings))


def problem_response(request: Request, error: AppError) -> Response:
    return _problem(request, error.status, error.slug, error.title, error.detail, error.headers, error.extra)


def _problem(
    request: Request,
    status: int,
    slug: str,
    title: str,
    detail: str,
    headers: Mapping[str, str] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Response:
    body = {
        "type": TYPE + slug,
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.scope["path"],
        "error": detail,
        "requestId": request.scope.get(REQUEST_ID),
        **(extra or {}),
    }
    response = JSON(body, status, headers)
    response.headers["Content-Type"] = "application/problem+json"
    return response


async def _app_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    return problem_response(request, error)


async def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ValidationError)
    if error.title in _names_of_responses(ResponseModel):  # it is ours that is wrong, not the request
        return await _unexpected(request, error)
    return problem_response(request, invalid(error, None))


def _names_of_responses(model: type[ResponseModel]) -> set[str]:
    return {model.__name__}.union(*map(_names_of_responses, model.__subclasses__()))


async def _http_exception(request: Request, error: Exception) -> Response:
    """Handle what Starlette itself refuses: unknown paths and methods."""
    assert isinstance(error, HTTPException)
    if error.status_code == 404 and (path := _path_with_other_slash(request)) is not None:
        return RedirectResponse(path, 307)
    if error.status_code == 405 and request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": _allowed_methods(request)})
    if error.status_code == 401:
        return problem_response(request, Unauthorized(error.detail))
    phrase = HTTPStatus(error.status_code).phrase
    details = {
        404: f"{request.scope['path']} not found.",
        405: f"{request.scope['path']} does not support {request.method}.",
    }
    detail = details.get(error.status_code, error.detail) if error.detail == phrase else error.detail
    slug = phrase.lower().replace(" ", "-")
    headers = {"Allow": _allowed_methods(request)} if error.status_code == 405 else error.headers
    return _problem(request, error.status_code, slug, phrase, detail, headers)


def _path_with_other_slash(request: Request) -> str | None:
    """Return the path and query without the slash at the end, or with one, if there is such a route; else None.

    It names no host: the Host header may be anything, and behind a proxy it is not the client's.
    """
    path: str = request.scope["path"]
    if path == "/" or path.startswith("//"):  # two slashes would lead to another host
        return None
    path = path.rstrip("/") if path.endswith("/") else f"{path}/"
    if not any(route.matches({**request.scope, "path": path})[0] != Match.NONE for route in request.app.routes):
        return None
    query = request.scope["query_string"].decode("latin-1")
    return quote(path) + (f"?{query}" if query else "")


def _allowed_methods(request: Request) -> str:
    """Return the methods of all routes that match the path; Starlette names only those of the first route."""
    routes = (route for route in request.app.routes if isinstance(route, Route))
    matching = (route for route in routes if route.matches(request.scope)[0] != Match.NONE)
    return ", ".join(sorted({"OPTIONS", *(method for route in matching for method in route.methods or ())}))


async def _unavailable(request: Request, error: Exception) -> Response:
    reason = explain(error)
    log.warning(
        "request_unavailable",
        method=request.method,
        path=request.scope["path"],
        reason=reason.slug,
        error=repr(error),
    )
    return problem_response(request, reason)


async def _reference_missing(request: Request, error: Exception) -> Response:
    if getattr(error, "constraint_name", None) == "jobs_queue_fkey":  # migrated, but the queues are not registered yet
        return await _unavailable(request, error)
    return await _unexpected(request, error)


async def _client_disconnected(request: Request, error: Exception) -> Response:
    return problem_response(request, BadRequest("The connection was closed before the request body was complete."))


async def _unexpected(request: Request, error: Exception) -> Response:
    if isinstance(error, AccessEnded):  # the response has begun, so this one is not sent
        return Response(status_code=401)
    log.error("unexpected_error", method=request.method, path=request.scope["path"], exc_info=error)
    return _problem(request, 500, "internal", "Internal error", UNEXPECTED)


EXCEPTION_HANDLERS: dict[Any, Callable[[Request, Exception], Awaitable[Response]]] = {
    AppError: _app_error,
    ValidationError: _validation_error,
    HTTPException: _http_exception,
    ClientDisconnect: _client_disconnected,
    asyncpg.ForeignKeyViolationError: _reference_missing,
    **dict.fromkeys(CAUSES, _unavailable),
    Exception: _unexpected,
}
"""For Starlette's `exception_handlers`."""
