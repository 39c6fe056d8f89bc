"""website_revalidation on the whole platform."""

from __future__ import annotations

import aiohttp

from tests import harness
from tests.acceptance.websites.run_job import run_job
from tests.servers.sites import Sites


async def test_stale_websites_are_validated_again(admin: aiohttp.ClientSession) -> None:
    async with Sites(net=35) as sites:
        _, business = await run_job(admin, "website_validation", "Bakery Miller 0", sites.url())
        data = {"staleAfterDays": 1e-9, "jobTypes": ["website_validation"]}
        async with admin.post("/api/v1/jobs", json={"type": "website_revalidation", "data": data}) as response:
            assert response.status == 202, await response.text()
            created = await response.json()
        job = await harness.follow(admin, created["jobId"])
        assert job["status"] == "completed" and job["result"]["jobs"] >= 1

        async def checked_again() -> bool:
            async with admin.get(f"/api/v1/businesses/{business['id']}/checks") as response:
                return bool((await response.json())["total"] == 2)

        await harness.eventually(checked_again)
