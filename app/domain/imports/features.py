"""Features: things with properties and a geometry."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from app.domain.imports.row_problems import ProblemCode
from app.domain.text.csv_reader import BrokenRow
from app.domain.text.json_guard import UnsafeJson


@dataclass(frozen=True, slots=True)
class Feature:
    properties: dict[str, Any]
    """Properties of the feature; for a row of a table, its cells by column."""
    geometry: dict[str, Any] | None
    """GeoJSON; None for a table's row, whose geometry is one of its cells."""
    id: str | int | None
    source: Any
    """The cells of a table's row, or the GeoJSON."""

    @property
    def cells(self) -> list[str]:
        """The cells for a report of rejected rows."""
        return self.source if isinstance(self.source, list) else [json_text(self.source)]


FeatureRow = tuple[int, Feature | BrokenRow]
"""The line, or the number of the feature, from 1, and the feature."""


def to_feature(item: Any) -> Feature | BrokenRow:
    """Return the feature, unless `item` is none or cannot be stored: numbers beyond 64 bits, nesting without end."""
    try:
        orjson.dumps(item)
    except TypeError as type_error:
        return BrokenRow(ProblemCode.NOT_A_FEATURE, f"cannot be stored: {type_error}", "")
    if not isinstance(item, dict) or item.get("type") != "Feature":
        return BrokenRow(ProblemCode.NOT_A_FEATURE, "is not a GeoJSON Feature", json_text(item))
    properties, geometry = item.get("properties") or {}, item.get("geometry")
    if not isinstance(properties, dict) or not (geometry is None or isinstance(geometry, dict)):
        error = "has properties or a geometry that are not JSON objects"
        return BrokenRow(ProblemCode.NOT_A_FEATURE, error, json_text(item))
    feature_id = item.get("id")
    return Feature(properties, geometry, feature_id if isinstance(feature_id, (str, int)) else None, item)


def refused(unsafe: UnsafeJson, text: str) -> BrokenRow:
    """Return the row for a feature whose JSON cannot be stored."""
    return BrokenRow(ProblemCode.NOT_A_FEATURE, f"cannot be read: {str(unsafe).rstrip('.')}", text)


def json_text(value: Any) -> str:
    """Return JSON text that Postgres can store: U+0000, which it cannot, becomes U+FFFD."""
    return orjson.dumps(value).decode().replace("\\u0000", "\\ufffd")


def extra_json(properties: Mapping[str, Any], used: Collection[str]) -> str:
    """Return the properties that are not used and not empty as text for a jsonb column; an empty string for none."""
    extra = {name: value for name, value in properties.items() if name not in used and value not in (None, "")}
    return json_text(extra) if extra else ""
