"""The option `mapping`: what holds each field of a file's records.

A field comes from one column, from several whose values are joined by spaces, or from a constant. Columns under
`ignored` are not used, whatever their names say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel, to_snake

from app.domain.text.json_guard import UnsafeJson, parse_json

IGNORED = "ignored"
"""In the place of a field: the columns that are not used."""
MAX_FIELDS = 100
MAX_COLUMNS_OF_FIELD = 100
MAX_CONSTANT_CHARACTERS = 500
EXAMPLE = '{"zipCode": "Postal Code", "address": ["HOUSE_NUM", "STREET"], "state": {"constant": "NC"}}'


class Constant(BaseModel):
    """One value for all records of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    constant: str = Field(min_length=1, max_length=MAX_CONSTANT_CHARACTERS)


Columns = Annotated[list[str], Field(min_length=1, max_length=MAX_COLUMNS_OF_FIELD)]
Source = str | Columns | Constant
"""The name of a column, the names of several, whose values are joined by spaces, or a constant."""


def _parse(value: Any) -> Any:
    """Take a JSON object or its text, as queries and forms carry it; field names may be in camelCase."""
    if isinstance(value, str):
        try:
            value = parse_json(value)
        except UnsafeJson as unsafe:
            raise ValueError(str(unsafe)) from None
        except orjson.JSONDecodeError:
            raise ValueError(f"must be a JSON object such as {EXAMPLE}") from None
    if not isinstance(value, dict):
        raise ValueError(f"must be a JSON object such as {EXAMPLE}")
    if len(value) > MAX_FIELDS:
        raise ValueError(f"must have at most {MAX_FIELDS} fields")
    return {to_snake(field): _source(field, source) for field, source in value.items()}


def _source(field: str, source: Any) -> Source:
    match source:
        case Constant():
            return source
        case str() if source.strip():
            return source
        case [_, *_] if len(source) <= MAX_COLUMNS_OF_FIELD and all(isinstance(c, str) and c.strip() for c in source):
            return source[0] if len(source) == 1 else list(source)
        case {"constant": int() | float() as number, **rest} if not rest and not isinstance(number, bool):
            return Constant(constant=str(number))
        case {"constant": str(text), **rest} if not rest and text.strip() and len(text) <= MAX_CONSTANT_CHARACTERS:
            return Constant(constant=" ".join(text.split()))
    raise ValueError(
        f"{field[:40]}: must be the name of a column, a list of 1 to {MAX_COLUMNS_OF_FIELD} names, or a constant such"
        f' as {{"constant": "NC"}} of at most {MAX_CONSTANT_CHARACTERS} characters'
    )


ColumnMapping = Annotated[dict[str, Source], BeforeValidator(_parse)]
"""Field in snake_case to what holds it; takes precedence over the usual names of columns."""
Mapped = Mapping[str, Source]
"""A mapping to read."""


def columns_of(source: Source) -> tuple[str, ...]:
    """Return the names of the columns of a field; none for a constant."""
    if isinstance(source, Constant):
        return ()
    return (source,) if isinstance(source, str) else tuple(source)


def constant_of(source: Source) -> str | None:
    return source.constant if isinstance(source, Constant) else None


def mapped_columns(mapping: Mapped) -> set[str]:
    """Return the names of all columns that a mapping names."""
    return {name for source in mapping.values() for name in columns_of(source)}


def to_wire(mapping: Mapped) -> dict[str, Any]:
    """Return the mapping as requests send it."""
    return {
        to_camel(field): source.model_dump() if isinstance(source, Constant) else source
        for field, source in mapping.items()
    }
