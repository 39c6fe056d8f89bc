"""The OpenAPI 3.1 document, made from the routes' declarations (`app.web.http.operation`) and the kinds of jobs."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

import orjson
from pydantic import TypeAdapter
from starlette.routing import BaseRoute, Route

from app import errors
from app.domain.jobs.spec import JobSpec
from app.web.accounts import session
from app.web.contract.kind_schemas import RESULTS, job_request_schemas, job_result_schemas
from app.web.http.documented_schema import DocumentedSchema
from app.web.http.models import PageModel
from app.web.http.operation import IDEMPOTENCY_KEY, LINK, Access, Header, Media, Operation, Reply, operation_of
from app.web.http.problems import TYPE, Problem

Schema = dict[str, Any]

REF = "#/components/schemas/{model}"
DESCRIPTION = """\
Work is accepted at once: creating a job returns 202 with its id and `poll_interval_ms`, after which to ask for it.
Errors are problem documents (RFC 9457). Times are RFC 3339 in UTC, ids are UUIDs.
"""
SECURITY_SCHEMES: Schema = {
    "apiKey": {"type": "http", "scheme": "bearer", "description": "An API key: `Authorization: Bearer tp_…`."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": session.COOKIE_NAME,
        "description": f"The dashboard's session, for reading. Over HTTPS, {session.HOST_PREFIX} precedes the name.",
    },
}
EVENT: Schema = {
    "type": "object",
    "description": "One event of the stream.",
    "properties": {"event": {"type": "string"}, "id": {"type": "string"}, "data": {"type": "string"}},
}
ANY_ROUTE = (errors.BadRequest, errors.NotAcceptable, errors.ServiceUnavailable)
WITH_KEY = (errors.Unauthorized, errors.Forbidden, errors.TooManyRequests)
WITH_PATH = (errors.AddressTooLong, errors.NotFound)
WITH_BODY = (errors.RequestTimeout, errors.TooLarge, errors.UnsupportedMedia, errors.Invalid)
CONVERTORS: Mapping[str, type] = {"int": int, "float": float, "uuid": UUID, "path": str}


def build(routes: Iterable[BaseRoute], specs: Mapping[str, JobSpec], version: str) -> Schema:
    """Return the document for the routes that declare an operation."""
    declared = [
        (route, operation)
        for route in routes
        if isinstance(route, Route) and (operation := operation_of(route.endpoint)) is not None
    ]
    schemas = _Schemas(operation for _, operation in declared)
    components = schemas.definitions
    components |= job_request_schemas(components["JobRequest"], specs, REF) | job_result_schemas(specs, REF)
    paths: dict[str, Schema] = {}
    ids: set[str] = set()
    for route, operation in declared:
        for method in sorted((route.methods or set()) - {"HEAD"}):
            described = _operation(route, operation, method, schemas)
            if operation.id in ids:
                described["operationId"] += "".join(word.capitalize() for word in re.findall(r"\w+", route.path))
            ids.add(described["operationId"])
            paths.setdefault(openapi_path(route.path), {})[method.lower()] = described
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Trigpoint",
            "version": version,
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(operation.tag for _, operation in declared)],
        "paths": paths,
        "components": {
            "schemas": components,
            "responses": {error.__name__: _error_response([error]) for error in _all_errors()},
            "securitySchemes": SECURITY_SCHEMES,
        },
    }
    _remove_unreferenced(document)
    return _without_suffixes(document)


class _Schemas:
    """The schemas of all types that the operations name."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        inputs = {("problem", "serialization"): Problem}
        for operation in operations:
            types = [operation.query, *operation.body.values(), *operation.path.values()]
            inputs |= {(key, "validation"): type_ for type_ in types if (key := _key(type_)) is not None}
            bodies = [reply.body for reply in operation.returns.values()]
            inputs |= {(key, "serialization"): type_ for type_ in bodies if (key := _key(type_)) is not None}
        adapters: Any = [(key, mode, TypeAdapter(type_)) for (key, mode), type_ in inputs.items()]
        by_key, definitions = TypeAdapter.json_schemas(adapters, ref_template=REF, schema_generator=DocumentedSchema)
        self._by_key: Mapping[Any, Schema] = by_key
        self.definitions: Schema = definitions.get("$defs", {})

    def of(self, type_: Any, *, output: bool = False) -> Schema:
        return dict(self._by_key[_key(type_), "serialization" if output else "validation"])

    def resolved(self, type_: Any) -> Schema:
        """Return the schema itself instead of a reference to it."""
        schema = self.of(type_)
        reference: str = schema.get("$ref", "")
        return dict(self.definitions[reference.rpartition("/")[2]]) if reference else schema


