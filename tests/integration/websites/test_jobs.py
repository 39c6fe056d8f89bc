"""The three kinds on sites of many sorts: their findings, their results, and that a page is fetched once."""

from __future__ import annotations

import aiohttp
import pytest
from aiohttp import web

from tests import harness
from tests.integration.websites.conftest import add, finished, shown
from tests.servers.sites import PATHS, Content, Sites
from workers.core.worker import Worker

pytestmark = pytest.mark.usefixtures("worker")


async def test_three_jobs_find_all_and_read_each_page_once(client: aiohttp.ClientSession, sites: Sites) -> None:
    business = await add(client, website=sites.url())
    assert {job["type"] for job in business["jobs"]} == {"website_validation", "email_scraping", "social_scraping"}
    jobs = await finished(client, business)
    assert {job["status"] for job in jobs.values()} == {"completed"}
    assert jobs["email_scraping"]["processedItems"] == 1 + len(PATHS)
    found = await shown(client, business)
    assert found["websiteStatus"] == "ok"
    assert found["websiteEvidence"]["title"] == "Bakery Miller 0"
    assert found["websiteEvidence"]["language"] == "en"
    emails = {email["address"]: email for email in found["emails"]}
    assert set(emails) == {"info@bakery-miller-0.de", "orders@bakery-miller-0.de"}
    assert emails["info@bakery-miller-0.de"]["evidence"][0]["method"] == "mailto"
    assert emails["info@bakery-miller-0.de"]["evidence"][0]["page"] == sites.url(path="/contact")
    assert emails["info@bakery-miller-0.de"]["role"] is True
    assert {profile["url"] for profile in found["socials"]} == {
        "https://facebook.com/bakerymiller0",
        "https://x.com/bakerymiller0",
    }
    assert [one["number"] for one in found["phones"]] == ["+12024561111"]
    assert set(sites.asked.values()) == {1}


async def test_a_later_validation_looks_again(client: aiohttp.ClientSession, sites: Sites) -> None:
    business = await add(client, website=sites.url())
    await finished(client, business)
    sites.pages["/"] = web.Response(status=410)
    async with client.post("/api/v1/validations", json={"businessIds": [business["id"]], "priority": 1}) as response:
        assert response.status == 202
        made = await response.json()
    jobs = await finished(client, made)
    assert jobs["website_validation"]["result"]["websiteStatus"] == "gone"
    assert jobs["email_scraping"]["error"] == "gone: HTTP 410"
    async with client.get(f"/api/v1/businesses/{business['id']}/checks") as response:
        history = await response.json()
    assert [check["websiteStatus"] for check in history["checks"]] == ["gone", "ok"]
    assert len((await shown(client, business))["emails"]) == 2, "what was known stays while the site is away"


@pytest.mark.parametrize(
    ("page", "status"),
    [
        ("<title>x.com</title><p>This domain is for sale! Buy this domain.", "parked"),
        (web.Response(status=500), "server_error"),
        (web.Response(status=403), "blocked"),
        (web.Response(text="x", content_type="application/pdf"), "not_html"),
        (web.Response(status=302, headers={"Location": "http://169.254.169.254/"}), "private_address"),
    ],
)
async def test_states_of_websites(
    client: aiohttp.ClientSession, sites: Sites, soon: None, page: str | web.Response, status: str
) -> None:
    sites.pages["/"] = page
    business = await add(client, website=sites.url())
    [validation] = [job["jobId"] for job in business["jobs"] if job["type"] == "website_validation"]
    job = await harness.follow(client, validation)
    assert (job["status"], job["result"]["websiteStatus"]) == ("completed", status)
    assert (await shown(client, business))["websiteStatus"] == status


async def test_a_failure_that_passes_is_not_recorded(client: aiohttp.ClientSession, sites: Sites, soon: None) -> None:
    business = await add(client, website=sites.url())
    plain, failures = sites._content, [web.Response(status=500), web.Response(status=500)]

    def content(host: str, path: str) -> Content:
        return failures.pop() if path in ("/", "/robots.txt") and failures else plain(host, path)

    sites._content = content  # type: ignore[method-assign]
    jobs = await finished(client, business)
    assert jobs["website_validation"]["result"]["websiteStatus"] == "ok"
    assert {job["status"] for job in jobs.values()} == {"completed"}
    async with client.get(f"/api/v1/businesses/{business['id']}/checks") as response:
        history = await response.json()
    assert [check["websiteStatus"] for check in history["checks"]] == ["ok"]


async def test_another_domain_and_robots(client: aiohttp.ClientSession, sites: Sites) -> None:
    sites.pages[sites.url(0)] = web.Response(status=301, headers={"Location": sites.url(1)})
    sites.pages[sites.url(2, "/robots.txt")] = web.Response(text="User-agent: *\nDisallow: /")
    offsite = await finished(client, await add(client, website=sites.url(0)))
    denied = await finished(client, await add(client, website=sites.url(2), name="Other"))
    assert offsite["website_validation"]["result"]["websiteStatus"] == "redirected_offsite"
    assert denied["website_validation"]["result"]["websiteStatus"] == "robots_denied"
    assert denied["social_scraping"]["error"].startswith("robots_denied")


async def test_retry_after_of_a_site_is_respected(client: aiohttp.ClientSession, sites: Sites) -> None:
    answers = iter([web.Response(status=503, headers={"Retry-After": "1"})])
    plain = sites._content
    sites._content = lambda host, path: next(answers, None) or plain(host, path) if path == "/" else plain(host, path)  # type: ignore[method-assign]
    jobs = await finished(client, await add(client, website=sites.url()))
    assert jobs["website_validation"]["result"]["websiteStatus"] == "ok"
    assert {job["attempt"] for job in jobs.values()} == {1}, "to wait is no attempt"


async def test_one_active_job_for_a_business_and_kind(
    client: aiohttp.ClientSession, sites: Sites, worker: Worker
) -> None:
    async with client.post("/api/v1/queues/websites/pause", json={}) as response:
        assert response.status == 200
    business = await add(client, website=sites.url())
    async with client.post("/api/v1/validations", json={"all": True}) as response:
        again = await response.json()
    assert {job["jobId"] for job in again["jobs"]} == {job["jobId"] for job in business["jobs"]}
    assert not any(job["isNew"] for job in again["jobs"])
