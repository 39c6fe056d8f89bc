"""The button that undoes an import: shown for imports that wrote something, and confirmed."""

from __future__ import annotations

import aiohttp

from app.db.core.pool import Pool
from app.settings import Settings
from tests import harness
from tests.integration.dashboard.conftest import Visitor

ROWS = b"id,name,category,lat,lon\na,Aldi,supermarket,36.0,-78.9\n"


async def test_an_import_is_undone_from_its_page(
    admin: Visitor, client: aiohttp.ClientSession, settings: Settings, db_pool: Pool
) -> None:
    async with client.post("/api/v1/pois/import", data=ROWS) as response:
        job = (await response.json())["jobId"]
    assert "Undo import" not in (await admin.get(f"/jobs/{job}")).text
    async with harness.worker(settings):
        await harness.follow(client, job)
        assert "Undo import" in (await admin.get(f"/jobs/{job}")).text
        asked = await admin.post(f"/jobs/{job}/undo")
        assert asked.status == 200 and "Undo this import?" in asked.text
        assert await db_pool.fetchval("SELECT count(*) FROM pois") == 1
        assert (await admin.post(f"/jobs/{job}/undo", confirmed="yes")).status == 303

        async def is_undone() -> bool:
            return bool(await db_pool.fetchval("SELECT count(*) FROM pois") == 0)

        await harness.eventually(is_undone)
