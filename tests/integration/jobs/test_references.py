"""A job that names a record that does not exist is refused when it is created, not when it runs."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

UNKNOWN = "01920000-0000-7000-8000-000000000000"


async def refusal(client: aiohttp.ClientSession, body: Any) -> list[tuple[str, str]]:
    async with client.post("/api/v1/jobs", json=body) as response:
        problem = await response.json()
        assert response.status == 422, problem
    return [(error["field"], error["message"]) for error in problem["errors"]]


@pytest.mark.parametrize(
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
async def test_unknown_records(
    client: aiohttp.ClientSession, kind: str, data: dict[str, Any], field: str, message: str
) -> None:
    [(named, said)] = await refusal(client, {"type": kind, "data": data})
    assert (named, said[: len(message)]) == (field, message)


async def test_one_unknown_record_in_a_list_creates_none(client: aiohttp.ClientSession) -> None:
    body = [{"type": "noop"}, {"type": "company_research", "data": {"companyId": UNKNOWN}}]
    assert await refusal(client, body) == [("1.data.companyId", f"there is no company {UNKNOWN}")]
    async with client.get("/api/v1/jobs") as response:
        assert (await response.json())["total"] == 0


async def test_a_packaged_city_need_not_be_stored(client: aiohttp.ClientSession) -> None:
    async with client.post("/api/v1/jobs", json={"type": "heatmap_compute", "data": {"citySlug": "helsinki"}}) as made:
        assert made.status == 202, await made.text()
