"""Jobs run behind a real PgBouncer, by session and by transaction. Skipped where none is installed."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from app.db.core.faults import describe_fault
from app.embedded import EmbeddedPostgres
from app.settings import Settings
from tests import harness
from tests.harness import eventually
from tests.processes import Process

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin")
NOBODY = 65534

pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="PgBouncer is not installed")


@asynccontextmanager
async def pgbouncer(folder: Path, postgres: EmbeddedPostgres, database_url: str, mode: str) -> AsyncIterator[str]:
    """PgBouncer with its default settings before the server. Yields the URL of the database behind it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    name = database_url.partition("///")[2].partition("?")[0] or database_url.partition("@/")[2].partition("?")[0]
    (folder / "users.txt").write_text('"trigpoint" ""\n')
    lines = [
        "[databases]",
        f"{name} = host={postgres.socket_dir} port=5432 user=trigpoint",
        "[pgbouncer]",
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =",
        f"auth_type = any\nauth_file = {folder / 'users.txt'}",
        f"pool_mode = {mode}\ndefault_pool_size = {20 if mode == 'session' else 3}",
    ]
    (folder / "pgbouncer.ini").write_text("\n".join(lines))
    process = Process("pgbouncer", [str(PGBOUNCER), str(folder / "pgbouncer.ini")], os.environ, folder / "log")
    process.owner = (NOBODY, NOBODY) if os.getuid() == 0 else None
    await process.start()
    url = f"postgresql://trigpoint@127.0.0.1:{port}/{name}?sslmode=disable"

    async def accepts() -> bool:
        try:
            conn = await asyncpg.connect(url, statement_cache_size=0)
        except (OSError, asyncpg.PostgresError):
            assert process.alive, (folder / "log").read_text()
            return False
        await conn.close()
        return True

    try:
        await eventually(accepts)
        yield url
    finally:
        await process.end()


@pytest.mark.parametrize("mode", ["session", "transaction"])
async def test_jobs_run_behind_it(
    mode: str, settings: Settings, postgres: EmbeddedPostgres, database_url: str, admin_id: UUID, tmp_path: Path
) -> None:
    async with pgbouncer(tmp_path, postgres, database_url, mode) as url:
        changes: dict[str, object] = {"database_url": url}
        if mode == "transaction":
            changes |= {"statement_cache": False, "listen_url": database_url}
        behind = settings.model_copy(update=changes)
        async with (
            harness.api(behind) as address,
            harness.session(address, harness.ADMIN_KEY) as client,
            harness.worker(behind),
        ):
            body = [{"type": "scripted", "data": {}}] * 20
            async with client.post("/api/v1/jobs", json=body) as response:
                assert response.status == 202, await response.text()
                ids = [job["jobId"] for job in (await response.json())["jobs"]]
            ended = await asyncio.gather(*(harness.follow(client, job_id) for job_id in ids))
            assert {job["status"] for job in ended} == {"completed"}


async def test_a_wrong_mode_is_explained(postgres: EmbeddedPostgres, database_url: str, tmp_path: Path) -> None:
    async with pgbouncer(tmp_path, postgres, database_url, "transaction") as url:
        first = await asyncpg.connect(url)
        assert await first.fetchval("SELECT 1 + $1::int", 1) == 2
        second = await asyncpg.connect(url, statement_cache_size=0)
        async with second.transaction():  # takes the only connection to the server, with the first one's statement
            await second.execute("SELECT 1")
            with pytest.raises(asyncpg.InvalidSQLStatementNameError) as raised:
                await first.fetchval("SELECT 1 + $1::int", 1)
        first.terminate()
        second.terminate()
    assert "TRIGPOINT_STATEMENT_CACHE=false" in describe_fault(raised.value).reason
