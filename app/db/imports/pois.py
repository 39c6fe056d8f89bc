"""Imported points of interest: the columns of `pois` that an import writes."""

from __future__ import annotations

from app.db.imports.staging import Target
from app.domain.imports.pois import COLUMNS

TYPES = {"latitude": "float8", "longitude": "float8", "extra": "jsonb"}
TARGET = Target("pois", {name: TYPES.get(name, "text") for name in COLUMNS})