def _key(type_: Any) -> str | None:
    return None if type_ is None or type_ is bytes or isinstance(type_, Media) else repr(type_)


def _operation(route: Route, operation: Operation, method: str, schemas: _Schemas) -> Schema:
    summary, description = _documentation(route.endpoint)
    described: Schema = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": summary,
        "description": "\n\n".join(filter(None, [description, *_access_note(operation.access)])),
        "parameters": [*_path_parameters(route, operation, schemas), *_query_parameters(operation, schemas)]
        + [_header_parameter(header) for header in operation.headers],
        "security": _security(operation.access, method),
        "responses": _responses(route, operation, schemas),
    }
    if operation.body:
        content = {media: _content(media, type_, schemas) for media, type_ in operation.body.items()}
        described["requestBody"] = {"required": operation.needs_body, "content": content}
    return {name: value for name, value in described.items() if value != [] or name == "security"}


def _documentation(endpoint: Callable[..., Any]) -> tuple[str, str]:
    text = inspect.getdoc(endpoint) or ""
    summary, _, description = text.partition("\n\n")
    return " ".join(summary.split()).rstrip("."), description.strip()


def _access_note(access: Access) -> list[str]:
    return {
        Access.ADMIN: ["Administrators only."],
        Access.PUBLIC_READS: ["Needs no key if the installation allows public reads."],
    }.get(access, [])


def _security(access: Access, method: str) -> list[Schema]:
    if access is Access.OPEN:
        return []
    schemes: list[Schema] = [{"apiKey": []}, *([{"session": []}] if method == "GET" else [])]
    return schemes + ([{}] if access is Access.PUBLIC_READS else [])


def openapi_path(path: str) -> str:
    """Return a path of Starlette's in the form of the document."""
    return re.sub(r"{(\w+):\w+}", r"{\1}", path)


def _path_parameters(route: Route, operation: Operation, schemas: _Schemas) -> list[Schema]:
    parameters = []
    for name, convertor in re.findall(r"{(\w+)(?::(\w+))?}", route.path):
        if name in operation.path:
            schema = schemas.of(operation.path[name])
        else:
            schema = TypeAdapter(CONVERTORS.get(convertor, UUID)).json_schema()
        parameters.append({"name": name, "in": "path", "required": True, "schema": schema})
    return parameters


def _query_parameters(operation: Operation, schemas: _Schemas) -> list[Schema]:
    if operation.query is None:
        return []
    model = schemas.resolved(operation.query)
    parameters = []
    for name, described in model.get("properties", {}).items():
        schema = _without_null(described)
        parameter: Schema = {"name": name, "in": "query", "required": name in model.get("required", ())}
        if "description" in schema:
            parameter["description"] = schema.pop("description")
        schema.pop("title", None)
        parameters.append(parameter | {"schema": schema})
    return parameters


def _without_null(schema: Schema) -> Schema:
    """Return the schema of a parameter that is left out rather than null."""
    schema = dict(schema)
    if schema.get("default", ...) is None:
        del schema["default"]
    variants: list[Schema] = [variant for variant in schema.get("anyOf", ()) if variant != {"type": "null"}]
    if len(variants) == 1:
        del schema["anyOf"]
        return schema | variants[0]
    return schema | ({"anyOf": variants} if variants else {})


def _header_parameter(header: Header) -> Schema:
    parameter = {"name": header.name, "in": "header", "required": False, "description": header.description}
    example = {} if header.example is None else {"example": header.example}
    return parameter | {"schema": dict(header.schema)} | example


def _content(media: str, type_: Any, schemas: _Schemas) -> Schema:
    schema = _body_schema(media, type_, schemas)
    if "anyOf" not in schema:  # readers find the examples of the schema itself
        return {"schema": schema}
    first = schemas.definitions.get(schema["anyOf"][0].get("$ref", "").rpartition("/")[2], {})
    return {"schema": schema} | ({"example": first["examples"][0]} if first.get("examples") else {})


def _body_schema(media: str, type_: Any, schemas: _Schemas) -> Schema:
    if type_ is not bytes:
        return schemas.of(type_)
    return {"type": "string"} if media.startswith("text/") else {"type": "string", "contentMediaType": media}


