"""The pages of reports and of their stored sources."""

from __future__ import annotations

import re
from html import unescape

import aiohttp
import pytest

from app.db.core.pool import Pool
from tests.browser import sales_data
from tests.integration.dashboard.conftest import Visitor


@pytest.fixture
async def report(client: aiohttp.ClientSession, db_pool: Pool) -> str:
    async with client.post("/api/v1/jobs", json={"type": "scripted", "data": {}}) as response:
        job_id = (await response.json())["jobId"]
    async with db_pool.acquire() as conn:
        return await sales_data.insert_report(conn, job_id)


async def test_every_quotation_opens_its_source_with_the_passage(user: Visitor, report: str) -> None:
    page = await user.get(f"/reports/{report}")
    assert page.status == 200
    links = [unescape(link) for link in re.findall(r'href="(/reports/[^"]*/sources/[^"]*#passage)"', page.text)]
    assert len(links) == 3
    passages = []
    for link in links:
        source = await user.get(link.partition("#")[0])
        [passage] = re.findall(r'<mark id="passage">(.*?)</mark>', source.text, re.DOTALL)
        passages.append(" ".join(passage.split()))
    assert passages == [
        "The company was founded in 1998 in Durham, North Carolina",
        "Incorporated on 12 May 1998",
        "Its gearboxes are used in more than 1,200 turbines in eleven countries",
    ]


async def test_other_addresses_of_sources(user: Visitor, report: str) -> None:
    plain = await user.get(f"/reports/{report}/sources/2")
    assert (plain.status, "<mark" in plain.text) == (200, False)
    for query in ("section=overview&claim=99", "section=x&claim=0", "section=overview&claim=-1"):
        assert (await user.get(f"/reports/{report}/sources/S1?{query}")).status == 200
    wrong = await user.get(f"/reports/{report}/sources/2?section=overview&claim=0")
    assert "does not stand in" in wrong.text
    for number in ("S9", "99999999999", "x", "²"):
        assert (await user.get(f"/reports/{report}/sources/{number}")).status == 404
