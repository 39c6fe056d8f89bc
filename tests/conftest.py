"""Real servers for every test: an embedded PostgreSQL and Valkey for each process, a database for each test.

Under pytest-xdist each process has a session of its own, and so its own pair of servers.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import aiohttp
import asyncpg
import hypothesis
import pytest
from redis.asyncio import Redis

from app.db.accounts import admins
from app.db.core.connect import Timeouts, open_pool
from app.db.core.migrate import upgrade
from app.db.core.pool import Pool
from app.embedded import EmbeddedPostgres, EmbeddedValkey
from app.settings import Settings
from tests import distribution, harness

TEMPLATE = "trigpoint_template"

# on a loaded machine any example may take long
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest tests first, so that no process is left alone with them at the end."""
    items.sort(key=lambda item: distribution.rank_of(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return distribution.make_scheduler(config, log)


@pytest.fixture(autouse=True, scope="session")
def _environment() -> None:
    """What the caller's shell says of a platform is not these tests' business."""
    for name in list(os.environ):
        if name.startswith(("TRIGPOINT_", "WORKER_", "GEOCODE_", "ENABLE_", "PG")) or name in (
            "DATABASE_URL",
            "REDIS_URL",
            "CRON_SECRET",
        ):
            del os.environ[name]


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path_factory.mktemp("servers") / "postgres", durable=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(tmp_path_factory.mktemp("servers") / "valkey")
    server.start()
    yield server
    server.stop()


def database(dsn: str, name: str) -> str:
    """The same server's other database."""
    return dsn.replace("/trigpoint?", f"/{name}?")


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """A migrated database that tests copy."""
    import asyncio

    async def make() -> None:
        conn = await asyncpg.connect(postgres.dsn)
        await conn.execute(f"CREATE DATABASE {TEMPLATE}")
        await conn.close()

    asyncio.run(make())
    upgrade(database(postgres.dsn, TEMPLATE))
    return TEMPLATE


_numbers = iter(range(1_000_000))


@pytest.fixture
async def database_url(postgres: EmbeddedPostgres, template: str) -> AsyncIterator[str]:
    name = f"test_{next(_numbers)}"
    conn = await asyncpg.connect(postgres.dsn)
    await conn.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log")
    yield database(postgres.dsn, name)
    await conn.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await conn.close()


@pytest.fixture
async def redis_url(valkey: EmbeddedValkey) -> str:
    async with Redis.from_url(valkey.url) as redis:
        await redis.flushall()
    return valkey.url


@pytest.fixture
async def db_pool(database_url: str) -> AsyncIterator[Pool]:
    pool = await open_pool(database_url, size=10, name="test", timeouts=Timeouts(10, 10, 10))
    yield pool
    await pool.close()


@pytest.fixture
async def admin_id(db_pool: Pool) -> UUID:
    """The admin, whose key is `harness.ADMIN_KEY`."""
    async with db_pool.acquire() as conn, conn.transaction():
        await admins.ensure_admin(conn, harness.ADMIN_KEY)
        user_id: UUID = await conn.fetchval("SELECT id FROM users WHERE role = 'admin'")
    return user_id


@pytest.fixture
def settings(database_url: str, redis_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        redis_url=redis_url,
        geocoders=("offline",),
        extra_kinds=("tests.benchmarks.noop", "tests.scripted"),
        worker_poll_interval=200,
        shutdown_grace_seconds=1,
        log_level="WARNING",
    )


@pytest.fixture
async def url(settings: Settings, admin_id: UUID) -> AsyncIterator[str]:
    """A running API."""
    async with harness.api(settings) as address:
        yield address


@pytest.fixture
async def client(url: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with harness.session(url, harness.ADMIN_KEY) as session:
        yield session


@pytest.fixture
async def user_client(url: str, client: aiohttp.ClientSession) -> AsyncIterator[aiohttp.ClientSession]:
    """A plain user's session."""
    async with client.post(
        "/api/v1/users", json={"email": "user@example.org", "name": "A User", "role": "user"}
    ) as made:
        assert made.status == 201, await made.text()
        user = await made.json()
    async with client.post("/api/v1/keys", json={"userId": user["id"], "name": "tests"}) as made:
        assert made.status == 201, await made.text()
        key = (await made.json())["key"]
    async with harness.session(url, key) as session:
        yield session
