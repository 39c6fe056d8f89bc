"""Checks every response that the tests' clients receive against the OpenAPI document."""

from __future__ import annotations

from functools import cache
from typing import Any

import jsonschema_rs
import orjson
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse
from starlette.routing import Route

from app.main import build_document
from app.web.contract import openapi
from app.web.http.operation import operation_of
from app.web.routes import ROUTES

JSON_TYPES = ("application/json", "application/problem+json")


@cache
def document() -> dict[str, Any]:
    """The document of an installation without kinds of its own."""
    return build_document()


def find_operation(method: str, path: str) -> dict[str, Any] | None:
    """What the document says of a request; None for paths outside the interface, and methods that Starlette refuses."""
    for route in ROUTES:
        if isinstance(route, Route) and route.path_regex.match(path) and method in (route.methods or ()):
            if operation_of(route.endpoint) is None:
                return None
            described: dict[str, Any] = document()["paths"][openapi.openapi_path(route.path)]
            return described.get("get" if method == "HEAD" else method.lower())
    return None


@cache
def validator(schema: str) -> Any:
    return jsonschema_rs.Draft202012Validator(
        {**orjson.loads(schema), "components": document()["components"]}, validate_formats=True
    )


def _strict(schema: Any) -> Any:
    """Return the schema without room for members that it does not name."""
    if isinstance(schema, list):
        return [_strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _strict(part) for name, part in schema.items()}
    return closed | {"additionalProperties": False} if isinstance(schema.get("properties"), dict) else closed


@cache
def result_validator(kind: str) -> Any:
    """None for a kind whose results are not described."""
    schemas = document()["components"]["schemas"]
    if kind not in schemas["JobResults"]["properties"]:
        return None
    described = {"$ref": f"#/components/schemas/JobResults/properties/{kind}", "components": {"schemas": schemas}}
    return jsonschema_rs.Draft202012Validator(_strict(described), validate_formats=True)


def check_result(job: dict[str, Any]) -> None:
    """Fails the test if a completed job has a result that its kind does not describe, or more than that."""
    checks = result_validator(job["type"]) if job["status"] == "completed" and not job["truncated"] else None
    errors = [] if checks is None else list(checks.iter_errors(job["result"]))
    assert not errors, f"result of {job['type']}: {errors[0].message[:500]} at {errors[0].instance_path}"


def check(method: str, path: str, status: int, media: str, body: bytes | None) -> None:
    """Fails the test if the document does not know the response. A body of None is not checked."""
    operation = find_operation(method, path)
    if operation is None:
        return
    where = f"{method} {path} → {status}"
    declared = operation["responses"].get(str(status))
    assert declared is not None, f"{where}: this status is not declared"
    if "$ref" in declared:
        declared = document()["components"]["responses"][declared["$ref"].rpartition("/")[2]]
    content = declared.get("content", {})
    if method == "HEAD" or (not content and body in (b"", None)):
        return
    assert media in content, f"{where}: {media or 'no media type'} is not declared, only {', '.join(content)}"
    if body is None or media not in JSON_TYPES:
        return
    value = orjson.loads(body)
    errors = list(validator(orjson.dumps(content[media]["schema"]).decode()).iter_errors(value))
    assert not errors, f"{where}: {errors[0].message[:500]} at {errors[0].instance_path}"
    if operation["operationId"] == "getJob":
        check_result(value)


async def conforming(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """An aiohttp middleware that checks each response."""
    response = await handler(request)
    media = response.headers.get("Content-Type", "").partition(";")[0]
    body = await response.read() if media in JSON_TYPES else None
    check(request.method, request.url.path, response.status, media, body)
    return response
