"""An OpenStreetMap extract: its addresses are rooftops, its interpolation lines ranges, its roads streets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import osmium
import pytest
from osmium.osm.mutable import Node, Relation, Way

from app.settings import Settings
from tests.integration.imports.conftest import Send

OUTLINE = [(-79.0, 35.9), (-78.8, 35.9), (-78.8, 36.1), (-79.0, 36.1)]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"geocoders": ("local", "offline")})


def extract(path: Path) -> bytes:
    def address(number: str, street: str) -> dict[str, str]:
        return {"addr:housenumber": number, "addr:street": street, "addr:postcode": "27701"}

    town = {"type": "boundary", "boundary": "administrative", "admin_level": "8", "name": "Durham"}
    with osmium.SimpleWriter(str(path)) as writer:
        for index, at in enumerate(OUTLINE):
            writer.add_node(Node(id=1 + index, location=at))
        writer.add_node(Node(id=10, location=(-78.9, 36.0), tags=address("12", "North Main Street")))
        writer.add_node(Node(id=11, location=(-78.91, 36.0), tags=address("2", "Oak Lane")))
        writer.add_node(Node(id=12, location=(-78.91, 36.001), tags=address("10", "Oak Lane")))
        writer.add_node(Node(id=13, location=(-78.92, 36.0)))
        writer.add_node(Node(id=14, location=(-78.92, 36.001)))
        writer.add_way(Way(id=20, nodes=[1, 2, 3, 4, 1]))
        writer.add_way(Way(id=21, nodes=[11, 12], tags={"addr:interpolation": "even"}))
        writer.add_way(Way(id=22, nodes=[13, 14], tags={"highway": "residential", "name": "Elm Avenue"}))
        writer.add_way(Way(id=23, nodes=[13, 14], tags={"addr:interpolation": "even"}))
        writer.add_relation(Relation(id=30, members=[("w", 20, "outer")], tags=town))
    return path.read_bytes()


async def test_addresses_lines_and_roads(client: aiohttp.ClientSession, imported: Send, tmp_path: Path) -> None:
    job = await imported("reference", extract(tmp_path / "durham.osm.pbf"), source="osm", state="NC")
    counts = {name: job["result"][name] for name in ("read", "rejected", "inserted")}
    assert counts == {"read": 6, "rejected": 1, "inserted": 5}, job

    async def ask(address: str) -> dict[str, Any]:
        async with client.post("/api/v1/geocode", json={"address": address}) as response:
            assert response.status == 200, await response.text()
            found: dict[str, Any] = await response.json()
            return found

    for address, accuracy, latitude, longitude in (
        ("12 N Main St, Durham, NC 27701", "rooftop", 36.0, -78.9),
        ("12 N Main St, Durham, NC", "rooftop", 36.0, -78.9),
        ("6 Oak Ln, Durham, NC 27701", "interpolated", 36.0005, -78.91),
        ("77 Elm Ave, Durham, NC", "street", 36.0005, -78.92),
    ):
        found = await ask(address)
        assert (found["provider"], found["accuracy"]) == ("local", accuracy), found
        assert (found["latitude"], found["longitude"]) == pytest.approx((latitude, longitude), abs=1e-6)
