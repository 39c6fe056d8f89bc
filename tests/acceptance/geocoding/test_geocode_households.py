"""geocode_households, from the request to the last household, on a platform of processes and providers that fail."""

from __future__ import annotations

import asyncio
from collections import Counter

import aiohttp
import asyncpg
import pytest

from app.domain.vocabulary.distance import great_circle_metres
from app.embedded import EmbeddedPostgres
from providers.breaker import FAILURES
from tests import harness
from tests.acceptance.conftest import LOCATIONIQ_KEY, MISSING_STATE, World, mend
from tests.acceptance.geocoding.loaded import Json, account, addresses, create, geocode, household, load, pages
from tests.servers.standin import Fault

FEW = FAILURES - 1
"""Failures in a row after which the provider is still used."""
UNKNOWN = {"address": "1 No Such Road", "city": "Nowhereville", "state": "CA", "zipCode": "00001"}


async def poll(client: aiohttp.ClientSession, job_id: str) -> list[Json]:
    """Poll the job at its interval until it has finished. Returns all responses."""
    seen: list[Json] = []
    async with asyncio.timeout(20):
        while not seen or seen[-1]["completedAt"] is None:
            await asyncio.sleep(seen[-1]["poll_interval_ms"] / 1000 if seen else 0)
            async with client.get(f"/api/v1/jobs/{job_id}") as response:
                assert response.status == 200
                seen.append(await response.json())
    return seen


async def test_two_hundred_households_from_the_request_to_the_result(
    world: World, admin: aiohttp.ClientSession
) -> None:
    await world.nominatim.behave(latency=0.2)
    real = addresses(200, outside=MISSING_STATE)
    await load(admin, "whole", [household(one) for one in real])
    body = {"filters": {"precinctNumber": "whole"}}
    async with admin.post("/api/v1/gis/households/geocode", json=body) as response:
        assert response.status == 202
        created = await response.json()
        assert response.headers["Location"] == f"/api/v1/jobs/{created['jobId']}"
    assert created["message"] == "Geocoding job created for 200 households"
    assert (created["success"], created["estimatedHouseholds"], created["processingStarted"]) == (True, 200, True)

    seen = await poll(admin, created["jobId"])
    assert [job["processedItems"] for job in seen] == sorted(job["processedItems"] for job in seen)
    assert any(0 < job["processedItems"] < 200 for job in seen), "its progress could not be followed"
    done = await account(admin, "whole", seen[-1])
    assert done.job["status"] == "completed"
    assert done.found == Counter({("nominatim", "rooftop"): 200})
    assert done.job["result"]["byProvider"] == {"nominatim": 200}
    for number, address in enumerate(real):
        found = done.households[f"whole-{number}"]
        truth = address["coordinates"]["lat"], address["coordinates"]["lng"]
        assert great_circle_metres(found["latitude"], found["longitude"], *truth) < 100

    postgres = EmbeddedPostgres(world.up.data_dir / "postgres")
    assert postgres.attach()
    conn = await asyncpg.connect(postgres.dsn)
    stored = await conn.fetch("SELECT * FROM households WHERE precinct_number = 'whole'")
    audited = await conn.fetch("SELECT * FROM audit_log WHERE job_id = $1::text::uuid", created["jobId"])
    await conn.close()
    assert len(stored) == 200
    for row in stored:
        shown = done.households[row["external_id"]]
        assert (row["latitude"], row["longitude"]) == (shown["latitude"], shown["longitude"])
        assert (row["geocoding_provider"], row["accuracy"]) == ("nominatim", "rooftop")
    assert [row["action"] for row in audited] == ["HOUSEHOLDS_GEOCODE_QUEUED"]
    assert '"estimatedHouseholds": "200"' in audited[0]["details"]


async def test_an_address_that_a_geocoder_does_not_find_goes_to_the_next(
    world: World, admin: aiohttp.ClientSession
) -> None:
    known, missing = addresses(12, outside=MISSING_STATE), addresses(10, within=MISSING_STATE)
    misspelt = [household(one, address=f"{i} Zzyzx Misspelt Way") for i, one in enumerate(known[:6], start=1)]
    households = [household(one) for one in (*known, *missing)] + misspelt + [UNKNOWN] * 3
    await load(admin, "mixed", households)
    done = await geocode(admin, "mixed")
    # A coarse answer is taken where nobody has a finer one, and is called what it is: LocationIQ's city loses
    # against the offline geocoder's postcode, and neither is a rooftop.
    assert done.found == Counter(
        {("nominatim", "rooftop"): 12, ("locationiq", "rooftop"): 10, ("offline", "postcode"): 6}
    )
    assert sorted(done.errors) == ["mixed-28", "mixed-29", "mixed-30"]
    for reason in done.errors.values():
        assert reason == "nominatim: no match; locationiq: no match; offline: no match"
    assert done.job["result"]["failures"] == {reason: 3}


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        (Fault.SERVER_ERROR, {}),
        (Fault.RATE_LIMITED, {}),
        (Fault.GARBAGE, {}),
        (Fault.CUT_OFF, {}),
        (Fault.RESET, {}),
        (Fault.HANG, {"timeout": 0.3}),
    ],
)
async def test_a_geocoder_that_fails_is_made_up_for(
    world: World, admin: aiohttp.ClientSession, fault: Fault, options: Json
) -> None:
    await world.nominatim.behave(fault)
    await load(admin, fault, [household(one) for one in addresses(FEW, outside=MISSING_STATE)])
    done = await geocode(admin, fault, **options)
    assert done.found == Counter({("locationiq", "rooftop"): FEW})
    assert not done.errors


