"""The reference of the REST API as Markdown, made from the OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

INTRODUCTION = """\
# REST reference

Generated from the OpenAPI document by `make openapi`; [rest.md](rest.md) explains what all routes have in common. A
running platform serves the document at `/openapi.json`, and a reader for it at `/docs`.
"""


def render(document: Schema) -> str:
    """Return a page with every operation, by tag, and every schema that they name."""
    lines = [INTRODUCTION]
    for tag in document["tags"]:
        lines += [f"## {tag['name']}\n"]
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                if tag["name"] in operation["tags"]:
                    lines += _operation(method.upper(), path, operation)
    lines += ["## Schemas\n"]
    for name, schema in sorted(document["components"]["schemas"].items()):
        lines += _schema(name, schema)
    return "\n".join(lines).rstrip() + "\n"


def _operation(method: str, path: str, operation: Schema) -> Iterator[str]:
    yield f"### `{method} {path}`\n"
    yield f"{operation['summary']}.\n"
    if operation.get("description"):
        yield operation["description"] + "\n"
    if parameters := operation.get("parameters"):
        yield "| parameter | in | type | |\n|---|---|---|---|"
        for parameter in parameters:
            name = f"`{parameter['name']}`" + ("" if parameter["required"] else "?")
            about = _note(parameter.get("description", ""), parameter["schema"])
            yield f"| {name} | {parameter['in']} | {_type(parameter['schema'])} | {about} |"
        yield ""
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"Body, `{media}`: {_type(content['schema'])}\n"
    yield "| status | body |\n|---|---|"
    for status, response in operation["responses"].items():
        if "$ref" in response or "application/problem+json" in response.get("content", {}):
            continue
        bodies = [
            f"{_type(content['schema'])} as `{media}`" if media != "application/json" else _type(content["schema"])
            for media, content in response.get("content", {}).items()
        ]
        yield f"| {status} | {' or '.join(bodies) or response['description']} |"
    refused = [
        status
        for status, response in operation["responses"].items()
        if "$ref" in response or "application/problem+json" in response.get("content", {})
    ]
    yield f"| {', '.join(sorted(refused))} | [Problem](#problem) |\n"


def _schema(name: str, schema: Schema) -> Iterator[str]:
    yield f"### {name}\n"
    if description := schema.get("description"):
        yield " ".join(description.split()) + "\n"
    if "oneOf" in schema:
        yield f"One of {', '.join(_type(variant) for variant in schema['oneOf'])}.\n"
    if "enum" in schema:
        yield f"{_type(schema)}\n"
    if properties := schema.get("properties"):
        yield "| field | type | |\n|---|---|---|"
        for field, described in properties.items():
            optional = "" if field in schema.get("required", ()) else "?"
            note = _note(described.get("description", ""), described)
            yield f"| `{field}`{optional} | {_type(described)} | {note} |"
        yield ""


def _note(description: str, schema: Schema) -> str:
    default = schema.get("default")
    words = " ".join(description.split()).replace("|", "\\|")
    return " ".join(filter(None, [words, f"Default: `{default}`." if default not in (None, [], {}) else ""]))


def _type(schema: Schema) -> str:
    """Return the type of a value in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    for combined in ("anyOf", "oneOf", "allOf"):
        if combined in schema:
            return " or ".join(dict.fromkeys(_type(variant) for variant in schema[combined]))
    kind = schema.get("type", "any")
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return f"{kind} ({schema['format']})" if "format" in schema else str(kind)
