"""Positions in GeoJSON, and whether they are degrees."""

from __future__ import annotations

from math import isfinite
from typing import Any

MAX_NESTING = 5
"""Maximum nesting of coordinates; those of a MultiPolygon are nested four deep."""


def in_degrees(longitude: float, latitude: float) -> bool:
    """Whether the numbers can be degrees."""
    return -180 <= longitude <= 180 and -90 <= latitude <= 90


def first_position(geometry: Any) -> tuple[float, float] | None:
    """Return the first (x, y) of a GeoJSON geometry; None if it has none."""
    value = geometry.get("coordinates") if isinstance(geometry, dict) else None
    for _ in range(MAX_NESTING):
        if not isinstance(value, list) or not value:
            return None
        if isinstance(value[0], (int, float)) and not isinstance(value[0], bool):
            numbers = value[:2]
            good = len(numbers) == 2 and all(isinstance(n, (int, float)) and isfinite(n) for n in numbers)
            return (float(numbers[0]), float(numbers[1])) if good else None
        value = value[0]
    return None
