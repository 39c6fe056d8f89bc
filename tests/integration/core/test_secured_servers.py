"""Postgres and Redis over TLS, with users and passwords of any characters, for the platform and for migrations."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import pytest
import trustme
from redis.asyncio import Redis

from app.db.core.connect import Timeouts, connect, open_pool
from app.db.core.faults import describe_fault
from app.db.core.migrate import MigrationFailed, read_revision, upgrade
from app.db.core.schema import known_revisions
from app.embedded import EmbeddedPostgres, EmbeddedValkey
from app.queue.sender import Sender
from app.settings import Settings
from tests import harness
from tests.servers.tls import tls_in_front_of

PASSWORD = "p@ss/w?o#r:d %é"


@dataclass(frozen=True)
class Secured:
    """A database that its user reaches over TLS and with a password only."""

    port: int
    certificate: Path
    name: str

    def url(self, options: str, *, password: str = PASSWORD, host: str = "localhost", name: str | None = None) -> str:
        return f"postgresql://{self.name}:{password}@{host}:{self.port}/{name or self.name}?{options}"

    @property
    def trusting(self) -> str:
        return f"sslmode=verify-full&sslrootcert={self.certificate}"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    authority, path = trustme.CA(), tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return authority, path


@pytest.fixture
async def secured(postgres: EmbeddedPostgres, authority: tuple[trustme.CA, Path]) -> AsyncIterator[Secured]:
    name, rules = "secured", postgres.data_dir / "pg_hba.conf"
    before = rules.read_text()
    conn = await asyncpg.connect(postgres.dsn)
    rules.write_text(f"local all {name} scram-sha-256\n{before}")
    await conn.execute("SELECT pg_reload_conf()")
    await conn.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'")
    await conn.execute(f"CREATE DATABASE {name} OWNER {name}")
    socket = postgres.socket_dir / ".s.PGSQL.5432"
    async with tls_in_front_of(socket, authority[0], is_postgres=True) as port:
        yield Secured(port, authority[1], name)
    await conn.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await conn.execute(f"DROP ROLE {name}")
    rules.write_text(before)
    await conn.execute("SELECT pg_reload_conf()")
    await conn.close()


@pytest.mark.parametrize("password", [PASSWORD, quote(PASSWORD, safe="")], ids=["raw", "encoded"])
async def test_one_url_is_for_the_platform_and_for_migrations(secured: Secured, password: str) -> None:
    options = (
        f"{secured.trusting}&channel_binding=require&connect_timeout=9&application_name=mine"
        "&options=-c%20statement_timeout%3D4321&gssencmode=disable"
    )
    url = secured.url(options, password=password)
    await asyncio.to_thread(upgrade, url)
    assert await asyncio.to_thread(read_revision, url) == known_revisions()[-1]
    pool = await open_pool(url, size=2, name="trigpoint api", timeouts=Timeouts(10, 10, 10))
    async with pool.acquire() as conn:
        assert await conn.fetchval("SHOW statement_timeout") == "4321ms"
        assert await conn.fetchval("SHOW application_name") == "mine"
        assert await conn.fetchval("SELECT current_user") == "secured"
    await pool.close()


async def test_of_several_hosts_one_that_is_there_is_used(secured: Secured) -> None:
    url = secured.url(f"{secured.trusting}&target_session_attrs=read-write", host="127.0.0.1:1,localhost")
    conn = await connect(url, name="test")
    assert await conn.fetchval("SELECT 1") == 1
    await conn.close()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"password": "wrong"}, "refuses the password"),
        ({"name": "nosuch"}, "the database does not exist"),
        ({"options": "sslmode=disable"}, "cannot be reached"),
        ({"options": "{trusting}&no_such_setting=1"}, "does not know an option"),
        ({"host": "127.0.0.1"}, "the certificate of Postgres is not trusted"),
        ({"options": "sslmode=verify-full&sslrootcert=system"}, "the certificate of Postgres is not trusted"),
        ({"host": "nosuch.invalid"}, "cannot be resolved"),
    ],
    ids=["password", "database", "no TLS", "option", "host name", "authority", "unknown host"],
)
async def test_reasons_why_no_connection_can_be_made(secured: Secured, change: dict[str, str], reason: str) -> None:
    arguments = {"options": secured.trusting} | change
    arguments["options"] = arguments["options"].replace("{trusting}", secured.trusting)
    url = secured.url(arguments.pop("options"), **arguments)
    with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)) as failed:
        await connect(url, name="test")
    assert reason in describe_fault(failed.value).reason
    with pytest.raises(MigrationFailed, match=reason) as refused:
        await asyncio.to_thread(upgrade, url)
    assert PASSWORD not in str(refused.value) and "\n" not in str(refused.value)


def administrator(url: str) -> Any:
    return Redis.from_url(url)  # whose commands have no types


@pytest.fixture
async def redis_of_a_user(tmp_path: Path, authority: tuple[trustme.CA, Path]) -> AsyncIterator[tuple[str, Any]]:
    """The URL of a Valkey with TLS for a user without dangerous commands, and an administrator's connection."""
    valkey = EmbeddedValkey(tmp_path / "valkey")
    valkey.start()
    rights = ["on", f">{PASSWORD}", "~trigpoint:*", "~arq:*", "&trigpoint:*", "+@all", "-@dangerous", "-@admin"]
    async with (
        administrator(valkey.url) as admin,
        tls_in_front_of(valkey.socket, authority[0], is_postgres=False) as port,
    ):
        await admin.execute_command("ACL", "SETUSER", "app", *rights)
        yield f"rediss://app:{PASSWORD}@localhost:{port}/0?ssl_ca_certs={authority[1]}&ssl_check_hostname=true", admin
    valkey.stop()


