"""Errors as `application/problem+json` (RFC 9457), each with an `error` member for clients that only read that."""

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
from app.errors import AppError, BadRequest, Invalid, ServiceUnavailable, Unauthorized
from app.web.http.responses import JSON

log = structlog.get_logger(__name__)

TYPE = "urn:trigpoint:problem:"
DATABASE_UNAVAILABLE = "The database is not reachable at the moment. Try again in a few seconds."
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


def invalid(error: ValidationError, prefix: str = "") -> Invalid:
    """Return pydantic's errors as Invalid, one finding per field.

    `prefix` is the path of the validated value in the body; empty for the body itself.
    """
    findings = []
    for item in error.errors(include_url=False, include_input=False):
        path = [part for part in (prefix, *item["loc"]) if part != ""]
        template = MESSAGES.get(item["type"])
        message = item["msg"] if template is None else template.format(**item.get("ctx", {}))
        findings.append((".".join(map(str, path)), message))
    return Invalid(findings)


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
        "instance": request.url.path,
        "error": detail,
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
    return problem_response(request, invalid(error))


async def _http_exception(request: Request, error: Exception) -> Response:
    """Handle what Starlette itself refuses: unknown paths and methods."""
    assert isinstance(error, HTTPException)
    if error.status_code == 401:
        return problem_response(request, Unauthorized(error.detail))
    phrase = HTTPStatus(error.status_code).phrase
    details = {
        404: f"{request.url.path} not found.",
        405: f"{request.url.path} does not support {request.method}.",
    }
    detail = details.get(error.status_code, error.detail) if error.detail == phrase else error.detail
    slug = phrase.lower().replace(" ", "-")
    headers = {"Allow": _allowed_methods(request)} if error.status_code == 405 else error.headers
    return _problem(request, error.status_code, slug, phrase, detail, headers)


def _allowed_methods(request: Request) -> str:
    """Return the methods of all routes that match the path; Starlette names only those of the first route."""
    routes = (route for route in request.app.routes if isinstance(route, Route))
    matching = (route for route in routes if route.path_regex.match(request.url.path))
    return ", ".join(sorted({method for route in matching for method in route.methods or ()}))


async def _database_unavailable(request: Request, error: Exception) -> Response:
    log.warning("database_unavailable", method=request.method, path=request.url.path, error=repr(error))
    return problem_response(request, ServiceUnavailable(DATABASE_UNAVAILABLE, retry_after=2))


async def _reference_missing(request: Request, error: Exception) -> Response:
    if getattr(error, "constraint_name", None) == "jobs_queue_fkey":  # migrated, but the queues are not registered yet
        return await _database_unavailable(request, error)
    return await _unexpected(request, error)


async def _client_disconnected(request: Request, error: Exception) -> Response:
    return problem_response(request, BadRequest("The connection was closed before the request body was complete."))


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected_error", method=request.method, path=request.url.path, exc_info=error)
    return _problem(request, 500, "internal", "Internal error", UNEXPECTED)


EXCEPTION_HANDLERS: dict[Any, Callable[[Request, Exception], Awaitable[Response]]] = {
    AppError: _app_error,
    ValidationError: _validation_error,
    HTTPException: _http_exception,
    ClientDisconnect: _client_disconnected,
    asyncpg.ForeignKeyViolationError: _reference_missing,
    **dict.fromkeys((*TRY_AGAIN, asyncpg.QueryCanceledError), _database_unavailable),
    Exception: _unexpected,
}
"""For Starlette's `exception_handlers`."""
