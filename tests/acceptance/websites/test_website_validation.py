"""website_validation on the whole platform."""

from __future__ import annotations

import aiohttp

from tests.acceptance.websites.run_job import run_job
from tests.servers.sites import Sites


async def test_a_website_is_there(admin: aiohttp.ClientSession) -> None:
    async with Sites(net=31) as sites:
        job, business = await run_job(admin, "website_validation", "Bakery Miller 0", sites.url())
    assert (job["status"], job["result"]["websiteStatus"]) == ("completed", "ok")
    assert (business["websiteStatus"], business["websiteEvidence"]["httpStatus"]) == ("ok", 200)


async def test_private_addresses_are_not_visited(admin: aiohttp.ClientSession) -> None:
    job, business = await run_job(admin, "website_validation", "Inner", "http://169.254.169.254/latest/")
    assert (job["status"], business["websiteStatus"]) == ("completed", "private_address")
