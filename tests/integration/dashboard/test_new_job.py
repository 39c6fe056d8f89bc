"""Creating jobs by form, as a browser without scripts does."""

from __future__ import annotations

import re

import aiohttp

from tests.integration.dashboard.conftest import Visitor

ACTION = re.compile(r'action="(/new/poi_import[^"]*)"')
ONCE = re.compile(r'name="once" value="([^"]+)"')
POINTS = b"id,name,category,lat,lon\n1,Shop,cafe,36.1,-78.9\n"


async def jobs(client: aiohttp.ClientSession) -> list[str]:
    async with client.get("/api/v1/jobs") as response:
        return [job["id"] for job in (await response.json())["jobs"]]


async def test_an_upload_with_empty_fields(admin: Visitor, client: aiohttp.ClientSession) -> None:
    found = ACTION.search((await admin.get("/new/poi_import")).text)
    assert found is not None
    action = found[1].replace("&amp;", "&")
    answers = []
    for _ in range(2):
        form = aiohttp.FormData()
        form.add_field("file", POINTS, filename="points.csv")
        for name in ("dryRun", "maxErrors", "maxErrorRate", "source", "priority", "split"):
            form.add_field(name, "")
        async with admin.session.post(action, data=form, allow_redirects=False) as response:
            answers.append((response.status, response.headers.get("location")))
    [job] = await jobs(client)
    assert answers == [(303, f"/jobs/{job}")] * 2


async def test_an_upload_without_a_token_is_refused(admin: Visitor, client: aiohttp.ClientSession) -> None:
    form = aiohttp.FormData()
    form.add_field("file", POINTS, filename="points.csv")
    async with admin.session.post("/new/poi_import", data=form) as response:
        assert response.status == 403
    assert await jobs(client) == []


async def test_submitting_a_form_twice_creates_one_job(admin: Visitor, client: aiohttp.ClientSession) -> None:
    found = ONCE.search((await admin.get("/new/noop")).text)
    assert found is not None
    first = await admin.post("/new/noop", once=found[1], seconds="0.5")
    again = await admin.post("/new/noop", once=found[1], seconds="0.5")
    assert first.location == again.location == f"/jobs/{(await jobs(client))[0]}"
    assert len(await jobs(client)) == 1
    refused = await admin.post("/new/noop", seconds="soon")
    assert refused.status == 422
    assert "Seconds must be a number" in refused.text


async def test_company_research_by_form(admin: Visitor, client: aiohttp.ClientSession) -> None:
    missing = await admin.post("/new/company_research", companyId="no such/thing")
    assert missing.status == 422
    made = await admin.post("/new/company_research", companyId="acme", company_name="Acme Ltd")
    [job] = await jobs(client)
    assert made.location == f"/jobs/{job}"
    async with client.get("/api/v1/jobs") as response:
        assert (await response.json())["jobs"][0]["type"] == "company_research"
    page = (await admin.get("/new")).text
    assert "Company research" in page
    assert "Webhook delivery" not in page


async def test_the_form_of_every_kind_renders(admin: Visitor) -> None:
    kinds = re.findall(r'href="/new/([a-z_]+)"', (await admin.get("/new")).text)
    assert len(kinds) > 10
    for kind in kinds:
        assert (await admin.get(f"/new/{kind}")).status == 200, kind


async def test_geocoding_leads_to_the_new_job(admin: Visitor, client: aiohttp.ClientSession) -> None:
    household = {"externalId": "1", "address": "1 Main St", "city": "Dallas", "state": "TX"}
    async with client.post("/api/v1/households", json=[household]) as response:
        assert response.status == 201
    page = await admin.post("/new/geocode_households", **{"filters.state": "TX", "limit": "5"})
    assert page.location == f"/jobs/{(await jobs(client))[0]}"
