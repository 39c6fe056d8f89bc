"""A backlog costs nothing: admission reads as much with 100,000 pending jobs as with a few."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
import pytest

from app.db.core.pool import Connection, Pool
from app.db.jobs import admission, ledger
from tests.integration.jobs.claims import Ledger

BACKLOG = 100_000


async def plan(conn: Connection, sql: str, *args: Any) -> dict[str, Any]:
    """The executed plan of a statement, rolled back."""
    transaction = conn.transaction()
    await transaction.start()
    try:
        text = await conn.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", *args)
    finally:
        await transaction.rollback()
    root: dict[str, Any] = orjson.loads(text)[0]["Plan"]
    return root


def nodes(root: dict[str, Any]) -> list[dict[str, Any]]:
    return [root, *(node for child in root.get("Plans", ()) for node in nodes(child))]


def pages(root: dict[str, Any]) -> int:
    return int(root["Shared Hit Blocks"] + root["Shared Read Blocks"])


async def backlog(pool: Pool, user_id: UUID, *, deferred: bool = False) -> None:
    await pool.execute(
        """INSERT INTO jobs (id, kind, queue, data, max_attempts, timeout_seconds, created_by, run_at)
           SELECT gen_random_uuid(), 'scripted', 'scripted', '{}', 1, 1, $1, $3::timestamptz
           FROM generate_series(1, $2)""",
        user_id,
        BACKLOG,
        None if not deferred else await pool.fetchval("SELECT now() + interval '1 h'"),
    )
    await pool.execute("VACUUM ANALYZE jobs")


@pytest.mark.parametrize("deferred", [False, True], ids=["ready", "deferred"])
async def test_admission_reads_no_more_for_a_backlog(db_pool: Pool, admin_id: UUID, deferred: bool) -> None:
    book = await Ledger(db_pool, admin_id).open()
    await book.insert(10)
    async with db_pool.acquire() as conn:
        few = pages(await plan(conn, admission.SELECT))
    await backlog(db_pool, admin_id, deferred=deferred)
    async with db_pool.acquire() as conn:
        root = await plan(conn, admission.SELECT)
    assert pages(root) <= few + 30, "a few index pages more, never the backlog"
    scans = [node for node in nodes(root) if node.get("Relation Name") == "jobs"]
    assert scans and all("Index" in node["Node Type"] for node in scans)


async def test_a_backlog_holds_up_no_other_queue(db_pool: Pool, admin_id: UUID) -> None:
    book = await Ledger(db_pool, admin_id).open()
    await db_pool.execute("INSERT INTO queues (name, route, priority, concurrency) VALUES ('other', 'default', 3, 2)")
    await backlog(db_pool, admin_id)
    others = await book.insert(3)
    await db_pool.execute("UPDATE jobs SET queue = 'other' WHERE id = ANY($1)", others)
    sent = [job_id for dispatch in await book.admit() for job_id in dispatch.job_ids]
    assert set(others[:2]) <= set(sent)
    assert len(sent) == 2 + 5


async def test_claims_and_finishes_go_by_the_primary_key(db_pool: Pool, admin_id: UUID) -> None:
    book = await Ledger(db_pool, admin_id).open()
    await backlog(db_pool, admin_id)
    ids = [row["id"] for row in await db_pool.fetch("SELECT id FROM jobs LIMIT 25")]
    async with db_pool.acquire() as conn:
        claim = await plan(conn, ledger.CLAIM_READY, ids, book.worker_id, 30.0)
        none: list[None] = [None] * len(ids)
        ended = (ids, [1] * len(ids), ["completed"] * len(ids), none, none, [0.0] * len(ids))
        finish = await plan(conn, ledger.FINISH, *ended)
    for root in (claim, finish):
        assert {node["Index Name"] for node in nodes(root) if "Index Name" in node} == {"jobs_pkey"}
        assert not any(node["Node Type"] == "Seq Scan" and node["Relation Name"] == "jobs" for node in nodes(root))
