"""The routes of document 003, with the terms of that document."""

from __future__ import annotations

import aiohttp
import pytest

from app.settings import Settings
from tests import harness
from tests.integration.websites.conftest import add
from tests.servers.sites import Sites


async def test_jobs_run_within_a_request_without_any_worker(client: aiohttp.ClientSession, sites: Sites) -> None:
    business = await add(client, website=sites.url())
    async with client.post("/api/jobs/process", json={"maxJobs": 10, "timeout": 25000}) as response:
        assert response.status == 200, await response.text()
        answer = await response.json()
    assert {name: answer[name] for name in ("processed", "succeeded", "failed", "remaining")} == {
        "processed": 3, "succeeded": 3, "failed": 0, "remaining": 0,
    }  # fmt: skip
    assert {(one["jobType"], one["status"], one["error"]) for one in answer["jobs"]} == {
        (kind, "success", None) for kind in ("website_validation", "email_scraping", "social_scraping")
    }
    [validation] = [job["jobId"] for job in business["jobs"] if job["type"] == "website_validation"]
    async with client.get(f"/api/jobs/{validation}") as response:
        job = await response.json()
    assert (job["businessId"], job["jobType"], job["status"]) == (business["id"], "website_validation", "success")
    assert (job["attempts"], job["maxAttempts"], job["result"]["websiteStatus"]) == (1, 3, "ok")


async def test_status_and_retry(client: aiohttp.ClientSession, sites: Sites) -> None:
    sites.robots = aiohttp.web.Response(text="User-agent: *\nDisallow: /")
    business = await add(client, website=sites.url())
    async with client.post("/api/jobs/process") as response:
        assert (await response.json())["failed"] == 2
    async with client.get("/api/jobs/status") as response:
        status = await response.json()
    assert (status["queued"], status["running"], status["success"], status["failure"]) == (0, 0, 1, 2)
    failure = status["recentFailures"][0]
    assert (failure["businessId"], failure["attempts"], failure["retryCount"]) == (business["id"], 1, 0)
    assert failure["error"].startswith("robots_denied")
    async with client.post("/api/jobs/retry", json={"jobId": failure["id"]}) as response:
        assert (response.status, (await response.json())["status"]) == (202, "queued")
    async with client.post("/api/jobs/retry", json={"jobId": failure["id"]}) as response:
        assert response.status == 409


async def test_others_jobs_are_not_run_for_a_user(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, sites: Sites
) -> None:
    await add(client, website=sites.url())
    async with user_client.post("/api/jobs/process", json={}) as response:
        assert await response.json() == {"processed": 0, "succeeded": 0, "failed": 0, "remaining": 0, "jobs": []}
    async with user_client.post("/api/jobs/process", json={"timeout": 30001}) as response:
        assert response.status == 422


@pytest.mark.parametrize(("secret", "given", "status"), [(None, "x", 404), ("s3", "x", 401), ("s3", "s3", 200)])
async def test_a_cron_needs_the_secret(settings: Settings, secret: str | None, given: str, status: int) -> None:
    chosen = settings.model_copy(update={"cron_secret": secret})
    async with (
        harness.api(chosen) as url,
        harness.session(url, given) as cron,
        cron.get("/api/jobs/process") as response,
    ):
        assert response.status == status
