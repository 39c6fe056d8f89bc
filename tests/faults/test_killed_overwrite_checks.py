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
GATE = 7_421
HOLD = f"""
CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT count(*) FROM import_seen) > (SELECT count(*) FROM arrived) THEN
        PERFORM pg_advisory_xact_lock({GATE});
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER hold AFTER INSERT ON import_seen REFERENCING NEW TABLE AS arrived
    FOR EACH STATEMENT EXECUTE FUNCTION hold()
"""
"""A chunk of a file waits for the lock of the test once the chunk before it is stored, so that the worker can be killed
between the two, whatever the speed of the machine.
"""


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
        first = await harness.follow(client, await send(client, mine))
        assert first["result"]["inserted"] == ROWS
    before = await stored(db_pool)
    job_id = await send(client, others)
    await db_pool.execute(HOLD)

    async def is_held() -> bool:
        return bool(
            await db_pool.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE objid = $1 AND NOT granted)", GATE)
        )

    async with db_pool.acquire() as gate:
        await gate.execute("SELECT pg_advisory_lock($1)", GATE)
        async with worker(settings, tmp_path) as process:
            await harness.eventually(is_held)
            await process.end(signal.SIGKILL)
        assert await db_pool.fetchval("SELECT EXISTS (SELECT FROM import_seen)"), "nothing is left half done"
        await gate.execute("SELECT pg_advisory_unlock($1)", GATE)
    await db_pool.execute("DROP FUNCTION hold CASCADE")
    async with worker(settings, tmp_path):
        job = await harness.follow(client, job_id)
    assert job["status"] == "failed"
    assert f"would overwrite {ROWS:,} of {ROWS:,} records" in job["error"] and "Nothing was changed" in job["error"]
    assert job["result"]["overwrite"]["records"] == ROWS and job["result"]["inserted"] == 0
    assert await stored(db_pool) == before
