"""Providers of places: found by themselves, built where they are configured, and Google's client in both its uses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from providers import places
from providers.errors import Misconfigured
from providers.places.base import PlaceQuery
from providers.places.google import GooglePlaces, own_id
from providers.places.overpass import OverpassPlaces
from providers.places.registry import build, discover
from providers.setup import ProviderConfig, Setup
from tests.servers.registers import PLACE_ID, GooglePlacesStandIn
from tests.servers.standin import KEY
from tests.unit.geocoding.cases import CountingLimiter

ONE_FILE = """
from providers.places.base import Place, PlaceQuery, PlacesProvider
from providers.setup import Setup


class Yellow(PlacesProvider):
    name = "yellow_pages"
    attribution = "Yellow Pages"

    def __init__(self, setup: Setup) -> None:
        self.key = setup.config.key

    async def search(self, query: PlaceQuery) -> list[Place]:
        return []
"""


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def test_every_provider_is_found_by_its_name() -> None:
    assert discover() == {"google_places": GooglePlaces, "overpass": OverpassPlaces}


async def test_a_new_file_is_a_new_provider(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, session: aiohttp.ClientSession
) -> None:
    (tmp_path / "yellow.py").write_text(ONE_FILE)
    monkeypatch.setattr(places, "__path__", [*places.__path__, str(tmp_path)])
    assert list(discover()) == ["google_places", "overpass", "yellow_pages"]
    built, lacking = build({"yellow_pages": ProviderConfig(key="k")}, session, CountingLimiter(), "test/1")
    assert list(built) == ["yellow_pages"]
    assert lacking == {
        "google_places": "TRIGPOINT_PROVIDERS__GOOGLE_PLACES__KEY", "overpass": "TRIGPOINT_PROVIDERS__OVERPASS__URL"
    }  # fmt: skip


async def test_each_use_of_google_asks_for_its_own_fields(session: aiohttp.ClientSession) -> None:
    limiter = CountingLimiter()
    async with GooglePlacesStandIn() as server:
        config = ProviderConfig(server.url, KEY, daily=5)
        google = GooglePlaces(Setup(config, session, limiter, "test/1", None))
        entry = await google.entry(PLACE_ID)
        assert entry is not None and (entry.place_id, entry.rating) == (PLACE_ID, 4.5)
        assert await google.entry("ChIJ-nobody") is None
        assert [entry.place_id for entry in await google.entries("Acme")] == [PLACE_ID]
        assert await google.search(PlaceQuery("Acme", 5)) == [], "it has no point"
        masks = [request.headers["X-Goog-FieldMask"].split(",") for request in server.arrivals]
        wrong = GooglePlaces(Setup(ProviderConfig(server.url + "/wrong", KEY), session, limiter, "test/1", None))
        with pytest.raises(Misconfigured, match="404"):
            await wrong.search(PlaceQuery("Acme", 5))
    assert "rating" in masks[0] and "location" not in masks[0]
    assert "places.rating" in masks[2] and "places.location" not in masks[2]
    assert "places.location" in masks[3] and "places.rating" not in masks[3]


@pytest.mark.parametrize(("given", "own"), [("ChIJ1", "ChIJ1"), ("google:ChIJ1", "ChIJ1"), ("osm:node/1", None)])
def test_the_provider_of_an_id(given: str, own: str | None) -> None:
    assert own_id(given) == own
