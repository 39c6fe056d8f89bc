"""Towns and postcodes of an OpenStreetMap extract by their boundaries, for what does not name them."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import osmium
import shapely

TOWN_LEVELS = ("8", "7")
"""Values of `admin_level` of towns, the preferred one first."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """The outline of a town or a postcode."""

    field: str
    """`city` or `postcode`."""
    name: str
    rank: int
    """The lowest counts where several have a point."""
    outline: Any


class Boundaries:
    def __init__(self, boundaries: Sequence[Boundary]) -> None:
        self._boundaries = sorted(boundaries, key=lambda boundary: boundary.rank)
        self._tree = shapely.STRtree([boundary.outline for boundary in self._boundaries])

    def fill(self, geometries: Any, rows: Sequence[MutableMapping[str, Any]], prefix: str) -> None:
        """Set `city` and `postcode`, with the prefix, of rows that lack them. `geometries` are those of the rows."""
        if not self._boundaries:
            return
        lacking = [i for i, row in enumerate(rows) if not (row.get(f"{prefix}city") and row.get(f"{prefix}postcode"))]
        points = shapely.line_interpolate_point(
            np.array([_as_line(geometries[index]) for index in lacking], object), 0.5, normalized=True
        )
        pairs = self._tree.query(points, predicate="intersects").T.tolist()
        for at, index in sorted(pairs, key=lambda pair: pair[1]):
            boundary, row = self._boundaries[index], rows[lacking[at]]
            if not row.get(prefix + boundary.field):
                row[prefix + boundary.field] = boundary.name


def read_boundaries(path: str, storage: str, notes: list[str]) -> Boundaries:
    """Return the boundaries in a file. `storage` is where osmium keeps the positions of nodes. Raises RuntimeError."""
    tags = osmium.filter.TagFilter(("boundary", "administrative"), ("boundary", "postal_code"))
    processor: Any = osmium.FileProcessor(path).with_locations(storage).with_areas(tags)
    factory, found, broken = osmium.geom.WKBFactory(), [], 0
    for area in processor.with_filter(osmium.filter.EntityFilter(osmium.osm.AREA)).with_filter(tags):
        field, name, rank = _describe(dict(area.tags))
        if not name:
            continue
        try:
            outline = shapely.from_wkb(bytes.fromhex(factory.create_multipolygon(area)))
        except (RuntimeError, shapely.errors.GEOSException):
            broken += 1
            continue
        shapely.prepare(outline)
        found.append(Boundary(field, name, rank, outline))
    if broken:
        notes.append(f"{broken:,} boundaries of towns or postcodes are incomplete in the extract and were not used.")
    return Boundaries(found)


def _describe(tags: dict[str, str]) -> tuple[str, str, int]:
    """Return field, name and rank; the name is empty for what is neither a town nor a postcode."""
    if tags.get("boundary") == "postal_code":
        return "postcode", tags.get("postal_code") or tags.get("ref") or "", 0
    level = tags.get("admin_level", "")
    if level not in TOWN_LEVELS:
        return "city", "", 0
    return "city", tags.get("name", ""), TOWN_LEVELS.index(level)


def _as_line(geometry: Any) -> Any:
    if geometry is None or geometry.geom_type == "LineString":
        return geometry
    return shapely.LineString([geometry, geometry])
