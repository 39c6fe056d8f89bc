"""Doubtful households, from the job that finds them to a person's decision and what it changes."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from app.db.core.pool import Pool
from app.db.jobs import retention
from app.settings import Settings
from tests import harness
from tests.integration.households.calls import call
from tests.integration.imports.conftest import Send
from tests.integration.reference.test_lookup import FILE

HOUSEHOLDS = "/api/v1/households"
ROWS = [
    {"id": "tie", "address": "20 Main St", "city": "Durham", "state": "NC", "zipCode": "27701"},
    {"id": "other", "address": "12 Oak Ave", "city": "Durham", "state": "NC", "zipCode": "27703"},
    {"id": "sure", "address": "20 N Main St", "city": "Durham", "state": "NC", "zipCode": "27701"},
]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"geocoders": ("local",)})


async def geocode(client: aiohttp.ClientSession, **options: Any) -> Any:
    body = {"state": "NC", "skipGeocoded": False, **options}
    created = await call(client, "POST", "/api/v1/gis/households/geocode", json=body)
    return await harness.follow(client, created.json["jobId"])


async def queue(client: aiohttp.ClientSession, **query: Any) -> dict[str, Any]:
    answer = await call(client, "GET", f"{HOUSEHOLDS}/review", params=query)
    assert answer.status == 200, answer
    return {one["household"]["externalId"]: one for one in answer.json["households"]}


@pytest.fixture
async def doubtful(imported: Send, client: aiohttp.ClientSession) -> dict[str, Any]:
    await imported("reference", FILE, source="wake")
    assert (await call(client, "POST", HOUSEHOLDS, json=ROWS)).status == 201
    assert (await geocode(client))["result"]["doubts"] == {"ambiguous": 1, "contradictory": 1}
    return await queue(client)


async def decide(client: aiohttp.ClientSession, doubtful: dict[str, Any], which: str, **body: Any) -> Any:
    return await call(client, "POST", f"{HOUSEHOLDS}/{doubtful[which]['household']['id']}/review", json=body)


async def test_what_is_doubtful(
    doubtful: dict[str, Any], client: aiohttp.ClientSession, user_client: aiohttp.ClientSession
) -> None:
    assert set(doubtful) == {"tie", "other"}
    [tie] = doubtful["tie"]["doubts"]
    assert tie["reason"] == "ambiguous"
    assert [one["address"][:10] for one in tie["candidates"]] == ["20 N Main ", "20 S Main "]
    [other] = doubtful["other"]["doubts"]
    assert other["explanation"] == "local found another direction: 12 Oak St, Durham, NC 27703."
    assert set(await queue(client, reason="ambiguous")) == {"tie"}
    seen = await queue(user_client)
    assert "candidates" not in seen["tie"]["doubts"][0], "another user's reference data stay theirs"
    assert (await decide(user_client, doubtful, "tie", decision="pin", candidate=0)).status == 422


async def test_candidates_stay_with_whoever_created_a_job_that_is_archived(
    doubtful: dict[str, Any], user_client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    job = await geocode(user_client)
    assert len((await queue(user_client))["tie"]["doubts"][0]["candidates"]) == 2
    await db_pool.execute("UPDATE jobs SET completed_at = now() - interval '70 days' WHERE completed_at IS NOT NULL")
    await retention.apply(db_pool, {})
    assert await db_pool.fetchval("SELECT count(*) FROM archived_jobs WHERE id = $1::text::uuid", job["id"]) == 1
    assert len((await queue(user_client))["tie"]["doubts"][0]["candidates"]) == 2


async def test_a_candidate_is_pinned_and_kept_as_reference_data(
    doubtful: dict[str, Any], client: aiohttp.ClientSession
) -> None:
    assert (await decide(client, doubtful, "tie", decision="accept")).status == 409, "there is nothing to accept"
    assert (await decide(client, doubtful, "tie", decision="pin", latitude=36)).status == 422
    assert (await decide(client, doubtful, "tie", decision="pin", candidate=2)).status == 422
    pinned = await decide(client, doubtful, "tie", decision="pin", candidate=1)
    assert (pinned.json["geocodingProvider"], pinned.json["accuracy"]) == ("by hand", "rooftop")
    assert set(await queue(client)) == {"other"}
    again = await decide(client, doubtful, "tie", decision="pin", latitude=36.5, longitude=-78.5)
    assert again.status == 200, "a second pin replaces the first"
    listed = await call(client, "GET", "/api/v1/reference")
    [kept] = [source for source in listed.json["sources"] if source["kind"] == "confirmed"]
    assert (kept["name"], kept["rows"], kept["coverage"]) == ("confirmed by people", 1, {"27701": 1})
    asked = await call(client, "POST", "/api/v1/geocode", json="20 Main Street, Durham, NC 27701")
    assert (asked.json["accuracy"], asked.json["latitude"]) == ("rooftop", 36.5)
    assert asked.json["evidence"]["source"] == "confirmed by people"


async def test_what_a_person_confirmed_goes_before_a_file(
    doubtful: dict[str, Any], client: aiohttp.ClientSession
) -> None:
    sure = await call(client, "GET", HOUSEHOLDS, params={"externalId": "sure"})
    path = f"{HOUSEHOLDS}/{sure.json['households'][0]['id']}/location"
    assert (await call(client, "PUT", path, json={"latitude": 36.4, "longitude": -78.4})).status == 200
    asked = await call(client, "POST", "/api/v1/geocode", json="20 N Main St, Durham, NC 27701")
    assert (asked.json["latitude"], asked.json["provider"]) == (36.4, "local")


async def test_what_is_accepted_or_rejected_stays_so(doubtful: dict[str, Any], client: aiohttp.ClientSession) -> None:
    assert (await decide(client, doubtful, "other", decision="accept")).status == 200
    await geocode(client)
    assert "other" not in await queue(client)
    rejected = await decide(client, doubtful, "other", decision="reject")
    assert (rejected.json["geocoded"], rejected.json["latitude"]) == (False, None)
    job = await geocode(client)
    assert any("a person rejected this place" in error["error"] for error in job["errorLog"])
    stored = await call(client, "GET", f"{HOUSEHOLDS}/{doubtful['other']['household']['id']}")
    assert stored.json["geocoded"] is False
    assert "other" not in await queue(client)
    assert (await decide(client, {"x": {"household": {"id": "0" * 32}}}, "x", decision="reject")).status == 404


async def test_many_addresses_at_one_point_and_far_from_their_precinct(
    imported: Send, client: aiohttp.ClientSession
) -> None:
    lines = ["number,street,city,state,zip,lat,lon"]
    lines += [f"{n},Main St,Durham,NC,27701,{36 + n / 100_000},-78.9" for n in range(1, 31)]
    lines += [f"{n},Pile Rd,Durham,NC,27701,36.01,-78.91" for n in range(1, 6)]
    lines += ["1,Far Rd,Durham,NC,27701,36.9,-78.9"]
    await imported("reference", "\n".join(lines).encode(), source="points")
    rows = [
        {"id": line, "address": " ".join(line.split(",")[:2]), "city": "Durham", "state": "NC", "zip": "27701",
         "county": "Durham", "precinctNumber": "7"}
        for line in lines[1:]
    ]  # fmt: skip
    assert (await call(client, "POST", HOUSEHOLDS, json=rows)).status == 201
    assert (await geocode(client))["result"]["doubts"] == {"cluster": 5, "outside": 1}
    piled = await queue(client, reason="cluster")
    [far] = (await queue(client, reason="outside")).values()
    assert far["household"]["address"] == "1 Far Rd"
    assert far["doubts"][0]["explanation"].startswith("It is 100.")
    assert (await geocode(client))["result"]["doubts"] == {"cluster": 5, "outside": 1}
    for found in ({"x": far}, {"x": next(iter(piled.values()))}):
        assert (await decide(client, found, "x", decision="accept")).status == 200
    assert (await geocode(client))["result"]["doubts"] == {"cluster": 4}
