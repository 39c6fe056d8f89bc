"""OpenStreetMap extracts (.osm.pbf) as features: addresses, interpolation lines and named roads.

The file is read several times, as its nodes come before the ways and relations that say what they are: see
https://wiki.openstreetmap.org/wiki/Key:addr and https://wiki.openstreetmap.org/wiki/Key:addr:interpolation
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import osmium
import shapely

from app.domain.imports.street_lines import FIRST, INTERPOLATION, LAST, NAMES_OF_ROADS
from app.domain.text.errors import Unreadable
from app.storage.conversion.findings import Findings
from app.storage.conversion.osm_places import Boundaries, read_boundaries
from app.storage.conversion.request import ConversionRequest
from app.storage.conversion.wgs84 import feature_lines

BATCH = 2_000
NUMBER = "addr:housenumber"
PLACE_TAGS = ("city", "state", "postcode")
ROADS = frozenset({
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street",
    "pedestrian", "service", "track", "road", "path", "footway", "cycleway", "bridleway", "steps",
})  # fmt: skip
"""Values of `highway` that are ways for traffic."""
STREET_RELATIONS = ("associatedStreet", "street")
"""Relations that name the street of the houses that are their members."""

Tags = Mapping[str, str]


@dataclass
class _Known:
    """What is known of the file before its features are read."""

    boundaries: Boundaries
    line_nodes: set[int] = field(default_factory=set)
    """The nodes of interpolation lines."""
    streets: dict[tuple[str, int], dict[str, str]] = field(default_factory=dict)
    """Type and id of a house to the tags that relations give it."""
    numbered: dict[int, dict[str, str]] = field(default_factory=dict)
    """The tags of those nodes of interpolation lines that have numbers."""
    buildings: int = 0
    """Relations with a house number, less those that are areas."""
    cut_off: int = 0
    """Named roads and interpolation lines of which the extract has fewer than two positions."""

    def notes(self) -> Iterator[str]:
        """Yield what to tell the sender about what was left out."""
        if self.buildings:
            yield f"{self.buildings:,} relations with a house number have no complete outline and were not used."
        if self.cut_off:
            yield f"{self.cut_off:,} roads or interpolation lines have no positions in the extract and were not used."


@dataclass
class _Batch:
    """Features of one kind. `prefix` is that of the properties with the place."""

    prefix: str
    geometries: list[Any] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def add(self, geometry: Any, row: dict[str, Any], feature_id: str) -> None:
        self.geometries.append(geometry)
        self.rows.append(row)
        self.ids.append(feature_id)

    def take(self, boundaries: Boundaries) -> bytes:
        boundaries.fill(self.geometries, self.rows, self.prefix)
        lines = feature_lines(self.geometries, self.rows, self.ids)
        self.geometries, self.rows, self.ids = [], [], []
        return lines


def read_extract(request: ConversionRequest, findings: Findings) -> Iterator[bytes]:
    """Yield the features of an extract. Raises Unreadable."""
    path = str(Path(request.path).rename(Path(request.path).with_suffix(".osm.pbf")))
    storage = f"sparse_file_array,{Path(path).with_name('nodes')}"
    try:
        boundaries = read_boundaries(path, storage, findings.notes)
        Path(path).with_name("nodes").unlink(missing_ok=True)  # osmium would add all positions to it once more
        known = _Known(boundaries)
        _read_references(path, known)
        count = 0
        for lines in _read_features(path, storage, known):
            count += 1
            yield lines
        findings.notes += known.notes()
    except (RuntimeError, UnicodeDecodeError) as error:
        raise Unreadable(
            f"The {request.format} cannot be read ({str(error)[:200]}): it is damaged or incomplete. Download it again."
        ) from None
    if not count:
        raise Unreadable(f"The {request.format} has no addresses and no named roads.")


def _read_references(path: str, known: _Known) -> None:
    """Find the nodes of interpolation lines, and the houses that relations assign to streets."""
    processor: Any = osmium.FileProcessor(path, osmium.osm.WAY | osmium.osm.RELATION)
    for item in processor.with_filter(osmium.filter.KeyFilter(INTERPOLATION, "type")):
        if item.is_way() and INTERPOLATION in item.tags:
            known.line_nodes.update(node.ref for node in item.nodes)
        elif item.is_relation() and item.tags.get("type") in STREET_RELATIONS:
            tags = dict(item.tags)
            name = tags.get("addr:street") or tags.get("name")
            given = {f"addr:{tag}": tags[f"addr:{tag}"] for tag in PLACE_TAGS if f"addr:{tag}" in tags}
            if name:
                for member in item.members:
                    known.streets[member.type, member.ref] = given | {"addr:street": name}


def _read_features(path: str, storage: str, known: _Known) -> Iterator[bytes]:
    has_address = osmium.filter.KeyFilter(NUMBER)
    wanted = osmium.filter.KeyFilter(NUMBER, INTERPOLATION, "highway")
    processor: Any = osmium.FileProcessor(path).with_locations(storage).with_areas(has_address).with_filter(wanted)
    houses, lines = _Batch(""), _Batch("addr:")
    for item in processor:
        if item.is_node():
            _add_node(item, known, houses)
        elif item.is_way():
            _add_way(item, known, houses, lines)
        elif item.is_area() and not item.from_way() and NUMBER in item.tags:
            rings = [ring for ring in item.outer_rings()]
            tags = _tags(item, known, "r", item.orig_id())
            _add_house(houses, _middle(_positions(rings[0])) if rings else None, tags, f"relation/{item.orig_id()}")
            known.buildings -= 1
        elif item.is_relation() and NUMBER in item.tags:
            known.buildings += 1
        for batch in (houses, lines):
            if len(batch.rows) >= BATCH:
                yield batch.take(known.boundaries)
    for batch in (houses, lines):
        if batch.rows:
            yield batch.take(known.boundaries)


def _add_node(node: Any, known: _Known, houses: _Batch) -> None:
    if NUMBER not in node.tags:
        return
    tags = _tags(node, known, "n", node.id)
    if node.id in known.line_nodes:
        known.numbered[node.id] = tags
    point = shapely.Point(node.location.lon, node.location.lat) if node.location.valid() else None
    _add_house(houses, point, tags, f"node/{node.id}")


def _add_way(way: Any, known: _Known, houses: _Batch, lines: _Batch) -> None:
    if INTERPOLATION in way.tags:
        _add_interpolation(way, known, lines)
    elif NUMBER in way.tags:
        _add_house(houses, _middle(_positions(way.nodes)), _tags(way, known, "w", way.id), f"way/{way.id}")
    positions = _positions(way.nodes)
    names = {name: way.tags[name] for name in NAMES_OF_ROADS if name in way.tags}
    if way.tags.get("highway") in ROADS and names:
        if len(positions) < 2:
            known.cut_off += 1
            return
        row = {"highway": way.tags["highway"], **names}
        lines.add(shapely.LineString(positions), row, f"way/{way.id}")


def _add_house(houses: _Batch, point: Any, tags: Tags, feature_id: str) -> None:
    """Add the house, or each of several numbers at one place, such as `12;14`."""
    numbers = [number.strip() for number in tags[NUMBER].replace(",", ";").split(";")]
    for number in [*filter(None, numbers)] or [""]:  # the reader says that it lacks the number
        row = {"number": number, "street": tags.get("addr:street") or tags.get("addr:place") or ""}
        row |= {tag: tags[f"addr:{tag}"] for tag in PLACE_TAGS if f"addr:{tag}" in tags}
        houses.add(point, row, feature_id)


def _add_interpolation(way: Any, known: _Known, lines: _Batch) -> None:
    """Add each piece of an interpolation line between two of its numbered nodes."""
    own = _tags(way, known, "w", way.id)
    nodes = [(node.ref, (node.location.lon, node.location.lat)) for node in way.nodes if node.location.valid()]
    known.cut_off += len(nodes) < 2
    ends = [index for index, (ref, _) in enumerate(nodes) if ref in known.numbered]
    for first, last in zip(ends, ends[1:], strict=False):
        low, high = known.numbered[nodes[first][0]], known.numbered[nodes[last][0]]
        row: dict[str, Any] = {tag: value for tags in (high, low, own) for tag, value in tags.items() if tag != NUMBER}
        row = {tag: row[tag] for tag in ("addr:street", *(f"addr:{tag}" for tag in PLACE_TAGS)) if tag in row}
        row |= {INTERPOLATION: way.tags[INTERPOLATION], FIRST: low[NUMBER], LAST: high[NUMBER]}
        lines.add(shapely.LineString([position for _, position in nodes[first : last + 1]]), row, f"way/{way.id}")
    if len(ends) < 2 and len(nodes) > 1:  # the reader says what it lacks
        row = {INTERPOLATION: way.tags[INTERPOLATION], FIRST: "", LAST: "", "addr:street": own.get("addr:street", "")}
        lines.add(shapely.LineString([position for _, position in nodes]), row, f"way/{way.id}")


def _tags(item: Any, known: _Known, kind: str, item_id: int) -> dict[str, str]:
    """Return the tags of a thing; those that it lacks from the relation of its street."""
    return known.streets.get((kind, item_id), {}) | dict(item.tags)


def _positions(nodes: Any) -> list[tuple[float, float]]:
    """Return the positions of those nodes that the extract has."""
    return [(node.location.lon, node.location.lat) for node in nodes if node.location.valid()]


def _middle(positions: list[tuple[float, float]]) -> Any:
    """Return the centroid of an outline, or of a line; None for none."""
    if not positions:
        return None
    if len(positions) < 2:
        return shapely.Point(positions[0])
    shape = shapely.Polygon(positions) if len(positions) > 3 and positions[0] == positions[-1] else None
    if shape is None or not shape.area:
        shape = shapely.LineString(positions)
    return shape.centroid
