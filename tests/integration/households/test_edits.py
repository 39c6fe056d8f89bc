"""Correcting households over HTTP: addresses, positions, and what jobs then do with them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import aiohttp
import pytest

from app.db.core.pool import Pool
from app.db.geocoding import cache
from app.db.geocoding.cache import CachedAnswer, NewAnswer
from app.db.households import locations
from app.domain.addresses.postal_address import Address
from app.domain.geocoding.places import GeocodedPlace
from app.domain.households.filters import HouseholdFilters
from app.domain.vocabulary.accuracy import Accuracy
from tests.integration.households.calls import call

HOUSEHOLDS = "/api/v1/households"
GEOCODE = "/api/v1/gis/households/geocode"
ROW = {"id": "h-1", "address": "12 Main St", "city": "Concord", "state": "CA", "zip": "94520"}


@pytest.fixture
async def household(client: aiohttp.ClientSession, db_pool: Pool) -> str:
    assert (await call(client, "POST", HOUSEHOLDS, json=[ROW])).status == 201
    return str(await db_pool.fetchval("SELECT id FROM households"))


async def place(client: aiohttp.ClientSession, household: str, **body: Any) -> Any:
    return await call(client, "PUT", f"{HOUSEHOLDS}/{household}/location", json=body)


async def test_a_household_that_moves_loses_its_coordinates(client: aiohttp.ClientSession, household: str) -> None:
    placed = await place(client, household, latitude=37.9, longitude=-122.0)
    assert (placed.status, placed.json["geocodingProvider"], placed.json["accuracy"]) == (200, "by hand", "rooftop")
    path = f"{HOUSEHOLDS}/{household}"
    kept = await call(client, "PATCH", path, json={"county": "Contra Costa", "unit": "4"})
    assert (kept.json["county"], kept.json["latitude"]) == ("Contra Costa", 37.9)
    moved = await call(client, "PATCH", path, json={"address": "14 Main Street", "zipCode": None})
    assert (moved.json["address"], moved.json["zipCode"]) == ("14 Main Street", None)
    assert (moved.json["geocoded"], moved.json["latitude"], moved.json["accuracy"]) == (False, None, None)
    refused = await call(client, "PATCH", path, json={"state": "Atlantis"})
    assert (refused.status, refused.json["errors"][0]["field"]) == (422, "state")


async def test_jobs_keep_a_position_that_was_set_by_hand(
    client: aiohttp.ClientSession, household: str, db_pool: Pool
) -> None:
    await place(client, household, latitude=37.9, longitude=-122.0)
    refused = await call(client, "POST", GEOCODE, json={"city": "Concord", "skipGeocoded": False})
    assert refused.status == 409
    assert "set by hand" in refused.json["detail"] and "householdIds" in refused.json["detail"]
    named = await call(client, "POST", GEOCODE, json={"householdIds": [household], "skipGeocoded": False})
    assert named.status == 202, named.raw
    concord = HouseholdFilters(city="Concord")
    async with db_pool.acquire() as conn:
        assert await locations.list_batch(conn, concord, False) == []
        assert len(await locations.list_batch(conn, HouseholdFilters(), False, among=[UUID(household)])) == 1


async def test_the_stored_answer_of_a_provider_can_be_chosen(
    client: aiohttp.ClientSession, household: str, db_pool: Pool
) -> None:
    address = Address("12 Main St", "Concord", None, "CA", "94520", "us")
    found = GeocodedPlace(37.8, -122.1, Accuracy.STREET, 0.6, "census", "MAIN ST, CONCORD", 0.7, "© Census")
    async with db_pool.acquire() as conn:
        await cache.upsert(conn, [NewAnswer(address.key, CachedAnswer("census", found), None)])
    chosen = await place(client, household, provider="census")
    assert (chosen.json["latitude"], chosen.json["accuracy"]) == (37.8, "street")
    assert (chosen.json["attribution"], chosen.json["geocodingProvider"]) == ("© Census", "census")
    assert (await place(client, household, provider="nominatim")).status == 409


async def test_a_position_needs_both_degrees_in_range(client: aiohttp.ClientSession, household: str) -> None:
    for body, field in (
        ({}, "latitude"),
        ({"latitude": 1.0}, "longitude"),
        ({"latitude": 91, "longitude": 0}, "latitude"),
        ({"latitude": 1, "longitude": 2, "provider": "census"}, "provider"),
    ):
        refused = await place(client, household, **body)
        assert (refused.status, refused.json["errors"][0]["field"]) == (422, field), body
