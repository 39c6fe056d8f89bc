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


PAGE = """<title>Bakery Miller 0</title><a href="mailto:hello@own-site.com">mail</a>
<p>We have been baking bread and rolls for three generations, and we still do so every morning in the old town.</p>"""


async def test_redirects_by_the_page_itself(client: aiohttp.ClientSession, sites: Sites) -> None:
    noscript = "<noscript><meta http-equiv='refresh' content='0; url={}'></noscript>".format(sites.url(1, "/contact"))
    sites.pages[sites.url(0)] = f"<html><head>{noscript}</head><body>{PAGE * 3}</body></html>"
    sites.pages[sites.url(2)] = "<script>location.replace('/enter')</script>"
    sites.pages[sites.url(2, "/enter")] = "<meta http-equiv=refresh content='1; url=/home'><p>One moment"
    sites.pages[sites.url(2, "/home")] = PAGE
    first, second = await add(client, website=sites.url(0)), await add(client, website=sites.url(2), name="Other")
    for business in (first, second):
        assert {job["status"] for job in (await finished(client, business)).values()} == {"completed"}
    shown_first, shown_second = await shown(client, first), await shown(client, second)
    for found in (shown_first, shown_second):
        assert (found["websiteStatus"], found["websiteEvidence"]["title"]) == ("ok", "Bakery Miller 0")
        assert "hello@own-site.com" in [email["address"] for email in found["emails"]]
    assert shown_first["websiteEvidence"]["redirects"] == []
    evidence = shown_second["websiteEvidence"]
    assert (evidence["finalUrl"], evidence["redirects"]) == (
        sites.url(2, "/home"), [sites.url(2), sites.url(2, "/enter")],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("page", "status"),
    [
        ("<h1>bakery-miller.de is for sale!</h1><a href='mailto:sales@broker.com'>mail</a>", "parked"),
        ("<script>window.onload=function(){window.location.href='/lander'}</script>", "parked"),
        ("<title>404 Not Found</title><h1>404 Not Found</h1><a href='mailto:a@hoster.com'>mail</a>", "gone"),
        ("<title>Robot Challenge Screen</title><a href='mailto:a@hoster.com'>mail</a>", "blocked"),
        (
            "<title>LuckySpin</title>casino, slots, roulette, poker <a href='mailto:a@lucky.com'>mail</a>",
            "taken_over",
        ),
        (web.Response(status=301, headers={"Location": "OTHER"}), "redirected_offsite"),
        ("<meta http-equiv=refresh content='0; url=OTHER'>", "redirected_offsite"),
        ("<script>location.href='OTHER'</script>", "redirected_offsite"),
    ],
)
async def test_contacts_of_others_are_not_stored(
    client: aiohttp.ClientSession, sites: Sites, soon: None, page: str | web.Response, status: str
) -> None:
    other = sites.url(1, "/casino")
    sites.pages[other] = "<title>LuckySpin</title><a href='mailto:vip@luckyspin.com'>mail</a>" + "<p>Play now" * 90
    if isinstance(page, str):
        page = page.replace("OTHER", other)
    else:
        page = web.Response(status=page.status, headers={"Location": other})
    sites.pages[sites.url(0)] = page
    business = await add(client, website=sites.url(0), name="Bakery Miller")
    jobs = await finished(client, business)
    found = await shown(client, business)
    assert (found["websiteStatus"], bool(found["websiteEvidence"]["detail"])) == (status, True)
    assert (found["emails"], found["socials"]) == ([], [])
    assert jobs["email_scraping"]["status"] == jobs["social_scraping"]["status"] == "failed"
    assert jobs["email_scraping"]["error"] == f"{status}: {found['websiteEvidence']['detail']}"


async def test_a_business_that_moved_to_another_domain_keeps_its_contacts(
    client: aiohttp.ClientSession, sites: Sites
) -> None:
    sites.pages[sites.url(0)] = web.Response(status=301, headers={"Location": sites.url(1, "/new")})
    sites.pages[sites.url(1, "/new")] = PAGE.replace("Bakery Miller 0", "Bakery Miller, now by the river")
    business = await add(client, website=sites.url(0), name="Bakery Miller")
    await finished(client, business)
    found = await shown(client, business)
    assert found["websiteStatus"] == "redirected_offsite"
    assert "hello@own-site.com" in [email["address"] for email in found["emails"]]


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
