"""Searching places: businesses and their jobs in one transaction, from Google or from OpenStreetMap."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import aiohttp
import pytest
from aiohttp import web

from app.settings import ProviderSettings, Settings
from tests import harness
from tests.servers.overpass import node, way
from tests.servers.places import KEY, GooglePlacesStandIn, OverpassAroundStandIn, google_place


@pytest.fixture
def google() -> GooglePlacesStandIn:
    places = [google_place(n, f"Bakery {n}", f"http://bakery-{n}.de/") for n in range(1, 25)]
    places[1] |= {"businessStatus": "CLOSED_PERMANENTLY"}
    places[2] = google_place(3, "Bakery 3")
    places[3] = google_place(4, "Bakery 4", "http://[::1")
    return GooglePlacesStandIn(places)


@pytest.fixture
def overpass() -> OverpassAroundStandIn:
    return OverpassAroundStandIn(
        [
            node(1, 52.5, 13.4, shop="bakery", name="Ofen", website="https://ofen.de; https://x.de"),
            way(2, 52.6, 13.4, shop="bakery", name="Korn"),
            node(3, 52.6, 13.4, shop="butcher", name="Wurst"),
        ]
    )


@pytest.fixture
async def settings(
    settings: Settings, google: GooglePlacesStandIn, overpass: OverpassAroundStandIn
) -> AsyncIterator[Settings]:
    app = web.Application()
    app.router.add_post("/v1/places:searchText", google.answer)
    app.router.add_post("/api/interpreter", overpass.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    providers = {"google_places": ProviderSettings(url=url, key=KEY), "overpass": ProviderSettings(url=url)}
    yield settings.model_copy(update={"providers": providers})
    await runner.cleanup()


async def test_google_places_come_with_their_jobs(client: aiohttp.ClientSession, google: GooglePlacesStandIn) -> None:
    asked = {"query": "bakery", "latitude": 52.5, "longitude": 13.4, "maxResults": 23}
    async with client.post("/api/places/search", json=asked) as response:
        assert response.status == 201, await response.text()
        answer = await response.json()
    assert (answer["provider"], answer["attribution"], answer["total"]) == ("google_places", "Google Maps", 23)
    first = answer["businesses"][0]
    assert (first["name"], first["placeId"], first["city"], first["zipCode"], first["country"]) == (
        "Bakery 1", "google:ChIJ1", "Berlin", "10115", "de",
    )  # fmt: skip
    assert answer["jobsEnqueued"] == 3 * 21, "one has no website, and one none that can ever be fetched"
    assert [body.get("pageToken") for body in google.bodies] == [None, "20"]
    assert google.bodies[0]["locationBias"]["circle"]["radius"] == 5000
    assert all("reviews" not in mask and "websiteUri" in mask for mask in google.masks)
    async with client.post("/api/places/search", json=asked) as response:
        assert (await response.json())["jobsEnqueued"] == 0


async def test_openstreetmap_is_used_if_google_fails(
    client: aiohttp.ClientSession, google: GooglePlacesStandIn
) -> None:
    google.status = 429
    asked = {"query": "Bakeries", "latitude": 52.5, "longitude": 13.4}
    async with client.post("/api/places/search", json=asked | {"query": "bakery"}) as response:
        assert response.status == 201, await response.text()
        answer = await response.json()
    assert (answer["provider"], [one["name"] for one in answer["businesses"]]) == ("overpass", ["Ofen", "Korn"])
    assert answer["businesses"][0]["website"] == "https://ofen.de/"
    async with client.post("/api/places/search", json=asked | {"provider": "google_places"}) as response:
        assert response.status == 503


async def test_a_refused_search_names_all_mistakes(client: aiohttp.ClientSession) -> None:
    async with client.post("/api/places/search", json={"query": "x", "radius": 0}) as response:
        assert response.status == 422
        assert {one["field"] for one in (await response.json())["errors"]} == {"query", "radius"}
    async with client.post("/api/places/search", json={"query": "bakery", "provider": "overpass"}) as response:
        assert response.status == 422


async def test_unknown_and_unconfigured_providers_are_told_apart(settings: Settings, admin_id: UUID) -> None:
    configured = settings.model_copy(update={"providers": {"overpass": settings.providers["overpass"]}})
    async with harness.api(configured) as url, harness.session(url, harness.ADMIN_KEY) as client:
        asked = {"query": "bakery", "latitude": 52.5, "longitude": 13.4}
        async with client.post("/api/v1/places/search", json=asked | {"provider": "google_places"}) as response:
            assert response.status == 400, await response.text()
            problem = await response.json()
            assert problem["type"].endswith("not-configured")
            assert problem["missingSettings"] == ["TRIGPOINT_PROVIDERS__GOOGLE_PLACES__KEY"]
        async with client.post("/api/v1/places/search", json=asked | {"provider": "yelp"}) as response:
            assert response.status == 422
            assert (await response.json())["supportedProviders"] == ["overpass"]
    async with (
        harness.api(settings.model_copy(update={"providers": {}})) as url,
        harness.session(url, harness.ADMIN_KEY) as client,
        client.post("/api/v1/places/search", json=asked) as response,
    ):
        assert (response.status, "Retry-After" in response.headers) == (400, False)
        assert len((await response.json())["missingSettings"]) == 2