def _responses(route: Route, operation: Operation, schemas: _Schemas) -> Schema:
    responses: Schema = {}
    for status, reply in operation.returns.items():
        responses[str(status)] = _reply(status, reply, schemas)
    possible: list[type[errors.AppError]] = [*ANY_ROUTE, *operation.errors]
    if operation.access is not Access.OPEN:
        possible += WITH_KEY
    if IDEMPOTENCY_KEY in operation.headers:
        possible.append(errors.LimitReached)
    if "{" in route.path:
        possible += WITH_PATH
    if operation.query is not None:
        possible.append(errors.Invalid)
    if operation.body:
        possible += WITH_BODY
    by_status: dict[int, dict[type[errors.AppError], None]] = {}
    for error in possible:
        by_status.setdefault(error.status, {})[error] = None
    for status, at_status in sorted(by_status.items()):
        if str(status) not in responses:  # some report a state, as 503 of /readyz
            only = next(iter(at_status))
            reference = {"$ref": f"#/components/responses/{only.__name__}"}
            responses[str(status)] = reference if len(at_status) == 1 else _error_response(list(at_status))
    responses["500"] = {"$ref": "#/components/responses/Internal"}
    return responses


def _reply(status: int, reply: Reply, schemas: _Schemas) -> Schema:
    described: Schema = {"description": reply.description or HTTPStatus(status).phrase}
    content: Schema = {}
    if reply.body is not None and not isinstance(reply.body, Media):
        content["application/json"] = {"schema": schemas.of(reply.body, output=True)}
    for other in (reply.body, reply.media):
        if isinstance(other, Media):
            example = {} if other.example is None else {"example": other.example}
            content |= {media: {"schema": _text_schema(media)} | example for media in other.types}
    if content:
        described["content"] = content
    is_page = isinstance(reply.body, type) and issubclass(reply.body, PageModel)
    if headers := [*reply.headers, *([LINK] if is_page else [])]:
        described["headers"] = {
            header.name: {"description": header.description, "schema": dict(header.schema)} for header in headers
        }
    return described


def _text_schema(media: str) -> Schema:
    if media == "text/event-stream":
        return EVENT
    return {"type": "object"} if media.endswith("json") else {"type": "string"}


class Internal(errors.AppError):
    """Stands for the errors that nobody foresaw."""

    status, slug, title = 500, "internal", "Internal error"


def _all_errors() -> list[type[errors.AppError]]:
    found: list[type[errors.AppError]] = []
    classes: list[type[errors.AppError]] = errors.AppError.__subclasses__()
    for error in classes:
        found.append(error)
        classes += error.__subclasses__()
    return found


def _error_response(classes: Sequence[type[errors.AppError]]) -> Schema:
    """Return the response for one of several errors with the same status."""
    slugs = [error.slug for base in classes for error in (base, *base.__subclasses__())]
    described: Schema = {
        "description": " or ".join(error.title for error in classes),
        "content": {
            "application/problem+json": {
                "schema": {
                    "allOf": [{"$ref": REF.format(model="Problem")}],
                    "properties": {
                        "type": {"enum": [TYPE + slug for slug in dict.fromkeys(slugs)]},
                        "status": {"const": classes[0].status},
                    },
                }
            }
        },
    }
    if classes[0].status in (429, 503):
        retry_after = {"description": "Seconds to wait before the next try.", "schema": {"type": "integer"}}
        described["headers"] = {"Retry-After": retry_after}
    return described


def _without_suffixes(document: Schema) -> Schema:
    """Name the schemas as clients would: `Job` instead of `JobModel`."""
    names = document["components"]["schemas"]
    text = orjson.dumps(document)
    for name in [name for name in names if name.endswith("Model")]:
        short = name.removesuffix("Model")
        assert short not in names, f"two schemas would be called {short}"
        text = text.replace(f'"{REF.format(model=name)}"'.encode(), f'"{REF.format(model=short)}"'.encode())
        text = text.replace(f'"{name}":{{'.encode(), f'"{short}":{{'.encode())
        text = text.replace(f'"title":"{name}"'.encode(), f'"title":"{short}"'.encode())
    renamed: Schema = orjson.loads(text)
    return renamed


def _remove_unreferenced(document: Schema) -> None:
    """Remove schemas and responses to which nothing refers, as those of query parameters.

    The results of jobs are described by kind, while a job may be of any kind.
    """
    components = document["components"]
    while True:
        text = str(document)
        unused = [
            (kind, name)
            for kind in ("schemas", "responses")
            for name in components[kind]
            if name != RESULTS and f"'#/components/{kind}/{name}'" not in text
        ]
        if not unused:
            return
        for kind, name in unused:
            del components[kind][name]
