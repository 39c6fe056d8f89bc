"""company_enrichment, from the batch to the fields with their sources."""

from __future__ import annotations

import aiohttp

from tests.acceptance.companies.prospects import ended, get, post
from tests.acceptance.conftest import Office


async def test_a_batch_returns_the_documented_response(office: Office, boss: aiohttp.ClientSession) -> None:
    body = {
        "companies": [
            {"business_id": "id1", "business_name": "Company A", "website": office.site.url},
            {"business_id": "id2", "business_name": "Company B"},
        ]
    }
    asked = await post(boss, "/api/enrichment", body)
    assert asked["total"] == 2 and [job["business_id"] for job in asked["jobs"]] == ["id1", "id2"]
    first, second = [await ended(boss, job) for job in asked["jobs"]]
    assert first["sources"]["website"]["status"] == "found" and first["found"] == ["website"]
    assert {source["status"] for source in second["sources"].values()} == {"off"}
    known = (await get(boss, "/api/companies/id1"))["fields"]
    assert known["emails"]["value"] == ["hello@acmewidgets.com"] and known["emails"]["source"] == "website"
    assert known["technologies"]["value"] == ["Stripe"] and known["technologies"]["url"].startswith(office.site.url)
