"""The columns of `parcels` that imports write."""

from __future__ import annotations

from app.db.imports.staging import ImportTable
from app.domain.imports.parcels import COLUMNS

_TYPES = {
    **dict.fromkeys(("acres", "latitude", "longitude", "area_m2"), "float8"),
    "geometry": "bytea",
    "extra": "jsonb",
}
_SAME = """i.latitude IS NULL AND i.address IS NULL OR t.latitude IS NULL AND t.address IS NULL
    OR coalesce(abs(t.latitude - i.latitude) < 0.02 AND abs(t.longitude - i.longitude) < 0.02, false)
    OR coalesce(lower(t.address) = lower(i.address) AND coalesce(lower(t.city) = lower(i.city), true), false)
        AND (t.latitude IS NULL OR i.latitude IS NULL)"""
"""Within two kilometres; without geometry at the same address."""
PARCELS = ImportTable("parcels", {name: _TYPES.get(name, "text") for name in COLUMNS}, same=_SAME)
