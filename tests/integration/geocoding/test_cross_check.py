"""A second geocoder is asked for a sample; what it says is in the result and in the queue of doubtful households."""

from __future__ import annotations

import aiohttp

from app.db.core.pool import Pool
from app.db.geocoding import cache as geocode_cache
from app.db.geocoding.cache import CachedAnswer, NewAnswer
from app.domain.geocoding.places import GeocodedPlace
from app.domain.vocabulary.accuracy import Accuracy
from app.settings import Settings
from tests import harness
from tests.acceptance.geocoding.loaded import addresses, household, load
from tests.integration.geocoding.test_job import address, geocode
from tests.servers.locationiq import LocationIQStandIn
from tests.servers.nominatim import NominatimStandIn


async def test_a_second_geocoder_agrees(
    settings: Settings, client: aiohttp.ClientSession, nominatim: NominatimStandIn, locationiq: LocationIQStandIn
) -> None:
    await load(client, "all", [household(one) for one in addresses(12)])
    async with harness.worker(settings):
        result = await geocode(client, "all", crossCheck=1)
        part = await geocode(client, "all", crossCheck=0.4, skipGeocoded=False, useCache=False)
        without = await geocode(client, "all", skipGeocoded=False)
    assert result["byProvider"] == {"nominatim": 12}, "what was found first is kept"
    assert result["crossCheck"] == {
        "share": 1, "asked": 12, "compared": 12, "within100m": 12, "beyond1km": 0, "notFound": 0,
        "byProvider": {"locationiq": 12},
    }  # fmt: skip
    assert 0 < part["crossCheck"]["asked"] < 12
    assert len(locationiq.arrivals) == 12 + part["crossCheck"]["asked"]
    assert without["crossCheck"] is None
    assert result["shares"] == {"rooftop": 100.0}


async def test_a_second_geocoder_that_disagrees(
    settings: Settings, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    one = household(addresses(1)[0])
    await load(client, "apart", [one])
    elsewhere = GeocodedPlace(10.0, 10.0, Accuracy.ROOFTOP, 1.0, "nominatim", "that house elsewhere", None, None)
    async with db_pool.acquire() as conn:
        await geocode_cache.upsert(conn, [NewAnswer(address(one).key, CachedAnswer("nominatim", elsewhere, ()), None)])
    async with harness.worker(settings):
        result = await geocode(client, "apart", crossCheck=1)
    assert (result["crossCheck"]["compared"], result["crossCheck"]["beyond1km"]) == (1, 1)
    assert result["doubts"] == {"disagreement": 1}
    async with client.get("/api/v1/households/review", params={"reason": "disagreement"}) as response:
        page = await response.json()
    [doubtful] = page["households"]
    assert doubtful["doubts"][0]["otherProvider"] == "locationiq"
    assert page["byReason"] == {"disagreement": 1}


async def test_shares_are_checked(client: aiohttp.ClientSession) -> None:
    for wrong in (-0.1, 1.1, "some"):
        body = {"filters": {"city": "Troy"}, "crossCheck": wrong}
        async with client.post("/api/v1/gis/households/geocode", json=body) as response:
            assert response.status == 422
