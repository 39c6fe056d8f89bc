"""The columns of `parcels` that imports write."""

from __future__ import annotations

from app.db.imports.staging import ImportTable
from app.domain.imports.parcels import COLUMNS

_TYPES = {
    **dict.fromkeys(("acres", "latitude", "longitude", "area_m2"), "float8"),
    "geometry": "bytea",
    "extra": "jsonb",
}
PARCELS = ImportTable("parcels", {name: _TYPES.get(name, "text") for name in COLUMNS})
