"""What pending jobs wait for, as REST and the page of the job tell it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import aiohttp
import pytest

from app.db.core.pool import Pool
from app.db.jobs import waits
from tests.integration.jobs.claims import Ledger
from tests.integration.jobs.test_admission_plan import backlog, nodes, plan


async def wait_of(client: aiohttp.ClientSession, job_id: UUID) -> dict[str, Any] | None:
    async with client.get(f"/api/v1/jobs/{job_id}") as response:
        assert response.status == 200
        wait: dict[str, Any] | None = (await response.json())["waitsFor"]
        return wait


async def test_the_reasons(client: aiohttp.ClientSession, db_pool: Pool, admin_id: UUID) -> None:
    book = Ledger(db_pool, admin_id)
    await book.open()
    ids = await book.insert(7)
    async with db_pool.acquire() as conn:
        assert await waits.get_situation(conn, admin_id, None) is None
        assert await waits.get_situation(conn, ids[0], UUID(int=1)) is None  # another user's
    wait = await wait_of(client, ids[0])
    assert wait == {
        "reason": "in_line",
        "message": "It is next in the queue scripted; at most 5 jobs run at once.",
        "position": 1,
        "seconds": None,
    }
    last = await wait_of(client, ids[6])
    assert last is not None and last["position"] == 7
    await db_pool.execute("UPDATE queues SET paused_at = now() WHERE name = 'scripted'")
    wait = await wait_of(client, ids[0])
    assert wait is not None and wait["message"] == "The queue scripted is paused."
    await db_pool.execute("UPDATE queues SET paused_at = NULL, concurrency_override = 0 WHERE name = 'scripted'")
    wait = await wait_of(client, ids[0])
    assert wait is not None and wait["reason"] == "limit_zero"
    await db_pool.execute("UPDATE queues SET concurrency_override = NULL WHERE name = 'scripted'")
    await db_pool.execute("UPDATE jobs SET run_at = now() + interval '1 h' WHERE id = $1", ids[1])
    wait = await wait_of(client, ids[1])
    assert wait is not None and wait["reason"] == "due_later"
    await db_pool.execute("DELETE FROM workers")
    wait = await wait_of(client, ids[0])
    assert wait is not None and wait["reason"] == "no_worker"


async def test_the_etag_follows_the_place(client: aiohttp.ClientSession, db_pool: Pool, admin_id: UUID) -> None:
    book = await Ledger(db_pool, admin_id).open()
    first, second = await book.insert(2)
    async with client.get(f"/api/v1/jobs/{second}") as response:
        etag = response.headers["ETag"]
    await db_pool.execute("DELETE FROM jobs WHERE id = $1", first)
    async with client.get(f"/api/v1/jobs/{second}", headers={"If-None-Match": etag}) as response:
        assert response.status == 200
        assert (await response.json())["waitsFor"]["position"] == 1
        etag = response.headers["ETag"]
    async with client.get(f"/api/v1/jobs/{second}", headers={"If-None-Match": etag}) as response:
        assert response.status == 304


@pytest.mark.parametrize("deferred", [False, True], ids=["ready", "deferred"])
async def test_a_backlog_is_not_counted(db_pool: Pool, admin_id: UUID, deferred: bool) -> None:
    book = await Ledger(db_pool, admin_id).open()
    await backlog(db_pool, admin_id, deferred=deferred)
    last = (await book.insert(1))[0]
    async with db_pool.acquire() as conn:
        root = await plan(conn, waits.SELECT, last, None)
    scans = [node for node in nodes(root) if node.get("Relation Name") == "jobs"]
    assert scans and all("Index" in node["Node Type"] for node in scans)
    assert sum(node["Actual Rows"] * node["Actual Loops"] for node in scans) <= 1 + 1000
