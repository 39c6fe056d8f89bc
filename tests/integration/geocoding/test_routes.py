"""The request that creates a geocoding job."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import orjson
import pytest

from app.db.core.pool import Pool
from app.settings import Settings
from tests import harness
from tests.integration.households.calls import call

GEOCODE = "/api/v1/gis/households/geocode"
WAITING = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'households'::regclass)"
NO_FILTER = {
    "error": "At least one filter must be provided: city, state, zipCode, county or precinctNumber.",
    "supportedFilters": ["city", "state", "zipCode", "county", "precinctNumber"],
}


@pytest.fixture
async def loaded(client: aiohttp.ClientSession) -> None:
    rows = [{"id": str(n), "address": f"{n} Main St", "city": "Concord", "state": "CA"} for n in range(5)]
    assert (await call(client, "POST", "/api/v1/households", json=rows)).status == 201


async def geocode(
    client: aiohttp.ClientSession, body: Any, status: int = 202, key: str | None = None
) -> dict[str, Any]:
    response = await call(client, "POST", GEOCODE, json=body, headers={} if key is None else {"Idempotency-Key": key})
    assert response.status == status, response.raw
    answer: dict[str, Any] = response.json
    return answer


async def job(pool: Pool, job_id: str) -> tuple[Any, dict[str, Any]]:
    row = await pool.fetchrow("SELECT * FROM jobs WHERE id = $1", job_id)
    assert row is not None
    return row, orjson.loads(row["data"])


async def test_the_answer_and_the_job(client: aiohttp.ClientSession, loaded: None, db_pool: Pool) -> None:
    response = await call(client, "POST", GEOCODE, json={"filters": {"city": "Concord", "state": "CA"}, "limit": 3})
    assert response.status == 202
    answer = response.json
    job_id = answer.pop("jobId")
    assert answer == {
        "success": True,
        "message": "Geocoding job created for 3 households",
        "estimatedHouseholds": 3,
        "limit": 3,
        "processingStarted": False,
        "poll_interval_ms": 500,
    }
    assert response.headers["Location"] == f"/api/v1/jobs/{job_id}"
    assert int(response.headers["Retry-After"]) == 1
    assert (await call(client, "GET", response.headers["Location"])).status == 200

    row, data = await job(db_pool, job_id)
    assert (row["kind"], row["queue"], row["total_items"]) == ("geocode_households", "geocode-households", 3)
    filters = {name: value for name, value in data["filters"].items() if value is not None}
    assert filters == {"city": "Concord", "state": "CA"}
    assert (data["limit"], data["skipGeocoded"], data["useFallback"], data["timeout"]) == (3, True, True, 5.0)


async def test_the_audit_entry(client: aiohttp.ClientSession, loaded: None, db_pool: Pool) -> None:
    answer = await geocode(client, {"filters": {"city": "Concord", "state": "CA"}})
    entry = await db_pool.fetchrow("SELECT * FROM audit_log WHERE action = 'HOUSEHOLDS_GEOCODE_QUEUED'")
    assert entry is not None and str(entry["job_id"]) == answer["jobId"]
    assert orjson.loads(entry["details"]) == {
        "city": "Concord",
        "state": "CA",
        "zipCode": None,
        "county": None,
        "precinctNumber": None,
        "limit": "5",
        "estimatedHouseholds": "5",
        "providerId": "default",
        "skipGeocoded": "true",
    }


async def test_filters_at_top_level_and_all_options(client: aiohttp.ClientSession, loaded: None, db_pool: Pool) -> None:
    options = {"providerId": "offline", "skipGeocoded": False, "useFallback": False, "timeout": 2.5}
    options |= {"minAccuracy": "rooftop", "strictOrder": True, "useCache": False}
    answer = await geocode(client, {"city": "concord", "filters": {"state": "California"}, **options})
    assert (answer["estimatedHouseholds"], answer["limit"]) == (5, 5)
    _, data = await job(db_pool, answer["jobId"])
    others = {"zipCode": None, "county": None, "precinctNumber": None}
    assert data == {"filters": {"city": "concord", "state": "California", **others}, "limit": 5, **options}


class TestNothingToGeocode:
    async def test_filters_that_match_nothing(self, client: aiohttp.ClientSession, loaded: None, db_pool: Pool) -> None:
        answer = await geocode(client, {"filters": {"city": "Nowhere"}}, 422)
        assert answer["error"] == "filters: match no household"
        assert answer["supportedFilters"] == NO_FILTER["supportedFilters"]
        assert await db_pool.fetchval("SELECT count(*) FROM jobs") == 0

    async def test_all_have_coordinates(self, client: aiohttp.ClientSession, loaded: None, db_pool: Pool) -> None:
        await db_pool.execute("UPDATE households SET geocoded = true, latitude = 38, longitude = -122")
        answer = await geocode(client, {"city": "Concord"}, 409)
        assert "5 households, which all have coordinates" in answer["error"]
        assert await db_pool.fetchval("SELECT count(*) FROM jobs") == 0
        again = await geocode(client, {"city": "Concord", "skipGeocoded": False})
        assert again["estimatedHouseholds"] == 5

    async def test_a_job_for_later_may_find_some_then(self, client: aiohttp.ClientSession, db_pool: Pool) -> None:
        run_at = datetime.now(UTC) + timedelta(hours=1)
        answer = await geocode(client, {"city": "Concord", "runAt": run_at.isoformat()})
        assert (answer["estimatedHouseholds"], answer["limit"]) == (0, 100_000)
        row, data = await job(db_pool, answer["jobId"])
        assert (row["run_at"], row["total_items"]) == (run_at, None)
        assert data["filters"]["city"] == "Concord" and "runAt" not in data


async def test_run_at(client: aiohttp.ClientSession, loaded: None, db_pool: Pool) -> None:
    run_at = datetime.now(UTC) + timedelta(days=1)
    answer = await geocode(client, {"city": "Concord", "runAt": run_at.isoformat()})
    row, _ = await job(db_pool, answer["jobId"])
    assert (row["run_at"], row["total_items"]) == (run_at, 5)
    await geocode(client, {"city": "Concord", "runAt": "tomorrow"}, 422)


@pytest.mark.parametrize("body", [{}, {"filters": {}}, {"filters": None}, {"city": " "}, {"filters": {"city": None}}])
async def test_without_a_filter(client: aiohttp.ClientSession, body: dict[str, Any]) -> None:
    answer = await geocode(client, body, 400)
    assert {name: answer[name] for name in NO_FILTER} == NO_FILTER


@pytest.mark.parametrize(
    ("body", "status", "named"),
    [
        ([], 400, "object"),
        ({"filters": {"colour": "red", "city": "Concord"}}, 400, "colour"),
        ({"city": "Concord", "colour": "red"}, 400, "colour"),
        ({"city": "Concord", "filters": {"city": "Boston"}}, 400, "city"),
        ({"filters": []}, 422, "filters"),
        ({"filters": {"city": ["Concord"]}}, 422, "filters.city"),
        ({"city": "Concord", "limit": 0}, 422, "limit"),
        ({"city": "Concord", "limit": "many"}, 422, "limit"),
        ({"city": "Concord", "limit": 100_001}, 400, "100,000"),
        ({"city": "Concord", "timeout": 31}, 422, "timeout"),
        ({"city": "Concord", "providerId": "nobody"}, 422, "offline"),
        ({"city": "Concord", "skipGeocoded": "perhaps"}, 422, "skipGeocoded"),
    ],
)
async def test_refusals_name_the_mistake(
    client: aiohttp.ClientSession, db_pool: Pool, body: Any, status: int, named: str
) -> None:
    assert named in (await geocode(client, body, status))["error"]
    assert await db_pool.fetchval("SELECT count(*) FROM jobs") == 0


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({}, "data.filters: must have at least one of city, state, zipCode, county, precinctNumber"),
        ({"filters": {"city": " "}, "limit": 5}, "data.filters: must have at least one of"),
        ({"filters": {"city": "Concord"}, "providerId": "atlantis"}, "there is no geocoder of that name"),
        ({"filters": {"city": "Concord"}, "providerId": "google"}, "TRIGPOINT_PROVIDERS__GOOGLE__KEY is not set"),
    ],
)
async def test_jobs_and_schedules_of_the_kind_are_checked_in_the_same_way(
    client: aiohttp.ClientSession, db_pool: Pool, data: dict[str, Any], says: str
) -> None:
    asked: dict[str, Any] = {"type": "geocode_households", "data": data}
    for path, more in (("/api/v1/jobs", {}), ("/api/v1/schedules", {"name": "nightly", "cron": "0 3 * * *"})):
        response = await call(client, "POST", path, json=asked | more)
        assert response.status == 422 and says in response.json["error"], response.raw
    assert await db_pool.fetchval("SELECT count(*) FROM jobs") == 0


async def test_a_schedule_of_earlier_versions_without_a_filter_still_runs(
    client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    asked = {"name": "all", "cron": "0 3 * * *", "type": "geocode_households", "data": {"filters": {"state": "CA"}}}
    schedule = (await call(client, "POST", "/api/v1/schedules", json=asked)).json
    await db_pool.execute("UPDATE schedules SET data = '{}'")
    made = await call(client, "POST", f"/api/v1/schedules/{schedule['id']}/run")
    assert made.status == 202, made.raw
    _, data = await job(db_pool, made.json["jobId"])
    assert data["filters"]["state"] is None


async def test_without_a_key(client: aiohttp.ClientSession) -> None:
    response = await call(client, "POST", GEOCODE, json={"city": "Concord"}, headers={"Authorization": ""})
    assert response.status == 401


@pytest.mark.usefixtures("loaded")
class TestIdempotency:
    body = {"filters": {"city": "Concord"}}

    async def test_the_first_answer_again(self, client: aiohttp.ClientSession, loaded: None, db_pool: Pool) -> None:
        first = await call(client, "POST", GEOCODE, json=self.body, headers={"Idempotency-Key": "k-1"})
        again = await call(client, "POST", GEOCODE, json=self.body, headers={"Idempotency-Key": '"k-1"'})
        assert (first.status, again.status) == (202, 202)
        assert again.raw == first.raw
        for header in ("Location", "Retry-After", "Content-Type"):
            assert again.headers[header] == first.headers[header]
        assert "Idempotent-Replayed" not in first.headers
        assert again.headers["Idempotent-Replayed"] == "true"
        assert await db_pool.fetchval("SELECT count(*) FROM jobs") == 1

    async def test_another_payload(self, client: aiohttp.ClientSession) -> None:
        await geocode(client, self.body, key="k-1")
        answer = await geocode(client, {"filters": {"state": "CA"}}, 422, key="k-1")
        assert "was already used for a different request" in answer["error"]

    async def test_keys_belong_to_a_user(
        self, client: aiohttp.ClientSession, user_client: aiohttp.ClientSession
    ) -> None:
        mine = await geocode(client, self.body, key="k-1")
        theirs = await geocode(user_client, self.body, key="k-1")
        assert mine["jobId"] != theirs["jobId"]

    async def test_after_an_error_the_key_is_free(self, client: aiohttp.ClientSession) -> None:
        await geocode(client, {}, 400, key="k-1")
        await geocode(client, self.body, key="k-1")

    async def test_bad_keys(self, client: aiohttp.ClientSession) -> None:
        for key in ("", '""', "x" * 256, "schlüssel"):
            await geocode(client, self.body, 400, key=key)
        await geocode(client, self.body, 202, key="x" * 255)

    async def test_still_under_way(self, client: aiohttp.ClientSession, db_pool: Pool) -> None:
        async with db_pool.acquire() as conn, conn.transaction():
            await conn.execute("LOCK TABLE households IN ACCESS EXCLUSIVE MODE")  # holds the first one up
            first = asyncio.create_task(geocode(client, self.body, key="k-1"))
            await harness.eventually(lambda: conn.fetchval(WAITING))
            await geocode(client, self.body, 409, key="k-1")
        assert (await first)["success"]
        assert await db_pool.fetchval("SELECT count(*) FROM jobs") == 1

    async def test_sent_many_times_at_once(self, client: aiohttp.ClientSession, db_pool: Pool) -> None:
        send = [call(client, "POST", GEOCODE, json=self.body, headers={"Idempotency-Key": "k-1"}) for _ in range(10)]
        answers = await asyncio.gather(*send)
        assert {answer.status for answer in answers} <= {202, 409}
        assert await db_pool.fetchval("SELECT count(*) FROM jobs") == 1

    async def test_kept_for_a_day(self, client: aiohttp.ClientSession, db_pool: Pool) -> None:
        first = await geocode(client, self.body, key="k-1")
        await geocode(client, self.body, key="k-2")
        await db_pool.execute("UPDATE idempotency_keys SET created_at = now() - interval '25 hours'")
        second = await geocode(client, self.body, key="k-1")
        assert second["jobId"] != first["jobId"]
        kept = await db_pool.fetch("SELECT key FROM idempotency_keys")
        assert [row["key"] for row in kept] == ["k-1"], "expired ones are cleared away"


async def test_chosen_households(
    client: aiohttp.ClientSession, loaded: None, db_pool: Pool, settings: Settings
) -> None:
    """Ids take the place of a filter, and only those households are geocoded; unknown ids match nothing."""
    ids = [str(row["id"]) for row in await db_pool.fetch("SELECT id FROM households ORDER BY external_id LIMIT 2")]
    unknown = "00000000-0000-7000-8000-000000000000"
    answer = await geocode(client, {"householdIds": [*ids, unknown]})
    assert answer["estimatedHouseholds"] == 2
    _, data = await job(db_pool, answer["jobId"])
    assert data["householdIds"] == [*ids, unknown]
    async with harness.worker(settings):
        await harness.follow(client, answer["jobId"])
    rows = await db_pool.fetch("SELECT id::text FROM households WHERE geocoded AND geocoded_job = $1", answer["jobId"])
    assert sorted(row["id"] for row in rows) == sorted(ids)
    await geocode(client, {"householdIds": [unknown]}, 422)
    await geocode(client, {"householdIds": ids}, 409)
    await geocode(client, {"householdIds": []}, 400)
    await geocode(client, {"householdIds": ["1"]}, 422)
    await geocode(client, {"householdIds": [unknown] * 2_001}, 422)
