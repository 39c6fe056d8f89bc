"""signal_detection, from the request to signals with their evidence, each detected once."""

from __future__ import annotations

import aiohttp

from tests.acceptance.companies.prospects import company, ended, post
from tests.acceptance.conftest import Office


async def test_signals_of_a_site_are_detected_once(office: Office, boss: aiohttp.ClientSession) -> None:
    company_id = await company(boss, office, "Acme (watched)")
    first = await ended(boss, await post(boss, "/api/signals", {"company_id": company_id}))
    kinds = {signal["type"] for signal in first["signals"]}
    assert "hiring" in kinds and "site_change" not in kinds
    hiring = next(signal for signal in first["signals"] if signal["type"] == "hiring")
    assert hiring["evidence"]["quote"] == "We are hiring engineers for our new factory in York."
    assert hiring["evidence"]["url"] == f"{office.site.url}/news"
    second = await ended(boss, await post(boss, "/api/signals", {"company_id": company_id}))
    assert second["new_signals"] == 0 and second["seen_before"] >= first["new_signals"]
