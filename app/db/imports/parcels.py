"""Parcels, as imports write them."""

from __future__ import annotations

from app.db.imports.staging import Target
from app.domain.imports.parcels import COLUMNS

TYPES = {
    **dict.fromkeys(("acres", "latitude", "longitude", "area_m2"), "float8"),
    "geometry": "bytea",
    "extra": "jsonb",
}
TARGET = Target("parcels", {name: TYPES.get(name, "text") for name in COLUMNS})
