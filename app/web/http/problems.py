"""Errors as `application/problem+json` (RFC 9457), each with an `error` member for clients that only read that.

`HANDLERS` goes to the Starlette application as its `exception_handlers`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

import asyncpg
import structlog
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from app.db.core.pool import TRY_AGAIN
from app.errors import AppError, BadRequest, Invalid, Unauthorized, Unavailable
from app.web.http.responses import JSON

log = structlog.get_logger(__name__)

TYPE = "urn:trigpoint:problem:"
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
"""Plain words for pydantic's error types; `{…}` are its context. What is missing here keeps pydantic's own words."""


def invalid(error: ValidationError, prefix: str = "") -> Invalid:
    """Pydantic's findings as ours, one entry a field. `prefix` is where the validated value stands in the body."""
    entries = []
    for finding in error.errors(include_url=False, include_input=False):
        path = [part for part in (prefix, *finding["loc"]) if part != ""]
        words = MESSAGES.get(finding["type"])
        message = finding["msg"] if words is None else words.format(**finding.get("ctx", {}))
        entries.append((".".join(map(str, path)), message))
    return Invalid(entries)


def response(request: Request, error: AppError) -> Response:
    return _answer(request, error.status, error.slug, error.title, error.detail, error.headers, error.extra)


def _answer(
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
        "instance": request.url.path,
        "error": detail,
        **(extra or {}),
    }
    answer = JSON(body, status, headers)
    answer.headers["Content-Type"] = "application/problem+json"
    return answer


async def _app_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    return response(request, error)


async def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ValidationError)
    return response(request, invalid(error))


async def _http_exception(request: Request, error: Exception) -> Response:
    """What the framework itself refuses: no such route, wrong method."""
    assert isinstance(error, HTTPException)
    if error.status_code == 401:
        return response(request, Unauthorized(error.detail))
    phrase = HTTPStatus(error.status_code).phrase
    details = {
        404: f"There is nothing at {request.url.path}.",
        405: f"{request.method} is not possible at {request.url.path}.",
    }
    detail = details.get(error.status_code, error.detail) if error.detail == phrase else error.detail
    slug = phrase.lower().replace(" ", "-")
    headers = {"Allow": _allowed(request)} if error.status_code == 405 else error.headers
    return _answer(request, error.status_code, slug, phrase, detail, headers)


def _allowed(request: Request) -> str:
    """The methods of all routes of this path; the framework names those of the first only."""
    routes = (route for route in request.app.routes if isinstance(route, Route))
    matching = (route for route in routes if route.path_regex.match(request.url.path))
    return ", ".join(sorted({method for route in matching for method in route.methods or ()}))


async def _database_gone(request: Request, error: Exception) -> Response:
    log.warning("database_unavailable", method=request.method, path=request.url.path, error=repr(error))
    return response(request, Unavailable("The database cannot be reached just now. Try again shortly.", retry_after=2))


async def _reference_missing(request: Request, error: Exception) -> Response:
    if getattr(error, "constraint_name", None) == "jobs_queue_fkey":  # Postgres is just up, the queues come next
        return await _database_gone(request, error)
    return await _unexpected(request, error)


async def _client_gone(request: Request, error: Exception) -> Response:
    return response(request, BadRequest("The connection was closed before the body was complete."))


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected_error", method=request.method, path=request.url.path, exc_info=error)
    return _answer(request, 500, "internal", "Internal error", "Something went wrong on our side; it has been logged.")


HANDLERS: dict[Any, Callable[[Request, Exception], Awaitable[Response]]] = {
    AppError: _app_error,
    ValidationError: _validation_error,
    HTTPException: _http_exception,
    ClientDisconnect: _client_gone,
    asyncpg.ForeignKeyViolationError: _reference_missing,
    **dict.fromkeys((*TRY_AGAIN, asyncpg.QueryCanceledError), _database_gone),
    Exception: _unexpected,
}
