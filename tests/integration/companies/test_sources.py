"""Registers, directories and search as sources of reports and enrichment, and their failures."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest

from app.settings import ProviderSettings, Settings
from tests import harness
from tests.integration.companies.test_research import check
from tests.integration.households.calls import call
from tests.servers.registers import NUMBER, PLACE_ID, BraveStandIn, CompaniesHouseStandIn, GooglePlacesStandIn
from tests.servers.site import Site
from tests.servers.standin import KEY, Fault

ARTICLE = """<html><head><title>Acme in the news</title></head>
<body><p>Acme Widgets Ltd raised £5 million in January 2026 from Northern Ventures to expand into Germany.</p>
</body></html>"""


@dataclass(frozen=True)
class Registers:
    house: CompaniesHouseStandIn
    places: GooglePlacesStandIn
    brave: BraveStandIn
    settings: Settings


@pytest.fixture
async def registers(settings: Settings) -> AsyncIterator[Registers]:
    async with CompaniesHouseStandIn() as house, GooglePlacesStandIn() as places, BraveStandIn() as brave:
        providers = {
            name: ProviderSettings(url=one.url, key=KEY)
            for name, one in (("companies_house", house), ("google_places", places), ("brave", brave))
        }
        yield Registers(house, places, brave, settings.model_copy(update={"providers": providers}))


async def end(client: aiohttp.ClientSession, path: str, body: object) -> dict[str, object]:
    asked = await call(client, "POST", path, json=body)
    assert asked.status == 202, asked.raw
    job = await harness.follow(client, asked.json["job_id"])
    assert job["status"] == "completed", job
    found: dict[str, object] = job
    return found


async def test_a_report_from_every_kind_of_source(
    client: aiohttp.ClientSession, registers: Registers, site: Site, company: str
) -> None:
    registers.places.website = site.url
    pages = {"/article": ARTICLE, "/other": "<p>About somebody else altogether.</p>"}
    async with Site(pages, "127.0.0.2") as paper:
        registers.brave.news = [f"{paper.url}/article"]
        registers.brave.pages = [f"{paper.url}/other", f"{site.url}/news"]
        async with harness.worker(registers.settings):
            job = await end(client, f"/api/research/{company}", {})
    assert site.asked["/news"] == 1 and paper.asked["/other"] == 1
    result = job["result"]
    assert isinstance(result, dict)
    report = (await call(client, "GET", f"/api/reports/{result['report_id']}")).json
    assert {source["kind"] for source in report["sources"]} == {"website", "registry", "places", "news"}
    assert await check(client, report)
    text = " ".join(claim["text"] for section in report["sections"] for claim in section["claims"])
    assert "incorporated on 1987-04-01" in text
    assert "John Doe resigned as secretary of ACME WIDGETS LTD on 2001-01-01" in text
    assert "raised £5 million in January 2026" in text
    financials = next(section for section in report["sections"] if section["key"] == "financials")
    assert financials["confidence"]["independence"] == 1.0, "the site, the register and a paper"


async def test_enrichment_stores_the_source_of_each_field(
    client: aiohttp.ClientSession, registers: Registers, site: Site, company: str
) -> None:
    registers.places.website = site.url
    async with harness.worker(registers.settings):
        job = await end(client, "/api/enrichment", {"company_id": company})
    assert (job["totalItems"], job["processedItems"], job["failedItems"]) == (3, 3, 0)
    found = (await call(client, "GET", f"/api/companies/{company}")).json
    assert (found["registry_number"], found["place_id"]) == (NUMBER, PLACE_ID)
    fields = found["fields"]
    assert fields["registry_status"]["value"] == "active" and fields["registry_status"]["source"] == "companies_house"
    assert [officer["name"] for officer in fields["officers"]["value"]] == ["Jane Anne Smith"]
    assert fields["phones"]["source"] == "google_places" and fields["phones"]["others"][0]["source"] == "website"
    assert fields["emails"] == {
        "value": ["hello@acmewidgets.com"], "source": "website", "url": f"{site.url}/",
        "fetched_at": fields["emails"]["fetched_at"], "others": [],
    }  # fmt: skip


@pytest.mark.parametrize("place_id", [f"google:{PLACE_ID}", "osm:node/1"])
async def test_enrichment_finds_the_place_of_a_business(
    client: aiohttp.ClientSession, registers: Registers, place_id: str
) -> None:
    business = {"name": "Acme Widgets", "placeId": place_id}
    known = await call(client, "POST", "/api/v1/businesses", json=business)
    made = await call(client, "POST", "/api/companies", json={"business_id": known.json["id"]})
    async with harness.worker(registers.settings):
        job = await end(client, "/api/enrichment", {"company_id": made.json["id"]})
    result = job["result"]
    assert isinstance(result, dict) and result["sources"]["google_places"]["status"] == "found"


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.BAD_KEY])
async def test_a_failing_source_does_not_affect_the_others(
    client: aiohttp.ClientSession, registers: Registers, company: str, fault: Fault
) -> None:
    registers.house.fail(fault)
    async with harness.worker(registers.settings):
        job = await end(client, "/api/enrichment", {"company_id": company})
    result = job["result"]
    assert isinstance(result, dict) and result["sources"]["companies_house"]["status"] == "failed"
    assert result["sources"]["website"]["status"] == "found" and job["failedItems"] == 1
    assert KEY not in str(job)
    errors = job["errorLog"]
    assert isinstance(errors, list) and errors[0]["itemId"] == "companies_house"


async def test_enrichment_scores_a_scored_company_again(
    client: aiohttp.ClientSession, registers: Registers, company: str
) -> None:
    async with harness.worker(registers.settings):
        await end(client, "/api/scoring", {"company_id": company})
        before = (await call(client, "GET", f"/api/companies/{company}")).json["score"]
        await end(client, "/api/enrichment", {"company_id": company})

        async def scored_again() -> bool:
            score = (await call(client, "GET", f"/api/companies/{company}")).json["score"]
            return bool(score["computed_at"] != before["computed_at"])

        await harness.eventually(scored_again)
    score = (await call(client, "GET", f"/api/companies/{company}")).json["score"]
    assert score["score"] > before["score"]
    registered = next(feature for feature in score["features"] if feature["name"] == "registered")
    assert registered["value"] == 1.0 and registered["evidence"][0].endswith(NUMBER)
