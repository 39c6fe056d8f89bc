"""website_validation on the whole platform."""

from __future__ import annotations

import aiohttp

from tests.acceptance.websites.validated import run
from tests.servers.sites import Sites


async def test_a_website_is_there(admin: aiohttp.ClientSession) -> None:
    async with Sites(net=31) as sites:
        job, business = await run(admin, "website_validation", "Bakery Miller 0", sites.url())
    assert (job["status"], job["result"]["websiteStatus"]) == ("completed", "ok")
    assert (business["websiteStatus"], business["websiteEvidence"]["httpStatus"]) == ("ok", 200)


async def test_nobody_is_led_inside(admin: aiohttp.ClientSession) -> None:
    job, business = await run(admin, "website_validation", "Inner", "http://169.254.169.254/latest/")
    assert (job["status"], business["websiteStatus"]) == ("completed", "private_address")
