"""Processes that start before their database wait for it, and can be stopped while they wait."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from uuid import UUID

from app.embedded import EmbeddedPostgres, EmbeddedValkey
from app.settings import Settings
from tests import harness
from tests.harness import eventually
from tests.processes import Platform, Process


async def test_sigterm_while_waiting_for_postgres_is_exit_0(valkey: EmbeddedValkey, tmp_path: Path) -> None:
    nowhere = {"DATABASE_URL": f"postgresql://nobody@/nothing?host={tmp_path}", "REDIS_URL": valkey.url}
    log = tmp_path / "worker.log"
    worker = await Process(
        "worker", [sys.executable, "-m", "arq", "workers.Settings"], Platform(tmp_path).env | nowhere, log
    ).start()
    try:

        async def waits() -> bool:
            return "waiting_for_postgres" in log.read_text()

        await eventually(waits, within=20)
    finally:
        status = await worker.end(signal.SIGTERM)
    assert (status, "Traceback" in log.read_text()) == (0, False), log.read_text()


async def test_an_api_returns_503_until_postgres_is_available(
    settings: Settings, postgres: EmbeddedPostgres, admin_id: UUID, tmp_path: Path
) -> None:
    later = tmp_path / "later"
    dsn = settings.database_url.replace(str(postgres.socket_dir), str(later))
    job = {"type": "geocode_households", "data": {"filters": {"state": "CA"}}}
    async with (
        harness.api(settings.model_copy(update={"database_url": dsn})) as url,
        harness.session(url, harness.ADMIN_KEY) as client,
    ):
        async with client.get("/healthz") as alive, client.post("/api/v1/jobs", json=job) as refused:
            assert (alive.status, refused.status) == (200, 503)
            assert "Retry-After" in refused.headers
        later.symlink_to(postgres.socket_dir)

        async def accepted() -> bool:
            async with client.post("/api/v1/jobs", json=job) as answer:
                assert answer.status in (202, 503), await answer.text()
                return answer.status == 202

        assert await eventually(accepted)
