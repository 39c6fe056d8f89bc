"""geocode_households against stand-ins: no address is requested twice, and the result reports quality."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import aiohttp

from app.db.core.pool import Pool
from app.db.geocoding import cache as geocode_cache
from app.db.geocoding import claims
from app.db.geocoding.cache import CachedAnswer, NewAnswer
from app.domain.addresses.postal_address import Address
from app.domain.geocoding.places import GeocodedPlace
from app.domain.vocabulary.accuracy import Accuracy
from app.settings import Settings
from tests import harness
from tests.acceptance.geocoding.loaded import Json, account, addresses, household, load
from tests.servers.locationiq import LocationIQStandIn
from tests.servers.nominatim import NominatimStandIn
from tests.servers.standin import Fault

UNKNOWN = {"address": "1 No Such Road", "city": "Nowhereville", "state": "CA", "zipCode": "00001"}


async def create(client: aiohttp.ClientSession, precinct: str, **options: Any) -> str:
    body = {"filters": {"precinctNumber": precinct}, **options}
    async with client.post("/api/v1/gis/households/geocode", json=body) as response:
        assert response.status == 202, await response.text()
        return str((await response.json())["jobId"])


async def geocode(client: aiohttp.ClientSession, precinct: str, **options: Any) -> Json:
    """The result."""
    job = await harness.follow(client, await create(client, precinct, **options))
    assert job["status"] == "completed", job
    assert job["processedItems"] == job["totalItems"]
    result: Json = job["result"]
    return result


def address(one: Json) -> Address:
    return Address(one["address"], one["city"], None, one["state"], one["zipCode"], "us")


async def test_a_second_run_sends_no_requests(
    settings: Settings, client: aiohttp.ClientSession, nominatim: NominatimStandIn, db_pool: Pool
) -> None:
    await load(client, "all", [household(one) for one in addresses(60)])
    async with harness.worker(settings):
        first = await geocode(client, "all")
        asked = len(nominatim.arrivals)
        again = await geocode(client, "all", skipGeocoded=False)
        fresh = await geocode(client, "all", skipGeocoded=False, useCache=False)
    assert first["cache"] == {"hits": 0, "duplicates": 0, "misses": 60, "hitRate": 0.0}
    assert again["cache"] == {"hits": 60, "duplicates": 0, "misses": 0, "hitRate": 1.0}
    assert fresh["cache"]["misses"] == 60
    assert (asked, len(nominatim.arrivals)) == (60, 120)
    for result in (first, again, fresh):
        assert (result["households"], result["geocoded"], result["failed"]) == (60, 60, 0)
        assert result["byAccuracy"] == {"rooftop": 60}
        assert result["confidence"] == [0] * 9 + [60]
    assert await db_pool.fetchval("SELECT count(*) FROM geocode_claims") == 0


async def test_equal_addresses_are_requested_once(
    settings: Settings, client: aiohttp.ClientSession, nominatim: NominatimStandIn
) -> None:
    nominatim.latency = 0.05
    real = [household(one) for one in addresses(10)]
    voters = [{**one, "address": f"{one['address'].upper()}", "unit": str(n)} for one in real for n in range(12)]
    await load(client, "voters", voters)
    async with harness.worker(settings):
        for use_cache in (True, False):
            result = await geocode(client, "voters", skipGeocoded=False, useCache=use_cache)
            assert result["geocoded"] == 120
            assert result["cache"] | {"hits": 0, "duplicates": 0} == {
                "hits": 0,
                "duplicates": 0,
                "misses": 10,
                "hitRate": 0.9167,
            }
    assert len(nominatim.arrivals) == 20


async def test_no_match_is_remembered_an_error_is_not(
    settings: Settings, client: aiohttp.ClientSession, nominatim: NominatimStandIn, locationiq: LocationIQStandIn
) -> None:
    await load(client, "unknown", [UNKNOWN])
    async with harness.worker(settings):
        nominatim.fail(Fault.GARBAGE)
        await geocode(client, "unknown")
        nominatim.fail(None)
        asked = len(nominatim.arrivals), len(locationiq.arrivals)
        job = await harness.follow(client, await create(client, "unknown"))
        assert (len(nominatim.arrivals), len(locationiq.arrivals)) == (asked[0] + 1, asked[1])
        again = await geocode(client, "unknown")
        assert (len(nominatim.arrivals), len(locationiq.arrivals)) == (asked[0] + 1, asked[1])
    assert job["errorLog"][0]["error"] == "nominatim: no match; locationiq: no match; offline: no match"
    assert again["cache"]["hits"] == 1 and again["failures"] == {job["errorLog"][0]["error"]: 1}


async def test_results_are_cached_as_long_as_their_provider_allows(
    settings: Settings,
    client: aiohttp.ClientSession,
    nominatim: NominatimStandIn,
    locationiq: LocationIQStandIn,
    db_pool: Pool,
) -> None:
    await load(client, "one", [household(addresses(1)[0])])
    async with harness.worker(settings):
        await geocode(client, "one")
        await geocode(client, "one", providerId="locationiq", skipGeocoded=False)
        kept = await db_pool.fetch("SELECT provider, expires_at - created_at AS time FROM geocode_cache")
        assert {row["provider"] for row in kept} == {"nominatim", "locationiq"}
        assert {row["time"] for row in kept if row["provider"] == "nominatim"} == {None}
        await db_pool.execute("UPDATE geocode_cache SET expires_at = now() - interval '1 second'")
        await geocode(client, "one", skipGeocoded=False)
    assert (len(nominatim.arrivals), len(locationiq.arrivals)) == (2, 1)
    assert await db_pool.fetchval("SELECT count(*) FROM geocode_cache") == 1, "what has expired goes"


async def test_a_coarse_cached_result_is_not_used_while_another_geocoder_may_be_finer(
    settings: Settings, client: aiohttp.ClientSession, nominatim: NominatimStandIn, locationiq: LocationIQStandIn
) -> None:
    one = addresses(1)[0]
    _, _, road = one["address1"].partition(" ")
    await load(client, "coarse", [household(one, address=f"99999 {road}")])
    async with harness.worker(settings):
        street = await geocode(client, "coarse")
        assert street["byAccuracy"] == {"street": 1} and not locationiq.arrivals
        fine = await geocode(client, "coarse", skipGeocoded=False, minAccuracy="rooftop")
        assert (len(nominatim.arrivals), len(locationiq.arrivals)) == (1, 1)
        assert fine["agreement"] == {"compared": 1, "within100m": 1, "ambiguous": 0, "ambiguousItems": []}
        again = await geocode(client, "coarse", skipGeocoded=False, minAccuracy="rooftop")
    assert (len(nominatim.arrivals), len(locationiq.arrivals)) == (1, 1), "both had their say"
    assert again["cache"]["hits"] == 1 and again["byAccuracy"] == {"street": 1}


async def test_places_far_apart_are_called_ambiguous(
    settings: Settings, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    one = household(addresses(1)[0])
    await load(client, "apart", [one])
    elsewhere = GeocodedPlace(10.0, 10.0, Accuracy.ROOFTOP, 0.5, "nominatim", "another house of that name", None, None)
    async with db_pool.acquire() as conn:
        answer = CachedAnswer("nominatim", elsewhere, ("postcode",))
        await geocode_cache.upsert(conn, [NewAnswer(address(one).key, answer, None)])
    async with harness.worker(settings):
        result = await geocode(client, "apart")
    assert result["byProvider"] == {"locationiq": 1}, "what contradicts the address ends no search"
    assert (result["agreement"]["compared"], result["agreement"]["ambiguous"]) == (1, 1)
    assert len(result["agreement"]["ambiguousItems"]) == 1


async def test_an_address_that_another_worker_is_requesting_is_awaited(
    settings: Settings, client: aiohttp.ClientSession, nominatim: NominatimStandIn, db_pool: Pool
) -> None:
    theirs, orphaned, ours = (household(one) for one in addresses(3))
    await load(client, "shared", [theirs, orphaned, ours])
    other = uuid4()
    async with harness.worker(settings), db_pool.acquire() as conn:
        await claims.claim(conn, other, [address(theirs).key, address(orphaned).key])
        job_id = await create(client, "shared")

        async def one_is_done() -> bool:
            async with client.get(f"/api/v1/jobs/{job_id}") as response:
                return bool((await response.json())["processedItems"] == 1)

        await harness.eventually(one_is_done)
        assert len(nominatim.arrivals) == 1
        place = GeocodedPlace(1.0, 2.0, Accuracy.ROOFTOP, 1.0, "nominatim", "theirs", None, None)
        await geocode_cache.upsert(conn, [NewAnswer(address(theirs).key, CachedAnswer("nominatim", place), None)])
        await claims.release(conn, other, [address(theirs).key])
        # the other worker died over the second one
        await conn.execute("UPDATE geocode_claims SET until = now() WHERE owner = $1", other)
        job = await harness.follow(client, job_id)
    assert job["result"]["geocoded"] == 3
    assert job["result"]["cache"] == {"hits": 1, "duplicates": 0, "misses": 2, "hitRate": 0.3333}
    assert len(nominatim.arrivals) == 2
    assert await db_pool.fetchval("SELECT count(*) FROM geocode_claims") == 0


async def test_another_worker_continues_from_the_checkpoint_of_a_stopped_one(
    settings: Settings, client: aiohttp.ClientSession, nominatim: NominatimStandIn, db_pool: Pool
) -> None:
    nominatim.latency = 0.05
    await load(client, "stopped", [household(one) for one in addresses(300)] + [UNKNOWN])
    job_id = await create(client, "stopped")

    async def some_are_done() -> bool:
        async with client.get(f"/api/v1/jobs/{job_id}") as response:
            return bool((await response.json())["processedItems"] or 0)

    async with harness.worker(settings):
        await harness.eventually(some_are_done)
    async with client.get(f"/api/v1/jobs/{job_id}") as response:
        handed_over = await response.json()
    assert handed_over["status"] == "pending" and 0 < handed_over["processedItems"] < 301
    nominatim.latency = 0.0
    async with harness.worker(settings):
        job = await harness.follow(client, job_id)
    done = await account(client, "stopped", job)
    assert (job["processedItems"], job["failedItems"], job["attempt"]) == (301, 1, 1)
    assert sum(done.found.values()) == 300
    cache = job["result"]["cache"]
    assert cache["hits"] + cache["misses"] == 301
    # only the requests that were in progress when the first worker stopped are repeated
    assert len(nominatim.arrivals) <= 301 + settings.geocode_concurrency + 50


async def test_households_name_the_match_and_the_attribution(settings: Settings, client: aiohttp.ClientSession) -> None:
    await load(client, "told", [household(addresses(1)[0])])
    async with harness.worker(settings):
        await geocode(client, "told")
    async with client.get("/api/v1/households", params={"precinctNumber": "told"}) as response:
        [row] = (await response.json())["households"]
    assert row["matchedAddress"] and "OpenStreetMap" in row["attribution"]
    assert row["rawScore"] is not None


async def test_a_provider_that_is_not_there_fails_the_job_with_the_reason(
    settings: Settings, client: aiohttp.ClientSession
) -> None:
    await load(client, "wrong", [UNKNOWN])
    asked = {"filters": {"precinctNumber": "wrong"}, "providerId": "locationiq"}
    async with client.post("/api/v1/jobs", json={"type": "geocode_households", "data": asked}) as r:
        job_id = (await r.json())["jobId"]
    async with harness.worker(settings.model_copy(update={"geocoders": ("nominatim", "offline")})):
        job = await harness.follow(client, job_id)
    assert job["status"] == "failed"
    assert "geocoder 'locationiq' is not available (it is not in TRIGPOINT_GEOCODERS)" in job["error"]
