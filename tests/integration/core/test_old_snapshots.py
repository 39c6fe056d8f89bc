"""Open snapshots that slow admission are shown with their owner."""

from __future__ import annotations

import aiohttp
import asyncpg
import pytest

from app.db.core import snapshots
from app.db.core.pool import Pool
from app.db.core.snapshots import list_old_snapshots
from tests.integration.core.test_metrics import value


async def test_a_forgotten_session_is_named(
    client: aiohttp.ClientSession,
    user_client: aiohttp.ClientSession,
    db_pool: Pool,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(snapshots, "MIN_SECONDS", 0.0)
    forgotten = await asyncpg.connect(database_url, server_settings={"application_name": "nightly dump"})
    transaction = forgotten.transaction(isolation="repeatable_read")
    await transaction.start()
    await forgotten.fetchval("SELECT count(*) FROM jobs")
    pid = forgotten.get_server_pid()
    async with db_pool.acquire() as conn:
        (found,) = [one for one in await list_old_snapshots(conn) if one.name == "nightly dump"]
    assert (found.kind, found.owner, found.pid) == ("session", "trigpoint", pid)
    async with client.get("/api/health") as response:
        shown = (await response.json())["oldSnapshots"]
    assert any(f"a session of trigpoint (nightly dump, pid {pid}) keeps dead rows for 0 min" in text for text in shown)
    async with user_client.get("/api/health") as response:
        assert (await response.json())["oldSnapshots"] == []
    async with client.get("/metrics") as response:
        assert value(await response.text(), "trigpoint_oldest_snapshot_seconds") > 0
    await transaction.rollback()
    await forgotten.close()
    async with db_pool.acquire() as conn:
        assert not [one for one in await list_old_snapshots(conn) if one.name == "nightly dump"]
