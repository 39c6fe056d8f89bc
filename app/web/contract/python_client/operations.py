"""`app/client/operations.py`: a method for each operation of the OpenAPI document."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any]

HEADER = '''"""The operations of the API. Generated from docs/openapi.json by `make openapi`: do not edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from app.client import models
from app.client.downloads import Download
from app.client.files import File, Progress, Upload, json_or_upload
from app.client.pages import Pages
from app.client.transport import Request, Transport, new_key, path_segment


class Operations:
    """A method for each operation."""

    transport: Transport
'''
TYPES = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
    "object": "dict[str, Any]",
}
FORMATS = {"uuid": "UUID", "date-time": "datetime", "date": "date"}
ACCEPTED = {"number": "int | float", "object": "Mapping[str, Any]", "uuid": "UUID | str"}
"""What an argument may be besides, where it is more than what is returned."""
MAX_LINE = 104
OWN = {"followJob", "getOpenapi"}
"""Operations without a method, or with one that is written by hand."""
LEFT_OUT = {"fields"}
"""Parameters that would make responses miss what their models promise."""


@dataclass
class Method:
    positional: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    about: list[str] = field(default_factory=list)
    """Descriptions of the arguments."""
    request: dict[str, str] = field(default_factory=dict)
    """The arguments of the Request."""


def render(document: Schema) -> str:
    """Return the module."""
    return HEADER + "".join(
        _method(document, path, name, operation)
        for path, name, described in _operations(document)
        for operation in _by_format(described)
    )


def _operations(document: Schema) -> Iterator[tuple[str, str, Schema]]:
    """Yield path, method and operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if operation["operationId"] not in OWN:
                name = operation["operationId"].removesuffix("".join(map(str.capitalize, re.findall(r"\w+", path))))
                yield path, method, {**operation, "operationId": name}


def _by_format(operation: Schema) -> Iterator[Schema]:
    """Yield the operation; where a parameter chooses a format, once for JSON and once for files."""
    parameters = [parameter for parameter in operation.get("parameters", ()) if parameter["name"] not in LEFT_OUT]
    media = operation["responses"].get("200", {}).get("content", {})
    without_format = [parameter for parameter in parameters if parameter["name"] != "format"]
    if not {"application/json"} < set(media) or len(without_format) == len(parameters):
        yield {**operation, "parameters": parameters}
        return
    yield {**operation, "parameters": without_format}
    files = {"content": {name: content for name, content in media.items() if name != "application/json"}}
    summary = operation["summary"] + ", as a file of another format"
    responses = {**operation["responses"], "200": files}
    id = operation["operationId"] + "File"
    yield {**operation, "parameters": parameters, "responses": responses, "operationId": id, "summary": summary}


def _method(document: Schema, path: str, verb: str, operation: Schema) -> str:
    method = Method(request={"method": repr(verb.upper()), "path": _path(path)})
    parameters = operation.get("parameters", ())
    method.positional += [
        f"{snake(p['name'])}: {_type(document, p['schema'], argument=True)}" for p in parameters if p["in"] == "path"
    ]
    _add_body(document, method, operation.get("requestBody"))
    _add_query(document, method, [p for p in parameters if p["in"] == "query"])
    _add_headers(method, {p["name"]: p for p in parameters if p["in"] == "header"})
    if accepted := [status for status in _json_responses(operation) if status >= "400"]:
        method.request["accept"] = f"({', '.join(accepted)},)"
    returns, is_async, statements = _returns(document, operation)
    arguments = ", ".join(["self", *method.positional, *(["*", *method.named] if method.named else [])])
    request = ", ".join(f"{name}={value}" for name, value in method.request.items())
    lines = [
        f"{'async ' if is_async else ''}def {snake(operation['operationId'])}({arguments}) -> {returns}:",
        *textwrap.indent(_docstring(operation, method.about), "    ").splitlines(),
        f"    request = Request({request})",
        *(f"    {statement}" for statement in statements),
    ]
    return "\n" + textwrap.indent("\n".join(lines), "    ") + "\n"


def _path(path: str) -> str:
    if "{" not in path:
        return repr(path)
    return 'f"' + re.sub(r"{(\w+)}", lambda match: f"{{path_segment({snake(match[1])})}}", path) + '"'


def _add_body(document: Schema, method: Method, body: Schema | None) -> None:
    """Add the argument of the body: JSON, a file, or either of them."""
    if body is None:
        return
    content = dict(body["content"])
    content.pop("multipart/form-data", None)
    types = []
    if described := content.pop("application/json", None):
        types.append(_type(document, described["schema"], argument=True))
    optional = "" if body.get("required") else " | None = None"
    if not content:
        method.positional.append(f"body: {types[0]}{optional}")
        method.request["body"] = "body"
        return
    method.positional.append(f"body: {' | '.join(['File', *types])}{optional}")
    method.named += ["media_type: str | None = None", "on_progress: Progress | None = None"]
    method.about += [
        f"`media_type`: of a file; {', '.join(content)}. By default as its name ends, otherwise the first of these.",
        "`on_progress`: called with the bytes of the file that were sent, and in total.",
    ]
    upload = f"{'json_or_upload' if types else 'Upload'}(body, media_type, {next(iter(content))!r}, on_progress)"
    method.request["body"] = f"None if body is None else {upload}" if optional else upload


def _add_query(document: Schema, method: Method, parameters: list[Schema]) -> None:
    required = [parameter for parameter in parameters if parameter.get("required")]
    for parameter in [*required, *(parameter for parameter in parameters if parameter not in required)]:
        name = snake(parameter["name"])
        type_ = _type(document, parameter["schema"], argument=True)
        method.named.append(f"{name}: {type_}" if parameter in required else f"{name}: {type_} | None = None")
        if parameter.get("description"):
            method.about.append(f"`{name}`: {parameter['description']}")
    if parameters:
        named = ", ".join(f'"{parameter["name"]}": {snake(parameter["name"])}' for parameter in parameters)
        method.request["query"] = f"{{{named}}}"


def _add_headers(method: Method, headers: Mapping[str, Schema]) -> None:
    values = []
    if "Idempotency-Key" in headers:
        method.named.append("idempotency_key: str | None = None")
        method.about.append(
            "`idempotency_key`: repeating the request with it creates nothing, but returns the same; without it, a new "
            "key is made for each call and kept for its retries."
        )
        values.append('"Idempotency-Key": idempotency_key or new_key()')
    if "Prefer" in headers:
        method.named.append("wait: int | None = None")
        method.about.append("`wait`: seconds to wait for the job to finish before returning it, at most 30.")
        values.append('"Prefer": None if wait is None else f"wait={wait}"')
    if values:
        method.request["headers"] = f"{{{', '.join(values)}}}"


def _json_responses(operation: Schema) -> dict[str, Schema]:
    return {
        status: response["content"]["application/json"]["schema"]
        for status, response in operation["responses"].items()
        if "application/json" in response.get("content", {})
    }


def _returns(document: Schema, operation: Schema) -> tuple[str, bool, list[str]]:
    """Return the type that a method returns, whether it is a coroutine, and the statements that return it."""
    bodies = list(dict.fromkeys(_type(document, schema) for schema in _json_responses(operation).values()))
    if not bodies:
        has_file = any(response.get("content") for s, response in operation["responses"].items() if s < "300")
        if has_file:
            return "Download", False, ["return Download(self.transport, request)"]
        return "None", True, ["await self.transport.json(request)"]
    if len(bodies) == 1 and (entries := _page_entries(document, bodies[0])) is not None:
        name, item = entries
        returned = f"Pages(self.transport, request, {bodies[0]}, lambda page: page.{name})"
        return f"Pages[{bodies[0]}, {item}]", False, [f"return {returned}"]
    union = " | ".join(bodies)
    return union, True, [f"result: {union} = await self.transport.model(request, {union})", "return result"]


def _page_entries(document: Schema, type_: str) -> tuple[str, str] | None:
    """Return the name and the type of the entries if the type is a page of a list."""
    schema = document["components"]["schemas"].get(type_.removeprefix("models."), {})
    properties = schema.get("properties", {})
    lists = {name: part for name, part in properties.items() if part.get("type") == "array"}
    if len(lists) != 1 or not {"total", "limit", "offset"} <= set(properties):
        return None
    [(name, part)] = lists.items()
    return snake(name), _type(document, part["items"])


def _type(document: Schema, schema: Schema, *, argument: bool = False) -> str:
    """Return the type of a schema: what a method returns, or what it accepts."""
    return " | ".join(dict.fromkeys(_variants(document, schema, argument)))


def _variants(document: Schema, schema: Schema, argument: bool) -> list[str]:
    if reference := schema.get("$ref", "").rpartition("/")[2]:
        named = document["components"]["schemas"][reference]
        if "properties" not in named and "oneOf" not in named:
            return _variants(document, named, argument)
        return [f"models.{reference}", *(["Mapping[str, Any]"] if argument else [])]
    if "anyOf" in schema:
        return [type_ for part in schema["anyOf"] for type_ in _variants(document, part, argument)]
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    if values and not any(isinstance(value, float) for value in values):
        return [f"Literal[{', '.join(map(repr, values))}]"]
    match schema.get("type"):
        case "array":
            items = _type(document, schema["items"], argument=argument)
            return [f"Sequence[{items}]" if argument else f"list[{items}]"]
        case str(name):
            kind = schema["format"] if schema.get("format") in FORMATS else name
            plain = FORMATS.get(kind, TYPES.get(kind, "Any"))
            return [ACCEPTED.get(kind, plain) if argument else plain]
    return ["Any"]


def _docstring(operation: Schema, about: list[str]) -> str:
    description = operation.get("description", "").split("\n\n")
    paragraphs = [[operation["summary"] + "."], *([part] for part in description if part), about]
    wrapped: list[str] = []
    for paragraph in filter(None, paragraphs):
        for part in paragraph:
            indent = "    " if paragraph is about else ""
            wrapped += textwrap.wrap(" ".join(part.split()), MAX_LINE, subsequent_indent=indent)
        wrapped.append("")
    wrapped = [line.replace("\\", "\\\\").replace('"""', '\\"\\"\\"') for line in wrapped[:-1]]
    body = "\n".join(wrapped)
    return f'"""{body}\n"""' if len(wrapped) > 1 else f'"""{body}"""'


def snake(name: str) -> str:
    """Return a camelCase or hyphenated name as one of Python's."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).replace("-", "_").lower()
