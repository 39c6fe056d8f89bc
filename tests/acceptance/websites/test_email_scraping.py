"""email_scraping on the whole platform, and through the death of a worker."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import aiohttp

from tests import harness
from tests.acceptance.websites.run_job import run_job
from tests.processes import platform
from tests.servers.sites import PATHS, Sites


async def test_addresses_are_found(admin: aiohttp.ClientSession) -> None:
    async with Sites(net=33) as sites:
        job, business = await run_job(admin, "email_scraping", "Bakery Miller 0", sites.url())
    assert (job["status"], job["result"]["emails"], job["processedItems"]) == ("completed", 2, 1 + len(PATHS))
    assert [email["address"] for email in business["emails"]] == [
        "info@bakery-miller-0.de",
        "orders@bakery-miller-0.de",
    ]


async def test_a_killed_worker_loses_nothing_and_no_page_is_read_twice(tmp_path: Path) -> None:
    env = {
        "TRIGPOINT_FETCH_ALLOW": "127.34.0.0/16",
        "TRIGPOINT_FETCH_GAP_SECONDS": "0.2",
        "TRIGPOINT_LEASE_SECONDS": "2",
        "TRIGPOINT_MX_LOOKUPS": "false",
    }
    async with (
        Sites(8, net=34) as sites,
        platform(tmp_path, workers=1, durable=False, env=env) as running,
        harness.session(running.url, harness.ADMIN_KEY) as client,
    ):
        given = [{"name": f"Bakery Miller {n}", "website": sites.url(n)} for n in range(8)]
        async with client.post("/api/v1/businesses", json=given) as response:
            assert response.status == 201, await response.text()
            made: dict[str, Any] = await response.json()

        async def midway() -> bool:
            return len(sites.log) >= 20

        await harness.eventually(midway)
        await running.workers[0].end(signal.SIGKILL)
        asked = set(sites.asked)
        await running.start_worker()
        jobs = [
            await harness.follow(client, job["jobId"]) for business in made["businesses"] for job in business["jobs"]
        ]
        assert {job["status"] for job in jobs} == {"completed"}
        assert {job["attempt"] for job in jobs} == {1}
        again = [url for url, times in sites.asked.items() if times > 1]
        # the request that the kill interrupted is repeated, and each host gets one request at a time
        assert len(again) <= 8 and set(again) <= asked
        assert max(sites.asked.values()) <= 2
        assert len(sites.asked) == 8 * (2 + len(PATHS))
        async with client.get("/api/v1/businesses?hasEmail=true&hasSocial=true&websiteStatus=ok") as response:
            assert (await response.json())["total"] == 8
