"""A link on another site cannot create jobs for a visitor who is signed in."""

from __future__ import annotations

import aiohttp

from app.db.core.pool import Pool
from tests.integration.dashboard.conftest import Visitor
from tests.integration.households.calls import call

PATH = "/api/score?lat=21.16&lng=-86.85"


async def test_a_session_and_head_schedule_nothing(
    admin: Visitor, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    page = await admin.get(PATH)
    assert page.status == 200 and '"job":null' in page.text
    async with client.head(PATH) as response:
        assert response.status == 200
    async with admin.session.head(PATH) as response:
        assert response.status == 200
    assert await db_pool.fetchval("SELECT count(*) FROM jobs") == 0
    assert (await call(client, "GET", PATH)).json["job"]["isNew"]
