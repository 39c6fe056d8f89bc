"""business_import on the whole platform: from the file to the results of the website jobs."""

from __future__ import annotations

import io

import aiohttp

from tests import harness
from tests.servers.sites import Sites


async def test_businesses_are_imported_and_their_websites_looked_at(admin: aiohttp.ClientSession) -> None:
    async with Sites(net=32) as sites:
        rows = f"Company,Website\nBakery Miller 0,{sites.url()}\nNowhere,ftp://nowhere.example\n"
        options = {"source": "fair", "priority": "1"}
        async with admin.post("/api/v1/businesses/import", data=io.BytesIO(rows.encode()), params=options) as response:
            assert response.status == 202, await response.text()
            created = await response.json()
        job = await harness.follow(admin, created["jobId"])
        counts = [job["result"][name] for name in ("inserted", "rejected", "jobsCreated")]
        assert (job["status"], counts) == ("completed", [1, 1, 3])

        async def seen() -> bool:
            async with admin.get("/api/v1/businesses?source=fair&hasEmail=true&websiteStatus=ok") as response:
                return bool((await response.json())["total"])

        await harness.eventually(seen)
    async with admin.get(f"/api/v1/jobs/{created['jobId']}/rejected.csv") as response:
        assert (await response.text()).splitlines()[1].startswith("Nowhere,ftp://nowhere.example,bad_website,")
