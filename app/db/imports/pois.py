"""The columns of `pois` that imports write."""

from __future__ import annotations

from app.db.imports.staging import ImportTable
from app.domain.imports.pois import COLUMNS

_TYPES = {"latitude": "float8", "longitude": "float8", "extra": "jsonb"}
_SAME = """abs(t.latitude - i.latitude) < 0.005 AND abs(t.longitude - i.longitude) < 0.005
    OR lower(t.name) = lower(i.name) AND abs(t.latitude - i.latitude) < 0.1 AND abs(t.longitude - i.longitude) < 0.1"""
"""Within half a kilometre, or of the same name within ten."""
POIS = ImportTable("pois", {name: _TYPES.get(name, "text") for name in COLUMNS}, same=_SAME)
