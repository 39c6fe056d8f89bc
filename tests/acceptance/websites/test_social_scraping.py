"""social_scraping on the whole platform."""

from __future__ import annotations

import aiohttp

from tests.acceptance.websites.run_job import run_job
from tests.servers.sites import Sites


async def test_profiles_are_found_and_shares_are_not(admin: aiohttp.ClientSession) -> None:
    async with Sites(net=32) as sites:
        job, business = await run_job(admin, "social_scraping", "Bakery Miller 0", sites.url())
    assert (job["status"], job["result"]["socials"]) == ("completed", 2)
    assert {profile["platform"]: profile["url"] for profile in business["socials"]} == {
        "facebook": "https://facebook.com/bakerymiller0",
        "x": "https://x.com/bakerymiller0",
    }
