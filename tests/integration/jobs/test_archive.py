"""Finished jobs of long ago are archived: out of the tables that run jobs, and readable as before."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import asyncpg
import pytest
from typer.testing import CliRunner
from uuid_utils.compat import uuid7

from app.cli.commands import app
from app.db.core.pool import Pool
from app.db.jobs import retention
from app.domain.jobs.retention import BY_NAME, RETENTIONS
from tests.integration.households.calls import call
from tests.integration.jobs.test_actions import JOBS, create, events

OLD = "now() - interval '70 days'"
END = f"""UPDATE jobs SET status = $2, created_at = {OLD}, started_at = {OLD}, completed_at = {OLD}, attempt = 1,
              result = '{{"done": true}}', processed_items = 2, failed_items = 1 WHERE id = $1::text::uuid"""
EVENT = "INSERT INTO job_events (job_id, event, attempt, fence) VALUES ($1::text::uuid, 'completed', 1, 1)"
ERROR = "INSERT INTO job_errors (job_id, item_id, error) VALUES ($1::text::uuid, 'item', 'no such place')"


async def old_job(client: aiohttp.ClientSession, pool: Pool, status: str = "completed", **data: Any) -> str:
    """Create a job that ended long ago, with an event and an item error."""
    job_id = await create(client, data)
    await pool.execute(END, job_id, status)
    await pool.execute(EVENT, job_id)
    await pool.execute(ERROR, job_id)
    return job_id


async def ids(client: aiohttp.ClientSession, query: str = "") -> list[str]:
    return [job["id"] for job in (await call(client, "GET", f"{JOBS}?{query}")).json["jobs"]]


async def test_old_jobs_are_archived_and_read_as_before(
    client: aiohttp.ClientSession, user_client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    old, recent = await old_job(client, db_pool, n=1), await create(client, {"n": 2})
    before = (await call(client, "GET", f"{JOBS}/{old}")).json
    assert before.pop("archived") is False
    assert await retention.apply(db_pool, {}) == {"jobs": 1}
    assert await db_pool.fetchval("SELECT count(*) FROM jobs WHERE id = $1::text::uuid", old) == 0
    after = (await call(client, "GET", f"{JOBS}/{old}")).json
    assert after.pop("archived") is True
    assert after == before
    assert await events(client, old) == ["created", "completed"]
    errors = (await call(client, "GET", f"{JOBS}/{old}/errors")).json
    assert [error["error"] for error in errors["errors"]] == ["no such place"]
    assert await ids(client) == [recent]
    assert await ids(client, "archived=true") == [old]
    assert await ids(client, "archived=true&q=nothing+like+it") == []
    assert await ids(client, "archived=true&status=completed&type=scripted") == [old]
    assert await ids(client, "archived=true&status=failed") == []
    assert (await call(user_client, "GET", f"{JOBS}/{old}")).status == 404
    assert await ids(user_client, "archived=true") == []


async def test_an_archived_job_is_deleted_and_not_retried(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    old = await old_job(client, db_pool, "failed")
    await retention.apply(db_pool, {})
    refused = await call(client, "POST", f"{JOBS}/{old}/retry")
    assert (refused.status, refused.json["detail"]) == (
        409,
        f"Cannot retry job {old}: it is archived. Create a new job.",
    )
    assert (await call(client, "POST", f"{JOBS}/{old}/cancel")).status == 409
    async with client.delete(f"{JOBS}/{old}") as response:
        assert response.status == 204
    assert (await call(client, "GET", f"{JOBS}/{old}")).status == 404
    for table in ("archived_jobs", "job_events", "job_errors"):
        assert await db_pool.fetchval(f"SELECT count(*) FROM {table}") == 0, table


async def test_what_is_unfinished_recent_or_of_this_month_stays(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    waiting, recent = await create(client), await old_job(client, db_pool)
    await db_pool.execute("UPDATE jobs SET created_at = now() - interval '1 year' WHERE id = $1::text::uuid", waiting)
    await db_pool.execute("UPDATE jobs SET completed_at = now() WHERE id = $1::text::uuid", recent)
    assert await retention.apply(db_pool, {"jobs": 1}) == {}
    assert len(await ids(client)) == 2
    assert await retention.apply(db_pool, {"jobs": 0}) == {}


async def test_a_webhook_of_an_archived_job_is_still_delivered(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    from app.db.jobs import webhooks

    old = await old_job(client, db_pool)
    endpoint = uuid7()
    await db_pool.execute(
        """INSERT INTO webhook_endpoints (id, user_id, url, secret)
           SELECT $1, created_by, 'https://x.example', 's' FROM jobs""",
        endpoint,
    )
    job_id = await db_pool.fetchval("SELECT id FROM jobs")
    async with db_pool.acquire() as conn:
        before = await webhooks.find_delivery(conn, endpoint, job_id)
        await retention.apply(db_pool, {})
        assert await webhooks.find_delivery(conn, endpoint, job_id) == before is not None
    assert str(job_id) == old


async def test_parts_of_jobs_go_when_their_period_is_over(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    """The ids of parts are as old as their job, so the job gets an old one, which no function may set."""
    old, recent = await old_job(client, db_pool), await old_job(client, db_pool)
    past = "01800000" + old[8:]
    await db_pool.execute("UPDATE jobs SET id = $2::text::uuid WHERE id = $1::text::uuid", old, past)
    for table in ("job_events", "job_errors"):
        await db_pool.execute(f"UPDATE {table} SET job_id = $2::text::uuid WHERE job_id = $1::text::uuid", old, past)
    row = "INSERT INTO import_rejects (job_id, line, cells, code, error) SELECT id, 1, '{Doe}', 'x', 'y' FROM jobs"
    await db_pool.execute(row)
    periods = {name: 0.0 for name in BY_NAME} | {"events": 40.0, "item_errors": 40.0, "rejected_rows": 90.0}
    assert await retention.apply(db_pool, periods) == {"events": 1, "item_errors": 1}
    await db_pool.execute("UPDATE jobs SET completed_at = now() - interval '100 days'")
    assert await retention.apply(db_pool, {**periods, "archived_jobs": 0}) == {"rejected_rows": 1}
    left = await db_pool.fetch("SELECT job_id::text FROM import_rejects")
    assert [row["job_id"] for row in left] == [recent]


async def test_archived_jobs_go_with_everything_of_theirs(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    await old_job(client, db_pool)
    await retention.apply(db_pool, {"archived_jobs": 80})
    assert await db_pool.fetchval("SELECT count(*) FROM archived_jobs") == 1
    assert await retention.apply(db_pool, {"archived_jobs": 60}) == {"archived_jobs": 1}
    for table in ("archived_jobs", "job_events", "job_errors"):
        assert await db_pool.fetchval(f"SELECT count(*) FROM {table}") == 0, table


async def test_every_kind_of_data_has_a_rule_that_runs(db_pool: Pool) -> None:
    assert set(retention.TABLES) == set(BY_NAME)
    assert await retention.apply(db_pool, {kind.name: 100.0 for kind in RETENTIONS}) == {}
    async with db_pool.acquire() as conn:
        found = await retention.list_holdings(conn, {"audit": 100})
    assert [(holding.retention.name, holding.due) for holding in found if holding.due is not None] == [
        ("jobs", 0),
        ("rejected_rows", 0),
        ("geocoded_rows", 0),
        ("page_cache", 0),
        ("audit", 0),
    ]


async def test_nothing_hot_reads_the_archive(client: aiohttp.ClientSession, db_pool: Pool) -> None:
    """Jobs are created, listed and counted while the archive is locked."""
    async with db_pool.acquire() as conn, conn.transaction():
        await conn.execute("LOCK TABLE archived_jobs IN ACCESS EXCLUSIVE MODE")
        job_id = await create(client)
        assert await ids(client) == [job_id]
        assert (await call(client, "GET", f"{JOBS}/{job_id}")).status == 200
        assert (await call(client, "GET", "/api/v1/queues")).status == 200


async def test_parts_of_an_archived_job_stay_until_their_period_after_its_end(
    client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    old = await old_job(client, db_pool)
    await retention.apply(db_pool, {})
    past = "01800000" + old[8:]
    await db_pool.execute("UPDATE archived_jobs SET id = $1::text::uuid", past)
    await db_pool.execute("UPDATE job_events SET job_id = $1::text::uuid", past)
    assert await retention.apply(db_pool, {"events": 80}) == {}
    assert await retention.apply(db_pool, {"events": 60}) == {"events": 1}


async def test_pruning_shows_what_is_due_and_asks(
    client: aiohttp.ClientSession, db_pool: Pool, database_url: str
) -> None:
    await old_job(client, db_pool)

    async def prune(*arguments: str) -> tuple[int, str]:
        env = {"DATABASE_URL": database_url}
        result = await asyncio.to_thread(CliRunner().invoke, app, ["prune", *arguments], env=env)
        return result.exit_code, result.output

    code, said = await prune()
    assert code == 1 and "Nothing was changed. Pass --yes" in said and "archived_jobs" in said, said
    code, said = await prune("--dry-run")
    assert code == 0 and await db_pool.fetchval("SELECT count(*) FROM jobs") == 1
    code, said = await prune("--yes")
    assert code == 0 and "Archived or deleted: 1 row" in said, said
    assert await db_pool.fetchval("SELECT count(*) FROM archived_jobs") == 1
    assert (await prune())[0] == 0, "nothing is due, so that nothing is asked"


async def test_a_kind_that_fails_does_not_keep_others_from_their_turn(
    client: aiohttp.ClientSession, db_pool: Pool
) -> None:
    old = await old_job(client, db_pool)
    past = "01800000" + old[8:]
    for table, column in (("jobs", "id"), ("job_events", "job_id")):
        await db_pool.execute(f"UPDATE {table} SET {column} = $1::text::uuid", past)
    await db_pool.execute(
        """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$;
           CREATE TRIGGER refuse BEFORE INSERT ON archived_jobs FOR EACH ROW EXECUTE FUNCTION refuse()"""
    )
    with pytest.raises(asyncpg.RaiseError, match="refused"):
        await retention.apply(db_pool, {"events": 60})
    assert await db_pool.fetchval("SELECT count(*) FROM job_events") == 0
