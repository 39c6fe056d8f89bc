"""Admission reads as few rows with 100,000 pending jobs as with a few."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
import pytest

from app.db.core.pool import Connection, Pool
from app.db.jobs import admission, ledger, waiting
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


async def backlog(pool: Pool, *user_ids: UUID, deferred: bool = False) -> None:
    """Insert BACKLOG jobs, shared among these users."""
    await pool.execute(
        """INSERT INTO jobs (id, kind, queue, data, max_attempts, timeout_seconds, created_by, run_at)
           SELECT gen_random_uuid(), 'scripted', 'scripted', '{}', 1, 1, u.id, $3::timestamptz
           FROM generate_series(1, $2) AS n
           JOIN unnest($1::uuid[]) WITH ORDINALITY AS u (id, number) ON u.number = 1 + n % cardinality($1)""",
        user_ids,
        BACKLOG,
        None if not deferred else await pool.fetchval("SELECT now() + interval '1 h'"),
        timeout=300,
    )
    await pool.execute("VACUUM ANALYZE jobs", timeout=300)


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


async def insert_users(pool: Pool, number: int) -> list[UUID]:
    rows = await pool.fetch(
        """INSERT INTO users (id, email, name, role)
           SELECT gen_random_uuid(), n || '@example.org', 'user ' || n, 'user' FROM generate_series(1, $1) AS n
           RETURNING id""",
        number,
    )
    return [row["id"] for row in rows]


@pytest.mark.parametrize("users", [2, 10_000])
@pytest.mark.parametrize("served", [False, True], ids=["first", "later"])
async def test_turns_read_no_more_for_many_users(db_pool: Pool, admin_id: UUID, users: int, served: bool) -> None:
    """For 5 jobs, 13 users are read along one index, whatever waits: one probe each, and one for their jobs."""
    book = await Ledger(db_pool, admin_id).open()
    user_ids = await insert_users(db_pool, users)
    await backlog(db_pool, *user_ids)
    ids = await db_pool.fetch("SELECT id FROM jobs ORDER BY id LIMIT 6")
    args = (["scripted"], [5], [ids[-1]["id"]], [5], [max(user_ids) if served else waiting.NIL])
    async with db_pool.acquire() as conn:
        oldest, root = await plan(conn, admission.SELECT), await plan(conn, admission.SELECT_TURNS, *args)
    scans = [node for node in nodes(root) if node.get("Relation Name") == "jobs"]
    assert {node["Index Name"] for node in scans} == {"jobs_turns_idx", "jobs_slots_idx"}
    assert sum(node["Actual Rows"] * node["Actual Loops"] for node in scans) <= 2 * 13 + 5 * waiting.SHARES
    assert pages(root) <= 300
    scans = [node for node in nodes(oldest) if node.get("Relation Name") == "jobs" and node["Actual Loops"]]
    assert {node["Index Name"] for node in scans} == {"jobs_ready_idx", "jobs_turns_idx", "jobs_slots_idx"}
    assert sum(node["Actual Rows"] * node["Actual Loops"] for node in scans) <= 6 + 2
    assert len((await book.admit())[0].job_ids) == 5


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