async def test_a_temporary_failure_is_retried(world: World, admin: aiohttp.ClientSession) -> None:
    await world.nominatim.behave(Fault.RESET, times=3)
    await load(admin, "passing", [household(one) for one in addresses(5, outside=MISSING_STATE)])
    done = await geocode(admin, "passing")
    assert done.found == Counter({("nominatim", "rooftop"): 5})


async def test_the_last_geocoder_is_used_if_all_others_fail(world: World, admin: aiohttp.ClientSession) -> None:
    await world.nominatim.behave(Fault.SERVER_ERROR)
    await world.locationiq.behave(Fault.GARBAGE)
    await load(admin, "resort", [*(household(one) for one in addresses(FEW - 1)), UNKNOWN])
    done = await geocode(admin, "resort")
    assert done.found == Counter({("offline", "postcode"): FEW - 1})
    assert done.errors == {
        f"resort-{FEW - 1}": "nominatim: HTTP 503; locationiq: garbled answer: not JSON; offline: no match"
    }


async def test_one_provider_alone(world: World, admin: aiohttp.ClientSession) -> None:
    known, missing = addresses(3, outside=MISSING_STATE), addresses(2, within=MISSING_STATE)
    await load(admin, "alone", [household(one) for one in (*known, *missing)])
    asked = len(await world.locationiq.queries())
    only_nominatim = await geocode(admin, "alone", providerId="nominatim", useFallback=False)
    assert only_nominatim.found == Counter({("nominatim", "rooftop"): 3})
    assert only_nominatim.errors == {"alone-3": "nominatim: no match", "alone-4": "nominatim: no match"}
    assert len(await world.locationiq.queries()) == asked

    asked = len(await world.nominatim.queries())
    preferred = await geocode(admin, "alone", providerId="locationiq", skipGeocoded=False)
    assert preferred.found == Counter({("locationiq", "rooftop"): 5})
    assert len(await world.nominatim.queries()) == asked


async def test_a_limit_is_kept_and_geocoded_households_are_skipped(world: World, admin: aiohttp.ClientSession) -> None:
    await load(admin, "twice", [household(one) for one in addresses(30, outside=MISSING_STATE)])
    first = await harness.follow(admin, await create(admin, "twice", limit=10))
    assert (first["status"], first["processedItems"], first["totalItems"]) == ("completed", 10, 10)
    located = await pages(admin, "/api/v1/households", "households", precinctNumber="twice", geocoded="true")
    assert len(located) == 10

    asked = len(await world.nominatim.queries())
    assert (await geocode(admin, "twice")).job["processedItems"] == 20
    body = {"filters": {"precinctNumber": "twice"}}
    async with admin.post("/api/v1/gis/households/geocode", json=body) as response:
        assert (response.status, "all have coordinates" in (await response.json())["detail"]) == (409, True)
    assert len(await world.nominatim.queries()) == asked + 20
    assert (await geocode(admin, "twice", skipGeocoded=False)).job["processedItems"] == 30
    assert len(await world.nominatim.queries()) == asked + 50


async def test_an_unknown_provider_is_refused(admin: aiohttp.ClientSession) -> None:
    body = {"filters": {"state": "CA"}, "providerId": "atlantis"}
    async with admin.post("/api/v1/gis/households/geocode", json=body) as response:
        assert response.status == 422
        problem = await response.json()
    assert problem["supportedProviders"] == ["local", "locationiq", "nominatim", "offline"]


async def test_a_provider_without_its_key_is_refused(admin: aiohttp.ClientSession) -> None:
    body = {"filters": {"state": "CA"}, "providerId": "google"}
    async with admin.post("/api/v1/gis/households/geocode", json=body) as response:
        assert response.status == 422
        assert "it is not in TRIGPOINT_GEOCODERS" in (await response.json())["errors"][0]["message"]


async def test_no_key_is_ever_written_down(world: World, admin: aiohttp.ClientSession) -> None:
    """At log level DEBUG, and while the request that carries the key fails in every way it can."""
    responses = ""
    for fault in (Fault.RESET, Fault.CUT_OFF, Fault.GARBAGE, Fault.SERVER_ERROR, Fault.HANG):
        precinct = f"secret-{fault}"
        await world.locationiq.behave(fault)
        await load(admin, precinct, [UNKNOWN] * 2)
        done = await geocode(admin, precinct, providerId="locationiq", timeout=0.3)
        assert len(done.errors) == 2
        responses += str(done)
        await mend(world, admin)
    async with admin.get("/api/v1/jobs", params={"limit": "1000"}) as response:
        responses += await response.text()
    assert {query["key"] for query in await world.locationiq.queries()} == {LOCATIONIQ_KEY}
    assert "job_started" in world.up.log
    for written in (responses, world.up.log, world.up.said):
        assert LOCATIONIQ_KEY not in written
        assert harness.ADMIN_KEY not in written
