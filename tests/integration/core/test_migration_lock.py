"""Several processes may migrate at once, nobody queues behind one for long, and going down deletes nothing unseen."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

import app.db.core.migrate
from app.db.core.locks import Lock
from app.db.core.migrate import MigrationFailed, downgrade, preview_downgrade, read_revision, upgrade
from app.db.core.schema import known_revisions
from app.embedded import EmbeddedPostgres
from tests.conftest import database
from tests.integration.core.test_startup import environment
from tests.processes import ROOT

HEAD, BEFORE = known_revisions()[-1], known_revisions()[-2]
TRIGPOINT = [sys.executable, "-c", "from app.cli import main; main()"]


@pytest.fixture
async def new_url(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """A database without a schema."""
    name = f"new_{uuid4().hex}"
    conn = await asyncpg.connect(postgres.dsn)
    await conn.execute(f"CREATE DATABASE {name}")
    yield database(postgres.dsn, name)
    await conn.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await conn.close()


async def trigpoint(dsn: str, *arguments: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *TRIGPOINT, *arguments, cwd=ROOT, env=environment(DATABASE_URL=dsn, REDIS_URL="redis://127.0.0.1:1"),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


async def test_of_three_at_once_one_works_and_two_wait(new_url: str) -> None:
    results = await asyncio.gather(*(trigpoint(new_url, "migrate") for _ in range(3)))
    assert [status for status, _ in results] == [0, 0, 0], results
    assert sum("admin key" in output for _, output in results) == 1
    assert await asyncio.to_thread(read_revision, new_url) == HEAD


async def test_who_waits_says_so_and_then_finds_nothing_to_do(new_url: str) -> None:
    await asyncio.to_thread(upgrade, new_url)
    said: list[str] = []
    conn = await asyncpg.connect(new_url)
    async with conn.transaction():
        await conn.execute(f"SELECT pg_advisory_xact_lock({Lock.MIGRATION:d})")
        waiting = asyncio.create_task(asyncio.to_thread(upgrade, new_url, "head", said.append))
        while not said:
            await asyncio.sleep(0.01)
        assert not waiting.done()
    await waiting
    await conn.close()
    assert said == ["another process is migrating this database; waiting for it"]


async def test_a_table_in_use_is_waited_for_without_blocking_others(
    new_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.db.core.migrate, "LOCK_TIMEOUT_MS", 200)
    monkeypatch.setattr(app.db.core.migrate, "RETRY_SECONDS", 0.05)
    await asyncio.to_thread(upgrade, new_url)
    said: list[str] = []
    conn = await asyncpg.connect(new_url)
    async with conn.transaction():
        tables = await conn.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        await conn.execute("LOCK TABLE " + ", ".join(row["tablename"] for row in tables) + " IN ACCESS SHARE MODE")
        going = asyncio.create_task(asyncio.to_thread(downgrade, new_url, "base", said.append))
        while not said:
            await asyncio.sleep(0.01)
    await going
    assert set(said) == {"a table is in use by a long transaction; trying again"}
    assert await asyncio.to_thread(read_revision, new_url) is None
    monkeypatch.setattr(app.db.core.migrate, "LOCK_TRIES", 2)
    await asyncio.to_thread(upgrade, new_url)
    async with conn.transaction():
        await conn.execute("LOCK TABLE jobs IN ACCESS SHARE MODE")
        with pytest.raises(MigrationFailed, match="nothing was changed: a table is in use by a long transaction"):
            await asyncio.to_thread(downgrade, new_url, "base")
    await conn.close()
    assert await asyncio.to_thread(read_revision, new_url) == HEAD


async def test_going_down_shows_what_is_deleted_and_asks(new_url: str) -> None:
    await asyncio.to_thread(upgrade, new_url)
    conn = await asyncpg.connect(new_url)
    await conn.execute("INSERT INTO users (id, email, name) VALUES (gen_random_uuid(), 'a@example.org', 'A')")
    losses = await asyncio.to_thread(preview_downgrade, new_url, "base")
    assert "table users: 1 rows" in map(str, losses) and "table jobs: 0 rows" in map(str, losses)
    status, output = await trigpoint(new_url, "migrate", "down", "base")
    assert status == 1 and "deletes table users: 1 rows" in output and "Nothing was changed." in output
    assert await conn.fetchval("SELECT count(*) FROM users") == 1
    assert (await trigpoint(new_url, "migrate", "down", "base", "--yes"))[0] == 0
    assert await conn.fetchval("SELECT to_regclass('users')") is None
    await conn.close()


async def test_a_dropped_column_is_shown_with_its_values(new_url: str) -> None:
    await asyncio.to_thread(upgrade, new_url)
    with_kept_until = known_revisions()[known_revisions().index("0026") - 1]
    losses = await asyncio.to_thread(preview_downgrade, new_url, with_kept_until)
    assert "column uploads.kept_until: 0 values" in map(str, losses)
    assert await asyncio.to_thread(read_revision, new_url) == HEAD


async def test_status_says_whether_the_schema_fits(new_url: str) -> None:
    status, output = await trigpoint(new_url, "migrate", "status")
    assert (status, output.splitlines()) == (
        1, ["the database has no schema", "the database is not migrated: run `trigpoint migrate`"],
    )  # fmt: skip
    assert (await trigpoint(new_url, "migrate"))[0] == 0
    assert await trigpoint(new_url, "migrate", "status") == (0, f"the schema is at {HEAD}\n")
    conn = await asyncpg.connect(new_url)
    await conn.execute("UPDATE alembic_version SET version_num = '9999'")
    await conn.close()
    status, output = await trigpoint(new_url, "migrate")
    assert status == 1 and "newer than the code" in output and "Traceback" not in output
    status, output = await trigpoint(new_url, "migrate", "down", BEFORE)
    assert status == 1 and "newer than the code" in output
