"""Exact types in requests: pydantic would take `false` for 0, and 1 for true."""

from __future__ import annotations

from typing import Any

from pydantic_core import CoreSchema, PydanticCustomError, core_schema


def exact(schema: CoreSchema) -> CoreSchema:
    """Return a schema that refuses truth values as numbers, and numbers as truth values, at every depth."""
    changed: CoreSchema = _changed(schema)
    return changed


def _changed(node: Any) -> Any:
    if isinstance(node, list):
        return [_changed(part) for part in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") in ("int", "float"):
        return core_schema.no_info_before_validator_function(_refuse_bool, node)
    if node.get("type") == "bool":
        return core_schema.no_info_before_validator_function(_refuse_number, node)
    return {name: part if name == "metadata" else _changed(part) for name, part in node.items()}


def _refuse_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("number_type", "must be a number")
    return value


def _refuse_number(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise PydanticCustomError("bool_type", "must be true or false")
    return value
