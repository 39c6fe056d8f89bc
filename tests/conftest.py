"""Real servers for every test: an embedded PostgreSQL and Valkey for each process, a database for each test.

Under pytest-xdist each process has a session of its own, and so its own pair of servers.

The fixtures import what they start: unit tests use none of them, and start seconds sooner without the platform.
"""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any
from uuid import UUID

import hypothesis
import pytest

from tests import distribution, temporary_folder

if TYPE_CHECKING:
    import aiohttp

    from app.db.core.pool import Pool
    from app.embedded import EmbeddedPostgres, EmbeddedValkey
    from app.settings import Settings

TEMPLATE = "trigpoint_template"

# The suite tries the same examples in every run, so that its result depends on the code alone; `make fuzz` tries new
# ones. On a loaded machine any example may take long.
hypothesis.settings.register_profile("same", deadline=None, derandomize=True)
hypothesis.settings.register_profile("new", deadline=None, max_examples=1000, print_blob=True)
hypothesis.settings.load_profile("same")

# before pytest makes its first folder; the processes of pytest-xdist inherit it
temporary_folder.choose_folder()


def pytest_sessionstart() -> None:
    """Leave out garbage collection while the tests are imported: nothing of that is garbage."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Collect again, but never go through what the imports made."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest tests first, so that no process is left alone with them at the end."""
    items.sort(key=lambda item: distribution.rank_of(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return distribution.make_scheduler(config, log)


@pytest.fixture(autouse=True, scope="session")
def _environment() -> None:
    """Variables of the caller's shell do not apply to these tests."""
    for name in list(os.environ):
        if name.startswith(("TRIGPOINT_", "WORKER_", "GEOCODE_", "ENABLE_", "PG")) or name in (
            "DATABASE_URL",
            "REDIS_URL",
            "CRON_SECRET",
        ):
            del os.environ[name]


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    from app.embedded import EmbeddedPostgres

    server = EmbeddedPostgres(tmp_path_factory.mktemp("servers") / "postgres", durable=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedValkey]:
    from app.embedded import EmbeddedValkey

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

    import asyncpg

    from app.db.core.migrate import upgrade

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
    import asyncpg

    name = f"test_{next(_numbers)}"
    strategy = temporary_folder.copy_strategy(postgres.data_dir)
    conn = await asyncpg.connect(postgres.dsn)
    await conn.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY {strategy}")
    yield database(postgres.dsn, name)
    await conn.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await conn.close()


@pytest.fixture
async def redis_url(valkey: EmbeddedValkey) -> str:
    from redis.asyncio import Redis

    async with Redis.from_url(valkey.url) as redis:
        await redis.flushall()
    return valkey.url


@pytest.fixture
async def db_pool(database_url: str) -> AsyncIterator[Pool]:
    from app.db.core.connect import Timeouts, open_pool

    pool = await open_pool(database_url, size=10, name="test", timeouts=Timeouts(10, 10, 10))
    yield pool
    await pool.close()


@pytest.fixture
async def admin_id(db_pool: Pool) -> UUID:
    """The admin, whose key is `harness.ADMIN_KEY`."""
    from app.db.accounts import admins
    from tests import harness

    async with db_pool.acquire() as conn, conn.transaction():
        await admins.ensure_admin(conn, harness.ADMIN_KEY)
        user_id: UUID = await conn.fetchval("SELECT id FROM users WHERE role = 'admin'")
    return user_id


@pytest.fixture(scope="session")
def shared_settings(postgres: EmbeddedPostgres, valkey: EmbeddedValkey) -> Settings:
    """The settings that all tests have in common, validated once: reading the environment takes 20 ms."""
    from app.settings import Settings

    return Settings(
        database_url=postgres.dsn,
        redis_url=valkey.url,
        geocoders=("offline",),
        extra_kinds=("tests.benchmarks.noop", "tests.scripted"),
        worker_poll_interval=200,
        shutdown_grace_seconds=1,
        log_level="WARNING",
    )


@pytest.fixture
def settings(shared_settings: Settings, database_url: str, redis_url: str) -> Settings:
    return shared_settings.model_copy(update={"database_url": database_url, "redis_url": redis_url})


@pytest.fixture
async def url(settings: Settings, admin_id: UUID) -> AsyncIterator[str]:
    """A running API."""
    from tests import harness

    async with harness.api(settings) as address:
        yield address


@pytest.fixture
async def client(url: str) -> AsyncIterator[aiohttp.ClientSession]:
    from tests import harness

    async with harness.session(url, harness.ADMIN_KEY) as session:
        yield session


@pytest.fixture
async def user_client(url: str, client: aiohttp.ClientSession) -> AsyncIterator[aiohttp.ClientSession]:
    """A plain user's session."""
    from tests import harness

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
