"""Processes say in one line why they do not start, or what they wait for, and never anything secret."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import aiohttp
import asyncpg
import pytest

from app.db.core.migrate import downgrade, upgrade
from app.db.core.schema import known_revisions
from app.embedded import EmbeddedPostgres, EmbeddedValkey
from app.settings import Settings
from tests.conftest import database
from tests.harness import eventually
from tests.processes import ROOT, Process

API = [sys.executable, "-m", "uvicorn", "--factory", "app.main:create", "--port", "0"]
WORKER = [sys.executable, "-m", "arq", "workers.Settings"]
SECRET = "s3cr/t@x"


def environment(**variables: str) -> dict[str, str]:
    ours = ("TRIGPOINT_", "WORKER_", "ENABLE_", "PG", "DATABASE_URL", "REDIS_URL")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | variables


async def run(argv: list[str], **variables: str) -> tuple[int, str]:
    """Run a process until it ends by itself; its exit status and output."""
    process = await asyncio.create_subprocess_exec(
        *argv, cwd=ROOT, env=environment(**variables),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(120):
        output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


@pytest.fixture
async def empty_url(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """A database without a schema."""
    name = f"empty_{uuid4().hex}"
    conn = await asyncpg.connect(postgres.dsn)
    await conn.execute(f"CREATE DATABASE {name}")
    yield database(postgres.dsn, name)
    await conn.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await conn.close()


@pytest.mark.parametrize("argv", [API, WORKER], ids=["api", "worker"])
async def test_everything_wrong_with_the_settings_is_said_at_once(argv: list[str]) -> None:
    status, output = await run(
        argv,
        DATABASE_URL=f"postgresql://u:{SECRET}@127.0.0.1:1/x?sslmode=wrong",
        TRIGPOINT_MAX_ITEMS="many",
        TRIGPOINT_LOG_LEVEL="verbose",
        TRIGPOINT_LLM_KEY=SECRET,
        TRIGPOINT_PROVIDERS__NOMINATIM__URI="http://x",
        TRIGPOINT_PROVIDERS__PELIAS__URL="pelias:4000",
        TRIGPOINT_UPLOADS_URL="ftp://x",
        TRIGPOINT_CONTACT="a\nb",
    )
    lines = output.strip().splitlines()
    assert status == 1
    assert {line.split()[0] for line in lines} == {
        "DATABASE_URL", "REDIS_URL", "TRIGPOINT_MAX_ITEMS", "TRIGPOINT_LOG_LEVEL", "TRIGPOINT_UPLOADS_URL",
        "TRIGPOINT_PROVIDERS__NOMINATIM__URI", "TRIGPOINT_PROVIDERS__PELIAS__URL", "TRIGPOINT_CONTACT",
    }, output  # fmt: skip
    assert len(lines) == 8 and SECRET not in output


@pytest.mark.parametrize("argv", [API, WORKER], ids=["api", "worker"])
async def test_names_of_what_does_not_exist(argv: list[str], tmp_path: Path) -> None:
    status, output = await run(
        argv,
        DATABASE_URL=f"postgresql://u:{SECRET}@127.0.0.1:1/x?sslrootcert={tmp_path}/none.pem",
        REDIS_URL=f"redis://:{SECRET}@127.0.0.1:1/0?ssl_cert_file=x",
        TRIGPOINT_GEOCODERS="nominatum",
        TRIGPOINT_EXTRA_KINDS="nosuch",
        TRIGPOINT_PROVIDERS__BRAVO__KEY=SECRET,
        TRIGPOINT_SCORING_WEIGHTS='{"fundin": 2}',
        TRIGPOINT_SMTP_URL=f"http://u:{SECRET}@h",
        HEATMAP_WORKER_CONCURRENCY="some",
    )
    lines = output.strip().splitlines()
    assert (status, len(lines)) == (1, 8), output
    assert "did you mean nominatim?" in output and "did you mean brave?" in output
    assert SECRET not in output and "Traceback" not in output


async def test_a_route_that_no_queue_uses_is_refused(settings: Settings) -> None:
    urls = {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}
    status, output = await run(WORKER, **urls, WORKER_ROUTE="sheeep")
    assert status == 1 and "WORKER_ROUTE is 'sheeep', which no queue uses" in output
    status, output = await run(WORKER, **urls, WORKER_ROUTE="research")
    assert status == 1 and "set ENABLE_RESEARCH_WORKER=false as well" in output


async def set_revision(dsn: str, revision: str) -> None:
    conn = await asyncpg.connect(dsn)
    await conn.execute("UPDATE alembic_version SET version_num = $1", revision)
    await conn.close()


@pytest.mark.parametrize("argv", [API, WORKER], ids=["api", "worker"])
async def test_a_schema_that_does_not_fit_is_refused(argv: list[str], empty_url: str, valkey: EmbeddedValkey) -> None:
    async def refusal() -> str:
        status, output = await run(argv, DATABASE_URL=empty_url, REDIS_URL=valkey.url, TRIGPOINT_GEOCODERS="offline")
        assert status != 0 and "Traceback" not in output, output
        (line,) = [line for line in output.splitlines() if "DATABASE_URL" in line]
        return line

    assert "the database is not migrated: run `trigpoint migrate`" in await refusal()
    await asyncio.to_thread(upgrade, empty_url)
    await set_revision(empty_url, "9999")
    assert "newer than the code: it is at revision 9999" in await refusal()
    await set_revision(empty_url, known_revisions()[-1])
    await asyncio.to_thread(downgrade, empty_url, known_revisions()[-2])
    older = await refusal()
    assert f"at revision {known_revisions()[-2]}, and {known_revisions()[-1]} is needed" in older
    assert "run `trigpoint migrate`" in older


async def test_a_database_that_does_not_exist_is_refused(postgres: EmbeddedPostgres, valkey: EmbeddedValkey) -> None:
    for argv in (API, WORKER):
        status, output = await run(argv, DATABASE_URL=database(postgres.dsn, "nosuch"), REDIS_URL=valkey.url)
        assert status != 0 and "Traceback" not in output, output
        assert "the database does not exist: create it, or correct the name in DATABASE_URL" in output


async def test_a_migration_of_a_database_that_is_away_fails_in_one_line() -> None:
    status, output = await run(
        [sys.executable, "-c", "from app.cli import main; main()", "migrate"],
        DATABASE_URL=f"postgresql://u:{SECRET}@127.0.0.1:1/x",
    )
    (line,) = output.strip().splitlines()
    assert status == 1 and line.startswith("DATABASE_URL (postgresql://127.0.0.1:1/x): no Postgres listens")


async def test_unknown_variables_are_named_with_their_neighbours(settings: Settings, tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    variables = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "TRIGPOINT_GEOCODER": "offline",
        "ENABLE_HEATMAPS_WORKER": "false",
        "TRIGPOINT_API_SERVICE_HOST": "10.0.0.1",
        "TRIGPOINT_API_PORT_8000_TCP_ADDR": "10.0.0.1",
        "WORKER_CLASS": "gevent",
    }
    api = await Process("api", API, environment(**variables), log).start()
    try:

        async def started() -> bool:
            return "Uvicorn running" in log.read_text()

        await eventually(started)
    finally:
        await api.end(signal.SIGTERM)
    warned = [line for line in log.read_text().splitlines() if "variable_ignored" in line]
    assert len(warned) == 2
    assert "nearest=ENABLE_HEATMAP_WORKER variable=ENABLE_HEATMAPS_WORKER" in warned[0]
    assert "nearest=TRIGPOINT_GEOCODERS variable=TRIGPOINT_GEOCODER" in warned[1]


async def test_a_worker_says_why_it_waits_for_redis_and_takes_jobs_once_it_is_there(
    settings: Settings, url: str, tmp_path: Path
) -> None:
    valkey = EmbeddedValkey(tmp_path / "later")
    log = tmp_path / "worker.log"
    worker = await Process(
        "worker", WORKER, environment(DATABASE_URL=settings.database_url, REDIS_URL=valkey.url), log
    ).start()
    try:

        async def waits() -> bool:
            return "redis_unavailable" in log.read_text()

        await eventually(waits)
        assert "the socket or a file that REDIS_URL names does not exist" in log.read_text()
        valkey.start()

        async def is_ready() -> bool:
            return "worker_ready" in log.read_text()

        await eventually(is_ready)
        async with aiohttp.ClientSession(url) as http, http.get("/readyz") as response:
            assert (await response.json())["checks"]["worker"] is True
    finally:
        status = await worker.end(signal.SIGTERM)
        valkey.stop()
    assert status == 0 and "Traceback" not in log.read_text()


async def test_an_api_that_waited_for_postgres_ends_if_the_schema_does_not_fit(
    postgres: EmbeddedPostgres, valkey: EmbeddedValkey, empty_url: str, tmp_path: Path
) -> None:
    later, log = tmp_path / "later", tmp_path / "api.log"
    variables = {"DATABASE_URL": empty_url.replace(str(postgres.socket_dir), str(later)), "REDIS_URL": valkey.url}
    api = await Process("api", API, environment(**variables), log).start()
    try:

        async def serves() -> bool:
            return "Uvicorn running" in log.read_text()

        await eventually(serves)
        later.symlink_to(postgres.socket_dir)
        async with asyncio.timeout(60):
            assert await api.process.wait() != 0
    finally:
        await api.end(signal.SIGTERM)
    assert "start_refused" in log.read_text() and "run `trigpoint migrate`" in log.read_text()
    assert "Traceback" not in log.read_text()


async def test_an_api_of_several_processes_is_refused_once(empty_url: str, valkey: EmbeddedValkey) -> None:
    argv = [sys.executable, "-c", "from app.cli import main; main()", "api", "--port", "0", "--processes", "2"]
    status, output = await run(argv, DATABASE_URL=empty_url, REDIS_URL=valkey.url)
    assert status == 1 and output.count("the database is not migrated: run `trigpoint migrate`") == 1
    status, output = await run(argv, DATABASE_URL=empty_url, REDIS_URL="nowhere")
    assert status == 1 and output.count("REDIS_URL must begin with a scheme") == 1
