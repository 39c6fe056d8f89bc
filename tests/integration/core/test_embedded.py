"""The embedded servers start, stop, and start again after every kind of crash."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis

from app.db.core import migrate
from app.embedded import AlreadyHeld, DataFolderLock, EmbeddedPostgres, EmbeddedValkey, ServerFailed, orphans, sockets

ORPHANS = """
import sys, time
from app.embedded import EmbeddedPostgres, EmbeddedValkey
postgres, valkey = EmbeddedPostgres(sys.argv[1], durable=False), EmbeddedValkey(sys.argv[2])
postgres.start()
valkey.start()
print(postgres.process.pid, valkey.process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "postgres", durable=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(tmp_path / "valkey")
    server.start()
    yield server
    server.stop()


async def execute(server: EmbeddedPostgres, *statements: str) -> object:
    """Run the statements; the value of the last."""
    connection = await asyncpg.connect(server.dsn)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "never came true"
        time.sleep(0.02)


async def test_the_data_survive_a_restart_and_nothing_else_is_left(postgres: EmbeddedPostgres) -> None:
    await execute(postgres, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7) RETURNING n")
    socket_dir = postgres.socket_dir
    assert socket_dir.stat().st_mode & 0o777 == 0o700

    postgres.stop()
    assert not socket_dir.exists()
    assert not postgres.alive()
    assert not (postgres.data_dir / "postmaster.pid").exists()

    postgres.start()
    assert postgres.alive()
    assert await execute(postgres, "SELECT n FROM kept") == 7


async def test_postgres_listens_on_its_socket_only_and_speaks_utc_and_utf8(postgres: EmbeddedPostgres) -> None:
    settings = "listen_addresses", "timezone", "server_encoding", "jit", "max_connections"
    assert [await execute(postgres, f"SHOW {name}") for name in settings] == ["", "UTC", "UTF8", "off", "100"]
    assert await execute(postgres, "SELECT upper('é')") == "É"


async def test_it_is_durable_by_default(postgres: EmbeddedPostgres) -> None:
    assert await execute(postgres, "SHOW fsync") == "off"
    postgres.stop()
    durable = EmbeddedPostgres(postgres.data_dir)
    durable.start()
    try:
        shown = [await execute(durable, f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")]
    finally:
        durable.stop()
    assert shown == ["on", "on", "on"]


def test_sqlalchemy_and_libpq_take_the_same_dsn(postgres: EmbeddedPostgres, capfd: pytest.CaptureFixture[str]) -> None:
    from app.embedded.postgres import binary

    migrate.upgrade(postgres.dsn)
    asked = subprocess.run(
        [binary("psql"), postgres.dsn, "-Atc", "SELECT to_regclass('jobs')"], capture_output=True, text=True, check=True
    )
    assert asked.stdout == "jobs\n"


async def test_two_data_folders_never_meet(tmp_path: Path, postgres: EmbeddedPostgres) -> None:
    other = EmbeddedPostgres(tmp_path / "other", durable=False)
    other.start()
    try:
        assert other.dsn != postgres.dsn
        await execute(other, "CREATE TABLE only_here ()", "SELECT 1")
        assert await execute(postgres, "SELECT to_regclass('only_here')") is None
    finally:
        other.stop()
    assert await execute(postgres, "SELECT 1") == 1


async def test_a_folder_with_a_very_long_path_and_spaces(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / ("a b" * 60) / ("c" * 100) / "postgres", durable=False)
    server.start()
    try:
        assert await execute(server, "SELECT 1") == 1
    finally:
        server.stop()


async def test_a_server_that_runs_already_is_replaced(postgres: EmbeddedPostgres) -> None:
    await execute(postgres, "CREATE TABLE kept ()", "SELECT 1")
    second = EmbeddedPostgres(postgres.data_dir, durable=False)
    assert second.attach()
    second.start()
    try:
        assert not postgres.alive()
        assert await execute(second, "SELECT to_regclass('kept')::text") == "kept"
    finally:
        second.stop()
    assert not second.attach()


def test_remains_of_a_killed_starter_do_not_matter(tmp_path: Path) -> None:
    folders = tmp_path / "postgres", tmp_path / "valkey"
    starter = subprocess.Popen([sys.executable, "-c", ORPHANS, *map(str, folders)], stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    with starter.stdout as output:
        pids = [int(pid) for pid in output.readline().split()]
    assert all(orphans.command_line(pid) for pid in pids)
    starter.kill()
    starter.wait()
    if sys.platform == "linux":  # which tells them; elsewhere they live on
        wait_until(lambda: not any(orphans.command_line(pid) for pid in pids))

    postgres, valkey = EmbeddedPostgres(folders[0], durable=False), EmbeddedValkey(folders[1])
    postgres.start()
    valkey.start()
    assert [orphans.command_line(pid) for pid in pids] == ["", ""]
    valkey.stop()
    postgres.stop()
    assert not postgres.socket_dir.exists()
    assert not valkey.socket_dir.exists()


async def test_a_killed_server_recovers_committed_rows(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres")
    server.start()
    await execute(server, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7) RETURNING n")
    assert server.process is not None
    server.process.kill()
    server.process.wait()
    assert not server.alive()

    server.start()
    try:
        assert await execute(server, "SELECT n FROM kept") == 7
    finally:
        server.stop()


async def test_a_stranger_with_the_old_pid_is_left_alone(postgres: EmbeddedPostgres) -> None:
    pidfile = postgres.data_dir / "postmaster.pid"
    lines = pidfile.read_text().splitlines()
    postgres.stop()
    pidfile.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
    postgres.start()
    assert await execute(postgres, "SELECT 1") == 1


def test_data_of_another_major_version_are_refused(postgres: EmbeddedPostgres) -> None:
    postgres.stop()
    (postgres.data_dir / "PG_VERSION").write_text("12\n")
    with pytest.raises(ServerFailed, match="made by PostgreSQL 12"):
        postgres.start()


def test_somebody_elses_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear …")
    with pytest.raises(ServerFailed, match="neither empty nor"):
        EmbeddedPostgres(tmp_path).start()
    assert (tmp_path / "letters.txt").exists()


def test_a_server_that_cannot_start_reports_why(postgres: EmbeddedPostgres) -> None:
    postgres.stop()
    (postgres.data_dir / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(ServerFailed, match="no_such_setting"):
        postgres.start()
    assert not postgres.alive()
    assert not postgres.socket_dir.exists()


async def test_valkey_has_no_port_and_keeps_nothing(valkey: EmbeddedValkey) -> None:
    async with Redis.from_url(valkey.url) as client:
        await client.set("k", "v")
        shown = await client.config_get("port", "save", "appendonly", "maxmemory-policy")
    assert shown == {"port": "0", "save": "", "appendonly": "no", "maxmemory-policy": "noeviction"}
    valkey.stop()
    assert not valkey.socket_dir.exists()
    valkey.start()
    async with Redis.from_url(valkey.url) as client:
        assert await client.get("k") is None


async def test_a_valkey_that_runs_already_is_replaced(valkey: EmbeddedValkey) -> None:
    second = EmbeddedValkey(valkey.data_dir)
    second.start()
    try:
        assert not valkey.alive()
        async with Redis.from_url(second.url) as client:
            assert await client.ping()
    finally:
        second.stop()


def test_a_data_folder_has_one_holder_who_is_named(tmp_path: Path) -> None:
    with DataFolderLock(tmp_path), pytest.raises(AlreadyHeld, match=f"pid {os.getpid()}"), DataFolderLock(tmp_path):
        pass
    with DataFolderLock(tmp_path):
        assert (tmp_path / "up.lock").read_text() == f"{os.getpid()}\n"


def test_a_socket_folder_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir(mode=0o700)
    folder.chmod(0o755)
    with pytest.raises(PermissionError, match="not a private folder"):
        sockets.make(folder)


def test_the_socket_folder_is_short_wherever_temporary_files_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/tmp/" + "x" * 90)
    assert len(str(sockets.path(Path("/data")))) <= sockets.LONGEST


def test_stopping_a_stubborn_process_takes_the_next_signal() -> None:
    stubborn = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()",
        ],
        stdout=subprocess.PIPE,
    )
    assert stubborn.stdout is not None
    with stubborn.stdout as output:
        output.readline()
    marks = ("signal.pause",)
    assert orphans.runs(stubborn.pid, marks)
    assert not orphans.stop(stubborn.pid, marks, [signal.SIGTERM], patience=0.2)
    assert orphans.stop(stubborn.pid, marks, [signal.SIGTERM, signal.SIGKILL], patience=0.2)
    assert stubborn.wait() == -signal.SIGKILL
