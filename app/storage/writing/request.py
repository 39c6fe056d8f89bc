"""The request to the writing process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.text.typed_columns import TypedColumn


class TargetFormat(StrEnum):
    XLSX = "xlsx"
    GEOPACKAGE = "gpkg"


@dataclass(frozen=True, slots=True)
class WritingRequest:
    """The first line that the process reads. The others are lists with the cells of a row."""

    format: TargetFormat
    path: str
    title: str
    """Name of the sheet or layer."""
    columns: Sequence[TypedColumn]
    point: tuple[int, int] | None
    """Indexes of the columns with latitude and longitude in degrees."""
    geometry: int | None = None
    """Index of the column with the geometry as WKT in degrees, which takes the place of the point."""


class CannotWrite(Exception):
    """A table that the format has no room for; the message says why, and what to do."""
