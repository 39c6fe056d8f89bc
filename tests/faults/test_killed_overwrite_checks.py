"""A worker that is killed while an import checks what it would overwrite: the next one checks again, from nothing."""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession

from app.db.core.pool import Pool
from app.settings import Settings
from tests import harness, registers
from tests.processes import Platform, Process

ROWS = 20_000
SLOW = """
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$;
CREATE TRIGGER slow AFTER INSERT ON import_seen FOR EACH STATEMENT EXECUTE FUNCTION slow()
"""
"""Each of the four chunks that are checked takes a second, so that the worker is killed between two of them."""


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"uploads_url": (tmp_path / "uploads").as_uri(), "max_items": 100_000})


@asynccontextmanager
async def worker(settings: Settings, folder: Path) -> AsyncIterator[Process]:
    env = Platform(folder).env | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "TRIGPOINT_EXTRA_KINDS": "",
        "TRIGPOINT_UPLOADS_URL": settings.uploads_url,
        "TRIGPOINT_LEASE_SECONDS": "2",
        "WORKER_POLL_INTERVAL": "200",
    }
    process = await Process("worker", [sys.executable, "-m", "arq", "workers.Settings"], env, folder / "log").start()
    try:
        yield process
    finally:
        await process.end(signal.SIGKILL)


async def send(client: ClientSession, rows: list[dict[str, str]]) -> str:
    raw = io.BytesIO(registers.table(rows))
    async with client.post("/api/v1/voters/import", params={"source": "county"}, data=raw) as response:
        assert response.status == 202, await response.text()
        return str((await response.json())["jobId"])


async def stored(pool: Pool) -> list[str]:
    """Return a digest of each table that the import writes."""
    tables = ("voters", "households", "import_seen", "import_changes")
    return [await pool.fetchval(f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {t} AS t") for t in tables]


async def test_a_killed_check_leaves_nothing_half_done(
    settings: Settings, client: ClientSession, db_pool: Pool, tmp_path: Path
) -> None:
    mine = [registers.voter(n) for n in range(ROWS)]
    others = [
        {**row, "last_name": f"Other{n}", "first_name": "X", "birth_date": "1950-01-01", "address": f"{n} Elsewhere Rd"}
        for n, row in enumerate(mine)
    ]
    async with worker(settings, tmp_path):
        first = await harness.follow(client, await send(client, mine), within=60)
        assert first["result"]["inserted"] == ROWS
    before = await stored(db_pool)
    job_id = await send(client, others)
    await db_pool.execute(SLOW)

    async def is_checking() -> bool:
        return bool(await db_pool.fetchval("SELECT EXISTS (SELECT FROM import_seen)"))

    async with worker(settings, tmp_path) as process:
        await harness.eventually(is_checking, within=30)
        await process.end(signal.SIGKILL)
    assert await is_checking(), "it was over before it could be killed"
    await db_pool.execute("DROP FUNCTION slow CASCADE")
    async with worker(settings, tmp_path):
        job = await harness.follow(client, job_id, within=60)
    assert job["status"] == "failed"
    assert f"would overwrite {ROWS:,} of {ROWS:,} records" in job["error"] and "Nothing was changed" in job["error"]
    assert job["result"]["overwrite"]["records"] == ROWS and job["result"]["inserted"] == 0
    assert await stored(db_pool) == before
