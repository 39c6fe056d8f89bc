"""Forms from JSON schemas: the arguments of a kind become fields, and the input of the fields becomes arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import orjson
from pydantic import BaseModel

from app.domain.text.json_guard import UnsafeJson, parse_json
from app.web.dashboard.core.formatting import humanize
from app.web.http.documented_schema import DocumentedSchema

FieldType = Literal["text", "integer", "number", "boolean", "choice", "lines", "json"]


@dataclass(frozen=True)
class Field:
    name: str
    """Dotted for a member of an object, such as `filters.city`."""
    label: str
    group: str = ""
    """Label of the object that it belongs to."""
    type: FieldType = "text"
    required: bool = False
    default: Any = None
    help: str = ""
    choices: tuple[str, ...] = ()
    value: str = ""
    """The input as text."""
    error: str = ""


def form_fields(model: type[BaseModel]) -> list[Field]:
    """Return a field for each argument of the model, named as on the wire."""
    schema = model.model_json_schema(by_alias=True, schema_generator=DocumentedSchema)
    return list(_object_fields(schema, schema.get("$defs", {}), "", "", required=True))


def _object_fields(
    schema: Mapping[str, Any], defs: Mapping[str, Any], prefix: str, group: str, *, required: bool
) -> Iterator[Field]:
    """Yield the fields of an object's members. If the object is optional, all of them are."""
    required_names = set(schema.get("required", ())) if required else set()
    for name, member in schema.get("properties", {}).items():
        yield from _member_fields(f"{prefix}{name}", name, member, defs, name in required_names, group)


def _member_fields(
    path: str, name: str, member: Mapping[str, Any], defs: Mapping[str, Any], required: bool, group: str
) -> Iterator[Field]:
    schema = _resolve(member, defs)
    if schema.get("properties"):
        yield from _object_fields(schema, defs, f"{path}.", humanize(name), required=required)
        return
    help_text = " ".join((member.get("description") or schema.get("description", "")).split())
    field = Field(path, humanize(name), group, "json", required, member.get("default"), help_text)
    if "enum" in schema or "const" in schema:
        yield replace(field, type="choice", choices=tuple(map(str, schema.get("enum", (schema.get("const"),)))))
        return
    match schema.get("type"):
        case "integer" | "number" | "boolean" as scalar:
            yield replace(field, type=scalar)
        case "string":
            yield replace(field, type="text")
        case "array" if _resolve(schema.get("items", {}), defs).get("type") == "string":
            yield replace(field, type="lines", help=help_text or "One per line.")
        case _:
            yield replace(field, help=help_text or "JSON.")


def _resolve(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference, and drop the null of an optional value."""
    if "$ref" in schema:
        return _resolve(defs[schema["$ref"].rpartition("/")[2]], defs)
    options = [option for option in schema.get("anyOf", schema.get("allOf", ())) if option.get("type") != "null"]
    return _resolve(options[0], defs) if len(options) == 1 else schema


def fill(fields: Sequence[Field], data: Mapping[str, Any]) -> list[Field]:
    """Return the fields with the arguments of an existing job as their input."""
    return [replace(field, value=_to_text(_find(data, field.name), field)) for field in fields]


def _find(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _to_text(value: Any, field: Field) -> str:
    if value is None or value == field.default:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if field.type == "lines":
        return "\n".join(map(str, value))
    return orjson.dumps(value).decode() if field.type == "json" else str(value)


def with_input(fields: Sequence[Field], values: Mapping[str, str], errors: Mapping[str, str]) -> list[Field]:
    """Return the fields with what was sent, and the error of each. The names in `errors` may have a prefix."""
    return [replace(field, value=values.get(field.name, ""), error=_find_error(errors, field.name)) for field in fields]


def _find_error(errors: Mapping[str, str], name: str) -> str:
    return next((message for path, message in errors.items() if path == name or path.endswith(f".{name}")), "")


def parse_input(fields: Sequence[Field], values: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments as JSON values. Empty fields are left out.

    Text that is not a number stays text, so that the REST interface refuses it by name. Raises ValueError with the
    field's label for text that should be JSON and is not.
    """
    arguments: dict[str, Any] = {}
    for field in fields:
        text = values.get(field.name, "").strip()
        if not text:
            continue
        *groups, last = field.name.split(".")
        target = arguments
        for group in groups:
            target = target.setdefault(group, {})
        target[last] = _parse(field, text)
    return arguments


def _parse(field: Field, text: str) -> Any:
    match field.type:
        case "integer" | "number":
            try:
                return int(text) if field.type == "integer" else float(text)
            except ValueError:
                return text
        case "boolean":
            return text == "true"
        case "lines":
            return [line.strip() for line in text.splitlines() if line.strip()]
        case "json":
            try:
                return parse_json(text)
            except (orjson.JSONDecodeError, UnsafeJson) as error:
                raise ValueError(f"{field.label}: not valid JSON: {error}") from None
        case _:
            return text
