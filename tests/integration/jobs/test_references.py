"""A job or schedule that names a record that does not exist is refused when it is created, not when it runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from app.db.core.pool import Pool

UNKNOWN = "01920000-0000-7000-8000-000000000000"


async def refusal(
    client: aiohttp.ClientSession, body: Any, path: str = "/api/v1/jobs", method: str = "POST"
) -> list[tuple[str, str]]:
    async with client.request(method, path, json=body) as response:
        problem = await response.json()
        assert response.status == 422, problem
    return [(error["field"], error["message"]) for error in problem["errors"]]


UNKNOWN_RECORDS = pytest.mark.parametrize(
    ("kind", "data", "field", "message"),
    [
        ("company_research", {"companyId": UNKNOWN}, "data.companyId", f"there is no company {UNKNOWN}"),
        ("company_enrichment", {"companyId": UNKNOWN}, "data.companyId", f"there is no company {UNKNOWN}"),
        ("signal_detection", {"companyId": UNKNOWN}, "data.companyId", f"there is no company {UNKNOWN}"),
        ("lead_scoring", {"companyIds": [UNKNOWN]}, "data.companyIds", f"there is no company {UNKNOWN}"),
        ("website_validation", {"businessId": UNKNOWN}, "data.businessId", f"there is no business {UNKNOWN}"),
        ("email_scraping", {"businessId": UNKNOWN}, "data.businessId", f"there is no business {UNKNOWN}"),
        ("social_scraping", {"businessId": UNKNOWN}, "data.businessId", f"there is no business {UNKNOWN}"),
        ("voter_import", {"uploadId": UNKNOWN, "source": "s"}, "data.uploadId", f"there is no upload {UNKNOWN}"),
        ("geocode_file", {"uploadId": UNKNOWN}, "data.uploadId", f"there is no upload {UNKNOWN}"),
        ("heatmap_compute", {"citySlug": "durhem"}, "data.citySlug", "there is no city 'durhem'. Did you mean durham"),
    ],
)


@UNKNOWN_RECORDS
async def test_unknown_records(
    client: aiohttp.ClientSession, kind: str, data: dict[str, Any], field: str, message: str
) -> None:
    [(named, said)] = await refusal(client, {"type": kind, "data": data})
    assert (named, said[: len(message)]) == (field, message)


@UNKNOWN_RECORDS
async def test_unknown_records_of_schedules(
    client: aiohttp.ClientSession, kind: str, data: dict[str, Any], field: str, message: str
) -> None:
    new = {"name": "s", "cron": "0 0 1 1 *", "type": kind, "data": data}
    [(named, said)] = await refusal(client, new, "/api/v1/schedules")
    assert (named, said[: len(message)]) == (field, message)


async def test_records_of_a_schedule_are_checked_when_it_changes_and_when_it_is_run(
    client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    async with client.post("/api/v1/companies", json={"name": "Acme Ltd"}) as response:
        company_id = (await response.json())["id"]
    new = {"name": "s", "cron": "0 0 1 1 *", "type": "signal_detection", "data": {"companyId": company_id}}
    async with client.post("/api/v1/schedules", json=new) as response:
        assert response.status == 201, await response.text()
        path = response.headers["Location"]
    change = {"data": {"companyId": UNKNOWN}}
    assert await refusal(client, change, path, "PATCH") == [("data.companyId", f"there is no company {UNKNOWN}")]
    await db_pool.execute("DELETE FROM companies")
    gone = [("data.companyId", f"there is no company {company_id}")]
    assert await refusal(client, None, f"{path}/run") == gone
    assert await refusal(client, {"priority": 6}, path, "PATCH") == gone
    async with client.patch(path, json={"enabled": False}) as response:
        assert response.status == 200, await response.text()


async def test_a_schedule_may_use_uploads_of_its_owner_alone(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession
) -> None:
    form = aiohttp.FormData()
    form.add_field("file", b"address,city,state,zip\n1 Main St,Durham,NC,27701\n", filename="a.csv")
    form.add_field("runAt", (datetime.now(UTC) + timedelta(days=1)).isoformat())
    async with client.post("/api/v1/gis/geocode-file", data=form) as response:
        assert response.status == 202, await response.text()
        job_id = (await response.json())["jobId"]
    async with client.get(f"/api/v1/jobs/{job_id}") as response:
        data = {"uploadId": (await response.json())["data"]["uploadId"]}
    new = {"name": "s", "cron": "0 0 1 1 *", "type": "geocode_file", "data": data}
    expected = [("data.uploadId", f"there is no upload {data['uploadId']}")]
    assert await refusal(user_client, new, "/api/v1/schedules") == expected
    async with client.post("/api/v1/schedules", json=new) as response:
        assert response.status == 201, await response.text()


async def test_one_unknown_record_in_a_list_creates_none(client: aiohttp.ClientSession) -> None:
    body = [{"type": "noop"}, {"type": "company_research", "data": {"companyId": UNKNOWN}}]
    assert await refusal(client, body) == [("1.data.companyId", f"there is no company {UNKNOWN}")]
    async with client.get("/api/v1/jobs") as response:
        assert (await response.json())["total"] == 0


async def test_a_packaged_city_need_not_be_stored(client: aiohttp.ClientSession) -> None:
    async with client.post("/api/v1/jobs", json={"type": "heatmap_compute", "data": {"citySlug": "helsinki"}}) as made:
        assert made.status == 202, await made.text()


@pytest.mark.parametrize("kind", ["website_validation", "email_scraping", "social_scraping"])
async def test_businesses_whose_websites_are_not_visited(client: aiohttp.ClientSession, kind: str) -> None:
    ids = []
    for new in ({"name": "Without"}, {"name": "Excluded", "website": "excluded.example"}):
        async with client.post("/api/v1/businesses", json=new) as response:
            ids.append((await response.json())["id"])
    async with client.post(
        "/api/v1/business-exclusions", json={"by": "domain", "value": "excluded.example"}
    ) as response:
        assert response.status == 201, await response.text()
    for business_id in ids:
        job = {"type": kind, "data": {"businessId": business_id}}
        problem = f"business {business_id} has no website, or is excluded: not visited"
        assert await refusal(client, job) == [("data.businessId", problem)]
        assert await refusal(client, {"name": "s", "cron": "0 0 1 1 *", **job}, "/api/v1/schedules") == [
            ("data.businessId", problem)
        ]
