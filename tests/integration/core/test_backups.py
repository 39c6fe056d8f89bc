"""`trigpoint backup` and `trigpoint restore`: a moment of the platform, complete or not there."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from typer.testing import CliRunner

from app.cli.backups import creation, manifest, restoration
from app.cli.backups.creation import FolderExists
from app.cli.commands import app
from app.db.core.backups import OWN_TABLES, BackupRuns
from app.db.core.pool import Pool
from app.embedded import EmbeddedPostgres
from app.storage.stale_uploads import remove_stale
from app.storage.uploads import Uploads
from tests.conftest import database
from tests.harness import eventually
from tests.processes import Process

CONTENT = b"id;name\n1;Doe\n"
USER = UUID(int=1)


@pytest.fixture
def uploads_url(tmp_path: Path) -> str:
    return (tmp_path / "uploads").as_uri()


@pytest.fixture
async def empty_url(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    name = f"empty_{uuid4().hex}"
    conn = await asyncpg.connect(postgres.dsn)
    await conn.execute(f"CREATE DATABASE {name}")
    yield database(postgres.dsn, name)
    await conn.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await conn.close()


async def store_upload(pool: Pool, uploads_url: str, *, original: bytes | None = None) -> UUID:
    """Store a file whose time is over, of a user who is made if need be."""
    upload_id = uuid4()
    store = Uploads(uploads_url)
    creators = [(store.create, CONTENT), *([(store.create_original, original)] if original else [])]
    for create, content in creators:
        sink = create(upload_id)
        sink.write(content)
        sink.close()
    await pool.execute("INSERT INTO users (id, email, name) VALUES ($1, 'a@x.org', 'A') ON CONFLICT DO NOTHING", USER)
    await pool.execute(
        """INSERT INTO uploads (id, name, size_bytes, sha256, layout, created_by, created_at)
           VALUES ($1, 'a.csv', 14, '', '{}', $2, now() - interval '1 year')""",
        upload_id,
        USER,
    )
    return upload_id


async def run(*arguments: str, url: str, uploads_url: str) -> tuple[int, str]:
    """Run a command in a thread; its exit code and output."""
    env = {"DATABASE_URL": url, "TRIGPOINT_UPLOADS_URL": uploads_url}
    result = await asyncio.to_thread(CliRunner().invoke, app, list(arguments), env=env)
    return result.exit_code, result.output


async def content_of(url: str) -> dict[str, list[str]]:
    conn = await asyncpg.connect(url)
    try:
        return {
            table: [row[0] for row in await conn.fetch(f"SELECT t::text FROM {table} AS t ORDER BY 1")]
            for table in sorted(OWN_TABLES)
        }
    finally:
        await conn.close()


async def test_everything_comes_back(
    db_pool: Pool, database_url: str, empty_url: str, uploads_url: str, tmp_path: Path
) -> None:
    first = await store_upload(db_pool, uploads_url, original=b"PK of a spreadsheet")
    lost = await store_upload(db_pool, uploads_url)
    Uploads(uploads_url).remove(lost)
    code, said = await run("backup", str(tmp_path / "b"), url=database_url, uploads_url=uploads_url)
    assert code == 0 and "2 uploaded files" in said and "1 uploads are not in" in said, said
    assert {path.stat().st_mode & 0o077 for path in [tmp_path / "b", *(tmp_path / "b").rglob("*")]} == {0}
    elsewhere = (tmp_path / "elsewhere").as_uri()
    code, said = await run("restore", str(tmp_path / "b"), url=empty_url, uploads_url=elsewhere)
    assert code == 0, said
    assert await content_of(empty_url) == await content_of(database_url)
    with Uploads(elsewhere).open(first) as file, Uploads(elsewhere).open_original(first) as original:
        assert (file.read(), original.read()) == (CONTENT, b"PK of a spreadsheet")


async def test_what_is_there_is_replaced_only_when_told_so(
    db_pool: Pool, database_url: str, uploads_url: str, tmp_path: Path
) -> None:
    await store_upload(db_pool, uploads_url)
    before = await content_of(database_url)
    backup = str(tmp_path / "b")
    assert (await run("backup", backup, url=database_url, uploads_url=uploads_url))[0] == 0
    await db_pool.execute("UPDATE users SET name = 'changed'")
    await db_pool.execute("CREATE TABLE IF NOT EXISTS later (id int)")
    code, said = await run("restore", backup, "--yes", url=database_url, uploads_url=uploads_url)
    assert code == 1 and "tables of another program (later)" in said
    await db_pool.execute("DROP TABLE later")
    code, said = await run("restore", backup, url=database_url, uploads_url=uploads_url)
    assert code == 1 and "1 users" in said and "1 files in the uploads' storage" in said and "--yes" in said
    assert await db_pool.fetchval("SELECT name FROM users") == "changed"
    code, said = await run("restore", backup, "--yes", url=database_url, uploads_url=uploads_url)
    assert code == 0, said
    assert await content_of(database_url) == before


async def test_a_platform_that_runs_is_not_replaced(database_url: str, uploads_url: str, tmp_path: Path) -> None:
    backup = str(tmp_path / "b")
    await run("backup", backup, url=database_url, uploads_url=uploads_url)
    worker = await asyncpg.connect(database_url, server_settings={"application_name": "trigpoint worker"})
    code, said = await run("restore", backup, "--yes", url=database_url, uploads_url=uploads_url)
    await worker.close()
    assert code == 1 and "stop the API and the workers first" in said


def truncate_dump(folder: Path) -> None:
    os.truncate(folder / manifest.DUMP, 100)


def flip_a_byte(folder: Path) -> None:
    content = bytearray((folder / manifest.DUMP).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / manifest.DUMP).write_bytes(content)


def lose_an_upload(folder: Path) -> None:
    next((folder / manifest.UPLOADS).iterdir()).unlink()


def lose_the_manifest(folder: Path) -> None:
    (folder / manifest.NAME).unlink()


def damage_the_manifest(folder: Path) -> None:
    os.truncate(folder / manifest.NAME, 50)


def point_outside(folder: Path) -> None:
    found = json.loads((folder / manifest.NAME).read_text())
    found["files"][1]["name"] = "uploads/../../secret"
    (folder / manifest.NAME).write_text(json.dumps(found))


def come_from_the_future(folder: Path) -> None:
    found = json.loads((folder / manifest.NAME).read_text())
    found["revision"] = "9999"
    (folder / manifest.NAME).write_text(json.dumps(found))


DAMAGES: dict[Callable[[Path], None], str] = {
    truncate_dump: "has 100 bytes instead of",
    flip_a_byte: "is damaged",
    lose_an_upload: "is missing",
    lose_the_manifest: "is not a complete backup",
    damage_the_manifest: "cannot be read",
    point_outside: "outside of its folder",
    come_from_the_future: "a newer one",
}


async def test_a_damaged_backup_is_refused_and_changes_nothing(
    db_pool: Pool, database_url: str, empty_url: str, uploads_url: str, tmp_path: Path
) -> None:
    await store_upload(db_pool, uploads_url)
    for number, (damage, reason) in enumerate(DAMAGES.items()):
        folder = tmp_path / f"b{number}"
        assert (await run("backup", str(folder), url=database_url, uploads_url=uploads_url))[0] == 0
        damage(folder)
        elsewhere = (tmp_path / "elsewhere").as_uri()
        code, said = await run("restore", str(folder), url=empty_url, uploads_url=elsewhere)
        assert code == 1 and reason in said, (damage, said)
    assert not (tmp_path / "elsewhere").exists()
    conn = await asyncpg.connect(empty_url)
    assert await conn.fetchval("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == 0
    await conn.close()


async def test_files_stay_while_a_backup_runs_and_nobody_makes_a_second(
    db_pool: Pool, database_url: str, uploads_url: str, tmp_path: Path
) -> None:
    upload_id = await store_upload(db_pool, uploads_url)
    blocker = await asyncpg.connect(database_url)
    transaction = blocker.transaction()
    await transaction.start()
    await blocker.execute("LOCK TABLE schedules IN ACCESS EXCLUSIVE MODE")  # pg_dump waits for it
    running = asyncio.create_task(creation.create(database_url, uploads_url, tmp_path / "b"))
    await eventually(lambda: is_dumping(db_pool))
    assert await remove_stale(db_pool, uploads_url) == 0
    with pytest.raises(BackupRuns):
        await creation.create(database_url, uploads_url, tmp_path / "second")
    await db_pool.execute("UPDATE users SET name = 'later'")
    await transaction.rollback()
    await blocker.close()
    made = await running
    assert [file.name for file in made.files] == [manifest.DUMP, f"uploads/{upload_id}"]
    assert not made.missing_uploads
    assert await remove_stale(db_pool, uploads_url) == 1
    with pytest.raises(FolderExists):
        await creation.create(database_url, uploads_url, tmp_path / "b")


async def test_a_killed_backup_leaves_none_that_looks_whole(
    db_pool: Pool, database_url: str, empty_url: str, uploads_url: str, tmp_path: Path
) -> None:
    blocker = await asyncpg.connect(database_url)
    transaction = blocker.transaction()
    await transaction.start()
    await blocker.execute("LOCK TABLE schedules IN ACCESS EXCLUSIVE MODE")
    argv = [sys.executable, "-c", "from app.cli import main; main()", "backup", str(tmp_path / "b")]
    env = {**os.environ, "DATABASE_URL": database_url, "TRIGPOINT_UPLOADS_URL": uploads_url}
    process = await Process("backup", argv, env, tmp_path / "log").start()
    await eventually(lambda: is_dumping(db_pool))
    await process.end(signal.SIGKILL)
    await transaction.rollback()
    await blocker.close()
    assert [name for name in os.listdir(tmp_path) if name.startswith("b")] == ["b.partial"]
    code, said = await run("restore", str(tmp_path / "b.partial"), url=empty_url, uploads_url=uploads_url)
    assert code == 1 and "not a complete backup" in said
    await eventually(lambda: has_ended(db_pool))
    assert (await run("backup", str(tmp_path / "b"), url=database_url, uploads_url=uploads_url))[0] == 0
    assert [name for name in os.listdir(tmp_path) if name.startswith("b")] == ["b"]


async def is_dumping(pool: Pool) -> bool:
    return bool(
        await pool.fetchval(
            """SELECT EXISTS (SELECT FROM pg_stat_activity
               WHERE datname = current_database() AND application_name = 'pg_dump' AND wait_event_type = 'Lock')"""
        )
    )


async def has_ended(pool: Pool) -> bool:
    """Whether the dump ended with the process that started it."""
    query = """SELECT NOT EXISTS (SELECT FROM pg_stat_activity
               WHERE datname = current_database() AND application_name IN ('pg_dump', 'trigpoint backup'))"""
    return bool(await pool.fetchval(query))


@pytest.mark.parametrize("size", [10, 4_095, 4_096, 1_000_000])
async def test_all_of_a_dump_is_passed_on(size: int, tmp_path: Path) -> None:
    data = b"SELECT 1;\n" + restoration.LEFT_OUT[0] + b"x" * size
    (tmp_path / "dump").write_bytes(data)
    pipe = asyncio.subprocess.PIPE
    reader = await asyncio.create_subprocess_exec("cat", str(tmp_path / "dump"), stdout=pipe)
    writer = await asyncio.create_subprocess_exec("cat", stdin=pipe, stdout=pipe)
    assert writer.stdin is not None and writer.stdout is not None
    output = asyncio.create_task(writer.stdout.read())
    assert await restoration._feed(reader, writer)
    writer.stdin.close()
    assert await output == data.replace(restoration.LEFT_OUT[0], b"")
    await reader.wait()
    await writer.wait()
