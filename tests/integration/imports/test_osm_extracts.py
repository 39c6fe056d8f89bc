"""OpenStreetMap extracts, written by osmium, as features: addresses, interpolation lines, named roads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import osmium
import pytest
from osmium.osm.mutable import Node, Relation, Way

from app.domain.imports.survey import FileFormat
from app.domain.text.errors import Unreadable
from tests.integration.imports.test_conversions import features, stored

Places = dict[str, Any]
SQUARE = [(7.0, 50.0), (7.2, 50.0), (7.2, 50.2), (7.0, 50.2)]
"""The outline of the town."""


def write(path: Path, nodes: Sequence[Node], ways: Sequence[Way] = (), relations: Sequence[Relation] = ()) -> bytes:
    with osmium.SimpleWriter(str(path / "map.osm.pbf")) as writer:
        for node in nodes:
            writer.add_node(node)
        for way in ways:
            writer.add_way(way)
        for relation in relations:
            writer.add_relation(relation)
    return (path / "map.osm.pbf").read_bytes()


def address(number: str, street: str = "", **more: str) -> dict[str, str]:
    tags = {"addr:housenumber": number} | ({"addr:street": street} if street else {})
    return tags | {f"addr:{name}": value for name, value in more.items()}


def read(raw: bytes) -> list[tuple[Places, str, Any]]:
    """Return the properties, the kind of geometry and the coordinates of each feature."""
    found = []
    for feature in features(raw):
        geometry = feature["geometry"] or {"type": None, "coordinates": None}
        found.append((feature["properties"], geometry["type"], geometry["coordinates"]))
    return found


def test_addresses_on_nodes_and_ways(tmp_path: Path) -> None:
    nodes = [
        Node(id=1, location=(7.1, 50.1), tags=address("12a", "Hauptstraße", city="Bonn", postcode="53111")),
        Node(id=2, location=(7.1, 50.1), tags={"highway": "crossing"}),
        Node(id=3, location=(7.11, 50.11), tags=address("1;3", place="Hof")),
        *(Node(id=10 + i, location=(7.1 + dx, 50.1 + dy)) for i, (dx, dy) in enumerate(
            [(0.0, 0.0), (0.002, 0.0), (0.002, 0.001), (0.0, 0.001)]
        )),
    ]  # fmt: skip
    building = Way(id=5, nodes=[10, 11, 12, 13, 10], tags={"building": "yes", **address("7", "Am Markt")})
    found = read(write(tmp_path, nodes, [building]))
    assert [properties for properties, _, _ in found] == [
        {"number": "12a", "street": "Hauptstraße", "city": "Bonn", "postcode": "53111"},
        {"number": "1", "street": "Hof"},
        {"number": "3", "street": "Hof"},
        {"number": "7", "street": "Am Markt"},
    ]
    assert {kind for _, kind, _ in found} == {"Point"}
    assert found[0][2] == pytest.approx([7.1, 50.1])
    assert found[3][2] == pytest.approx([7.101, 50.1005])


def test_interpolation_lines_are_divided_at_their_numbers(tmp_path: Path) -> None:
    nodes = [
        Node(id=1, location=(7.0, 50.0), tags=address("2", "Hauptstraße", postcode="53111")),
        Node(id=2, location=(7.001, 50.0)),
        Node(id=3, location=(7.002, 50.0), tags=address("10", "Hauptstraße")),
        Node(id=4, location=(7.003, 50.0), tags=address("20", "Hauptstraße")),
    ]
    line = Way(id=5, nodes=[1, 2, 3, 4], tags={"addr:interpolation": "even"})
    lines = [one for one in read(write(tmp_path, nodes, [line])) if one[1] == "LineString"]
    assert [properties for properties, _, _ in lines] == [
        {"addr:street": "Hauptstraße", "addr:postcode": "53111", "addr:interpolation": "even",
         "addr:first": "2", "addr:last": "10"},
        {"addr:street": "Hauptstraße", "addr:interpolation": "even", "addr:first": "10", "addr:last": "20"},
    ]  # fmt: skip
    assert [len(coordinates) for _, _, coordinates in lines] == [3, 2]


def test_roads_have_names_and_towns_by_their_boundaries(tmp_path: Path) -> None:
    nodes = [Node(id=1 + i, location=at) for i, at in enumerate(SQUARE)]
    nodes += [Node(id=11, location=(7.1, 50.1)), Node(id=12, location=(7.101, 50.1))]
    nodes += [Node(id=13, location=(8.1, 50.1)), Node(id=14, location=(8.101, 50.1))]
    nodes.append(Node(id=15, location=(7.05, 50.05), tags=address("4", "Hauptstraße", city="Beuel")))
    ways = [
        Way(id=20, nodes=[1, 2, 3, 4, 1]),
        Way(id=21, nodes=[11, 12], tags={"highway": "residential", "name": "Kölner Straße", "alt_name": "B 9"}),
        Way(id=22, nodes=[13, 14], tags={"highway": "primary", "name": "Far Road"}),
        Way(id=23, nodes=[13, 14], tags={"highway": "service"}),
        Way(id=24, nodes=[13, 14], tags={"highway": "proposed", "name": "No Road"}),
    ]
    town = {"type": "boundary", "boundary": "administrative", "admin_level": "8", "name": "Bonn"}
    code = {"type": "boundary", "boundary": "postal_code", "postal_code": "53111"}
    relations = [Relation(id=30 + i, members=[("w", 20, "outer")], tags=tags) for i, tags in enumerate((town, code))]
    found = {properties.get("name") or properties["number"]: properties for properties, _, _ in read(
        write(tmp_path, nodes, ways, relations)
    )}  # fmt: skip
    assert found == {
        "4": {"number": "4", "street": "Hauptstraße", "city": "Beuel", "postcode": "53111"},
        "Kölner Straße": {"highway": "residential", "name": "Kölner Straße", "alt_name": "B 9", "addr:city": "Bonn",
                          "addr:postcode": "53111"},
        "Far Road": {"highway": "primary", "name": "Far Road"},
    }  # fmt: skip


def test_relations_name_the_street_of_their_houses_and_buildings_may_have_several_outlines(tmp_path: Path) -> None:
    nodes = [Node(id=1 + i, location=at) for i, at in enumerate(SQUARE)]
    nodes.append(Node(id=9, location=(7.1, 50.1), tags=address("3")))
    street = Relation(
        id=40, members=[("n", 9, "house")], tags={"type": "associatedStreet", "name": "Main St", "addr:city": "Bonn"}
    )
    building = Relation(
        id=41, members=[("w", 20, "outer")], tags={"type": "multipolygon", "building": "yes", **address("5", "Hof")}
    )
    found = read(write(tmp_path, nodes, [Way(id=20, nodes=[1, 2, 3, 4, 1])], [street, building]))
    assert [properties for properties, _, _ in found] == [
        {"number": "3", "street": "Main St", "city": "Bonn"},
        {"number": "5", "street": "Hof"},
    ]
    assert found[1][2] == pytest.approx([7.1, 50.1])


def test_nodes_that_an_extract_lacks_are_no_positions(tmp_path: Path) -> None:
    nodes = [Node(id=1, location=(7.0, 50.0)), Node(id=2, location=(7.001, 50.0))]
    ways = [
        Way(id=5, nodes=[1, 99, 2], tags={"highway": "residential", "name": "Main St"}),
        Way(id=6, nodes=[98, 99], tags=address("7", "Main St")),
    ]
    found = read(write(tmp_path, nodes, ways))
    assert [(kind, len(at or [])) for _, kind, at in found] == [(None, 0), ("LineString", 2)]


def test_what_is_left_out_is_named(tmp_path: Path) -> None:
    nodes = [
        Node(id=1, location=(7.0, 50.0), tags=address(" ; ", "Main St")),
        Node(id=2, location=(7.1, 50.0), tags=address("4", "Main St")),
    ]
    ways = [
        Way(id=5, nodes=[1, 99], tags={"highway": "residential", "name": "Main St"}),
        Way(id=6, nodes=[98, 99], tags={"addr:interpolation": "even"}),
    ]
    tags = {"type": "multipolygon", **address("7", "Hof")}
    raw = write(tmp_path, nodes, ways, [Relation(id=8, members=[("w", 77, "outer")], tags=tags)])
    assert [properties["number"] for properties, _, _ in read(raw)] == ["", "4"]
    assert stored(raw)[2] == [
        "1 relations with a house number have no complete outline and were not used.",
        "2 roads or interpolation lines have no positions in the extract and were not used.",
    ]


def test_a_road_may_have_the_numbers_of_its_houses(tmp_path: Path) -> None:
    nodes = [
        Node(id=1, location=(7.0, 50.0), tags=address("2", "Main St")),
        Node(id=2, location=(7.1, 50.0), tags=address("8", "Main St")),
    ]
    tags = {"highway": "residential", "name": "Main St", "addr:interpolation": "even"}
    found = read(write(tmp_path, nodes, [Way(id=5, nodes=[1, 2], tags=tags)]))
    lines = [properties for properties, kind, _ in found if kind == "LineString"]
    assert [one.get("highway") or one["addr:last"] for one in lines] == ["8", "residential"]


def test_a_damaged_extract_and_one_without_addresses_are_refused(tmp_path: Path) -> None:
    raw = write(tmp_path, [Node(id=1, location=(7.0, 50.0), tags=address("1", "Main St"))] * 1)
    assert stored(raw)[0] is FileFormat.LINES
    with pytest.raises(Unreadable, match="The OpenStreetMap extract cannot be read"):
        stored(raw[: len(raw) - 10])
    (tmp_path / "map.osm.pbf").unlink()
    with pytest.raises(Unreadable, match="has no addresses and no named roads"):
        stored(write(tmp_path, [Node(id=1, location=(7.0, 50.0), tags={"amenity": "bench"})]))


def test_xml_is_refused_with_the_way_out() -> None:
    with pytest.raises(Unreadable, match=r"osmium cat map\.osm -o map\.osm\.pbf"):
        stored(b'<?xml version="1.0"?><osm version="0.6"></osm>')
