"""company_enrichment takes only the company's own contacts from its site."""

from __future__ import annotations

import aiohttp

from app.settings import Settings
from tests import harness
from tests.integration.households.calls import call
from tests.servers.site import BAKERY, Site


async def test_enrichment_finds_the_contacts_of_the_company_and_not_of_its_web_designer(
    settings: Settings, client: aiohttp.ClientSession
) -> None:
    async with Site({"/": BAKERY}) as site, harness.worker(settings):
        made = await call(client, "POST", "/api/companies", json={"name": "Acme Bakery", "website": site.url})
        company = made.json["id"]
        for path in ("/api/enrichment", "/api/scoring"):
            accepted = await call(client, "POST", path, json={"company_id": company})
            assert accepted.status == 202, accepted.raw
            job = await harness.follow(client, accepted.json["job_id"])
            assert job["status"] == "completed", job
        found = (await call(client, "GET", f"/api/companies/{company}")).json
    values = {name: field["value"] for name, field in found["fields"].items()}
    assert values["profiles"] == {
        "facebook": "https://facebook.com/acmebakery",
        "pinterest": "https://pinterest.com/acmebakery",
    }
    assert sorted(values["emails"]) == ["hello@acmebakery.com", "orders@acmebakery.com"]
    assert values["phones"] == ["+15125550142"]
    assert "webstudio" not in str(values) and "designer" not in str(values)
    [reachable] = [feature for feature in found["score"]["features"] if feature["name"] == "reachable"]
    assert reachable["value"] == 1.0 and reachable["points"] == 10.0
