"""The columns of `pois` that imports write."""

from __future__ import annotations

from app.db.imports.staging import ImportTable
from app.domain.imports.pois import COLUMNS

_TYPES = {"latitude": "float8", "longitude": "float8", "extra": "jsonb"}
POIS = ImportTable("pois", {name: _TYPES.get(name, "text") for name in COLUMNS})