async def test_jobs_run_with_tls_and_a_user_of_few_rights(
    settings: Settings, admin_id: object, redis_of_a_user: tuple[str, Any]
) -> None:
    secured = settings.model_copy(update={"redis_url": redis_of_a_user[0], "rate_limit_per_minute": 1000})
    async with (
        harness.api(secured) as url,
        harness.worker(secured),
        harness.session(url, harness.ADMIN_KEY) as client,
    ):
        async with client.post("/api/v1/jobs", json={"type": "noop"}) as created:
            assert created.status == 202, await created.text()
            assert "RateLimit" in created.headers
            job_id = (await created.json())["jobId"]
        assert (await harness.follow(client, job_id))["status"] == "completed"


async def spoil(admin: Any, folder: Path, fault: str) -> None:
    match fault:
        case "replica":
            await admin.execute_command("REPLICAOF", "127.0.0.1", "1")
        case "memory":
            await admin.execute_command("CONFIG", "SET", "maxmemory", "1")
        case "acl":
            await admin.execute_command("ACL", "SETUSER", "app", "-psetex", "-zadd")
        case "password":
            await admin.execute_command("ACL", "SETUSER", "app", "resetpass", ">another")
            await admin.execute_command("CLIENT", "KILL", "USER", "app")
        case "disk":
            await admin.execute_command("SET", "trigpoint:x", "1")
            await admin.execute_command("CONFIG", "SET", "save", "1 1")
            (folder / "valkey" / "dump.rdb").mkdir()
            try:
                await admin.execute_command("SAVE")
            except Exception as error:
                assert "ERR" in str(error) or "Error" in type(error).__name__


async def mend(admin: Any, folder: Path, fault: str) -> None:
    match fault:
        case "replica":
            await admin.execute_command("REPLICAOF", "NO", "ONE")
        case "memory":
            await admin.execute_command("CONFIG", "SET", "maxmemory", "0")
        case "acl":
            await admin.execute_command("ACL", "SETUSER", "app", "+psetex", "+zadd")
        case "password":
            await admin.execute_command("ACL", "SETUSER", "app", "resetpass", f">{PASSWORD}")
        case "disk":
            shutil.rmtree(folder / "valkey" / "dump.rdb")
            await admin.execute_command("SAVE")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("replica", "read-only replica: REDIS_URL must name the primary"),
        ("memory", "has reached maxmemory"),
        ("acl", "denies a command, key or channel"),
        ("password", "refuses the user or password"),
        ("disk", "cannot save its data and refuses writes"),
    ],
)
async def test_a_redis_that_refuses_is_named_and_the_job_runs_once_it_is_mended(
    settings: Settings, admin_id: object, redis_of_a_user: tuple[str, Any], tmp_path: Path, fault: str, reason: str
) -> None:
    address, admin = redis_of_a_user
    secured = settings.model_copy(update={"redis_url": address})
    async with (
        harness.api(secured) as url,
        harness.worker(secured),
        harness.session(url, harness.ADMIN_KEY) as client,
    ):
        await spoil(admin, tmp_path, fault)

        async def is_named() -> bool:
            async with client.get("/readyz") as response:
                ready = await response.json()
            assert (response.status, ready["checks"]["postgres"]) == (200, True)
            return ready["status"] == "degraded" and reason in (ready["reasons"]["redis"] or "")

        await harness.eventually(is_named)
        async with client.post("/api/v1/jobs", json={"type": "noop"}) as created:
            assert created.status == 202, await created.text()
            job_id = (await created.json())["jobId"]
        await mend(admin, tmp_path, fault)
        assert (await harness.follow(client, job_id))["status"] == "completed"


async def test_a_wrong_number_of_the_database_is_named(tmp_path: Path) -> None:
    valkey = EmbeddedValkey(tmp_path / "valkey")
    valkey.start()
    sender = Sender(valkey.url.replace("db=0", "db=99"), "trigpoint")
    assert "no database of that number" in (await sender.find_fault() or "")
    await sender.close()
    valkey.stop()


async def test_a_password_that_is_missing_is_named(tmp_path: Path) -> None:
    valkey = EmbeddedValkey(tmp_path / "valkey")
    valkey.start()
    try:
        async with administrator(valkey.url) as admin:
            await admin.execute_command("CONFIG", "SET", "requirepass", "secret")
            sender = Sender(valkey.url, "trigpoint")

            async def is_named() -> bool:  # a loaded machine may be too slow for the first look
                return await sender.find_fault() == "Redis needs a password: set one in REDIS_URL"

            await harness.eventually(is_named)
            await sender.close()
    finally:
        valkey.stop()
