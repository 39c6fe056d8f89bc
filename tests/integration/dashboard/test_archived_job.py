"""The page of an archived job offers what an archived job allows."""

from __future__ import annotations

import aiohttp

from app.db.core.pool import Pool
from app.db.jobs import retention
from tests.integration.dashboard.conftest import Visitor
from tests.integration.jobs.test_archive import old_job


async def test_an_archived_job_is_not_offered_a_retry(
    admin: Visitor, client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    page = f"/jobs/{await old_job(client, db_pool, 'failed')}"
    live = (await admin.get(page)).text
    assert f"{page}/retry" in live and "Archived:" not in live
    await retention.apply(db_pool, {})
    archived = (await admin.get(page)).text
    assert f"{page}/retry" not in archived and "Archived: it cannot run again." in archived
    assert f"{page}/delete" in archived
