"""`/readyz` and the home page say that the disk of Postgres is full."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from app.db.core import disk_probe
from app.db.core.disk_probe import find_disk_fault
from app.db.core.pool import Pool
from tests.harness import eventually
from tests.integration.dashboard.conftest import Visitor

FULL = "DO $$ BEGIN RAISE EXCEPTION 'could not write to file' USING ERRCODE = '53100'; END $$"


async def test_the_probe_writes_a_file(db_pool: Pool) -> None:
    async with db_pool.acquire() as conn:
        async with conn.transaction():
            await conn.execute("SELECT set_config('work_mem', $1, true)", disk_probe.WORK_MEM)
            plan = await conn.fetch(f"EXPLAIN (ANALYZE) {disk_probe.PROBE}")
        assert any("external merge  Disk" in row[0] for row in plan)
        assert await find_disk_fault(conn) is None


async def test_a_full_disk_is_shown(
    client: aiohttp.ClientSession, admin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk_probe, "PROBE", FULL)

    async def degraded() -> dict[str, Any] | None:
        async with client.get("/readyz") as response:
            said: dict[str, Any] = await response.json()
        return said if response.status == 200 and not said["checks"]["disk"] else None

    said = await eventually(degraded)
    assert said is not None
    assert said["status"] == "degraded"
    assert said["reasons"]["disk"] == "the disk of Postgres is full: free some space"
    assert "Nothing can be stored: the disk of Postgres is full" in (await admin.get("/")).text
