"""A worker that is told to stop before it ever found its database ends as one that did."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from app.embedded import EmbeddedValkey
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
            return "waiting for Postgres" in log.read_text()

        await eventually(waits, within=20)
    finally:
        status = await worker.end(signal.SIGTERM)
    assert (status, "Traceback" in log.read_text()) == (0, False), log.read_text()
