"""Forms made from JSON schemas: what a kind says of its arguments becomes fields, and fields become arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from pydantic import BaseModel

from app.web.dashboard.core.formatting import title

LISTS = "One per line."
HINTS = {
    "dryRun": "Read and check the file without writing anything.",
    "maxErrors": "Stop when more rows than this are rejected.",
    "maxErrorRate": "Stop when a larger share of the rows is rejected; 0.02 means 2 %.",
    "source": "Namespace of the record ids. Records of different sources are never merged.",
    "priority": "1 is the highest, 9 the lowest.",
    "split": "Create as many jobs as a long file needs.",
    "profile": "Layout of the file; leave empty to detect it.",
    "county": "For files without a county column.",
    "mapping": 'JSON object of field to column name, such as {"address": "Street Address"}.',
    "geocodeAfter": "Geocode new households when the import has finished.",
    "visit": "Check the websites of new and changed businesses.",
    "limit": "Maximum number; leave empty for all.",
    "providerId": "Geocoder to try first; leave empty for the default order.",
    "useFallback": "Try the next geocoder if one finds nothing.",
    "strictOrder": "Keep the order even if another geocoder is faster.",
    "skipGeocoded": "Skip households that already have coordinates.",
    "timeout": "Timeout of one request, in seconds.",
    "useCache": "Use cached results for the same address.",
    "minAccuracy": "Treat less accurate results as no match.",
    "country": "Two-letter country code for rows without a country.",
}
"""Help texts for arguments that several kinds share and whose schema has no description."""


@dataclass(frozen=True)
class Field:
    """`name` is dotted where the value stands in an object: `filters.city`."""

    name: str
    label: str
    group: str
    type: str
    """text, whole, number, yes_no, choice, lines or json."""
    required: bool = False
    default: Any = None
    help: str = ""
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    value: str = ""
    """As it stands in the form."""
    error: str = ""


def fields(model: type[BaseModel]) -> list[Field]:
    schema = model.model_json_schema(by_alias=True)
    return list(_object(schema, schema.get("$defs", {}), "", "", needed=True))


def _object(
    schema: Mapping[str, Any], defs: Mapping[str, Any], prefix: str, group: str, *, needed: bool
) -> Iterator[Field]:
    """The members; those of an object that may be left out may be left out, too."""
    required = set(schema.get("required", ())) if needed else set()
    for name, member in schema.get("properties", {}).items():
        yield from _member(f"{prefix}{name}", name, member, defs, name in required, group)


def _member(
    path: str, name: str, member: Mapping[str, Any], defs: Mapping[str, Any], required: bool, group: str
) -> Iterator[Field]:
    one = _resolved(member, defs)
    if one.get("properties"):
        yield from _object(one, defs, f"{path}.", title(name), needed=required)
        return
    help_ = " ".join(str(member.get("description", HINTS.get(path, ""))).split())
    base = Field(path, title(name), group, "json", required, member.get("default"), help_)
    kind = one.get("type")
    if "enum" in one or "const" in one:
        yield replace(base, type="choice", choices=tuple(map(str, one.get("enum", (one.get("const"),)))))
    elif kind == "boolean":
        yield replace(base, type="yes_no")
    elif kind in ("integer", "number"):
        least, most = one.get("minimum", one.get("exclusiveMinimum")), one.get("maximum", one.get("exclusiveMaximum"))
        yield replace(base, type="whole" if kind == "integer" else "number", least=least, most=most)
    elif kind == "string":
        yield replace(base, type="text")
    elif kind == "array" and _resolved(one.get("items", {}), defs).get("type") == "string":
        yield replace(base, type="lines", help=help_ or LISTS)
    else:
        yield replace(base, help=help_ or "JSON.")


def _resolved(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Mapping[str, Any]:
    """Behind a reference, and without the null of an optional value."""
    if "$ref" in schema:
        return _resolved(defs[schema["$ref"].rpartition("/")[2]], defs)
    options = [one for one in schema.get("anyOf", schema.get("allOf", ())) if one.get("type") != "null"]
    return _resolved(options[0], defs) if len(options) == 1 else schema


def filled(form: list[Field], values: Mapping[str, Any]) -> list[Field]:
    """With the arguments of a job that was made before."""
    return [replace(field, value=_written(_at(values, field.name), field)) for field in form]


def _at(values: Any, path: str) -> Any:
    for part in path.split("."):
        values = values.get(part) if isinstance(values, Mapping) else None
    return values


def _written(value: Any, field: Field) -> str:
    if value is None or value == field.default:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if field.type == "lines":
        return "\n".join(map(str, value))
    return orjson.dumps(value).decode() if field.type == "json" else str(value)


def sent(form: list[Field], values: Mapping[str, str], errors: Mapping[str, str]) -> list[Field]:
    """As it came, with what is wrong beside each field."""
    return [
        replace(field, value=values.get(field.name, ""), error=next(
            (words for place, words in errors.items() if place == field.name or place.endswith(f".{field.name}")), ""
        ))
        for field in form
    ]  # fmt: skip


def arguments(form: list[Field], values: Mapping[str, str]) -> dict[str, Any]:
    """What the fields say, as JSON. Empty ones are left out; what is no number stays text, to be refused by name.

    Raises ValueError with the field's label for what should be JSON and is not.
    """
    found: dict[str, Any] = {}
    for field in form:
        text = values.get(field.name, "").strip()
        if not text:
            continue
        *groups, last = field.name.split(".")
        place = found
        for group in groups:
            place = place.setdefault(group, {})
        place[last] = _read(field, text)
    return found


def _read(field: Field, text: str) -> Any:
    match field.type:
        case "whole" | "number":
            try:
                return int(text) if field.type == "whole" else float(text)
            except ValueError:
                return text
        case "yes_no":
            return text == "true"
        case "lines":
            return [line.strip() for line in text.splitlines() if line.strip()]
        case "json":
            try:
                return orjson.loads(text)
            except orjson.JSONDecodeError as error:
                raise ValueError(f"{field.label}: not valid JSON: {error}") from None
        case _:
            return text
