"""Values in JSON of others: one of another type than documented counts as missing."""

from __future__ import annotations

from typing import Any


def number(value: object) -> float | None:
    """Return a JSON number as float, or None for any other value."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def text(source: object, *keys: str) -> str | None:
    """Return the first non-empty text under one of `keys`; numbers count as their digits."""
    if not isinstance(source, dict):
        return None
    for key in keys:
        value = source.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str) and value:
            return value
    return None


def texts(source: object, *keys: str) -> tuple[str, ...]:
    """Return all non-empty texts under `keys`."""
    return tuple(value for key in keys if (value := text(source, key)))


def part(source: object, *keys: str) -> dict[str, Any]:
    """Return the object under `keys`, each in the object under the one before; an empty one if there is none."""
    for key in keys:
        source = source.get(key) if isinstance(source, dict) else None
    return source if isinstance(source, dict) else {}


def parts(source: object, key: str) -> list[dict[str, Any]]:
    """Return the objects of the list under `key`."""
    found = source.get(key) if isinstance(source, dict) else None
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
