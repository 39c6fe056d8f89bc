"""Workers that stop during an import: the tables end up as after an undisturbed run."""

from __future__ import annotations

import aiohttp
import asyncpg
import pytest

from app.db.core.pool import Pool
from app.settings import Settings
from tests import harness, registers
from tests.integration.imports.conftest import Send

ROWS = 16_000
KEPT = "record_id, protected, last_name, birth_date, address, unit, city, state, zip_code, extra, row_hash"


def a_file() -> bytes:
    rows = [registers.voter(n) for n in range(ROWS)]
    rows[100]["voter_id"] = ""
    rows[9_000]["voter_id"] = ""
    rows[12_000] = dict(rows[11])
    rows[15_000]["birth_date"] = "never"
    return registers.table(rows)


async def stored(pool: Pool, source: str) -> list[asyncpg.Record]:
    return await pool.fetch(
        f"""SELECT {KEPT}, (SELECT address_key FROM households AS h WHERE h.id = v.household_id) AS home
            FROM voters AS v WHERE source = $1 ORDER BY record_id""",
        source,
    )


@pytest.mark.parametrize("again", [False, True])
async def test_an_import_that_is_stopped_repeatedly_ends_like_an_undisturbed_one(
    again: bool, client: aiohttp.ClientSession, send: Send, settings: Settings, db_pool: Pool
) -> None:
    settings = settings.model_copy(update={"shutdown_grace_seconds": 0.0})
    raw = a_file()
    if again:  # over what is there already, unchanged rows must be counted once, too
        first = await send("voters", raw, source="disturbed")
        async with harness.worker(settings):
            await harness.follow(client, first["jobId"])
    created = await send("voters", raw, source="disturbed")
    stops = 0
    job = created
    for _ in range(20):
        async with harness.worker(settings):

            async def further() -> bool:
                nonlocal job
                seen = job.get("processedItems", 0)
                async with client.get(f"/api/v1/jobs/{created['jobId']}") as response:
                    job = await response.json()
                return job["processedItems"] > seen or job["completedAt"] is not None

            await harness.eventually(further)
        if job["completedAt"]:
            break
        stops += 1
    assert stops >= 1, "it was over before it could be disturbed"
    job = await harness.follow(client, created["jobId"])
    assert job["status"] == "completed"
    written = "unchanged" if again else "inserted"
    counts = {name: job["result"][name] for name in ("read", "valid", "rejected", "duplicateInFile", written)}
    assert counts == {
        "read": ROWS, "valid": ROWS - 2, "rejected": 2, "duplicateInFile": 1, written: ROWS - 3
    }  # fmt: skip
    assert (job["totalItems"], job["processedItems"], job["failedItems"]) == (ROWS, ROWS, 2)
    homes = await db_pool.fetchval("SELECT count(*) FROM households")
    assert job["result"]["householdsCreated"] == (0 if again else homes)
    async with client.get(f"/api/v1/jobs/{job['id']}/errors") as response:
        assert (await response.json())["total"] == 4

    other = await send("voters", raw, source="undisturbed")
    async with harness.worker(settings):
        calm = await harness.follow(client, other["jobId"])
    assert calm["result"]["inserted"] == ROWS - 3
    assert await stored(db_pool, "disturbed") == await stored(db_pool, "undisturbed")
    assert await db_pool.fetchval("SELECT count(*) FROM import_seen") == 0
