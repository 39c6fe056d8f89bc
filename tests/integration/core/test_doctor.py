"""`trigpoint doctor` on a running installation, and on one that is broken."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from app.settings import Settings
from tests import harness
from tests.integration.core.test_startup import run


async def doctor(**env: str) -> tuple[int, dict[str, list[tuple[str, str]]]]:
    """Run it as a process; its exit code, and the level and text of the findings by area."""
    code, output = await run([sys.executable, "-c", "from app.cli import main; main()", "doctor", "--json"], **env)
    found: dict[str, list[tuple[str, str]]] = {}
    said: list[dict[str, Any]] = json.loads(output)
    for finding in said:
        found.setdefault(finding["area"], []).append((finding["level"], finding["text"]))
    return code, found


async def test_a_whole_installation_is_checked(settings: Settings, url: str, tmp_path: Path) -> None:
    env = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "TRIGPOINT_QUEUE_PREFIX": settings.queue_prefix,
        "TRIGPOINT_UPLOADS_URL": tmp_path.as_uri(),
        "TRIGPOINT_URL": url,
    }
    async with harness.worker(settings):
        _, found = await doctor(**env)
    for area in ("redis", "uploads", "workers", "queues", "api"):
        assert [level for level, _ in found[area]] == ["ok"], found[area]
    assert found["postgres"][0][0] == "ok"
    code, found = await doctor(**env | {"TRIGPOINT_URL": "http://127.0.0.1:9", "REDIS_URL": "redis://127.0.0.1:9"})
    assert code == 1
    assert found["redis"][0][0] == found["api"][0][0] == "PROBLEM"
    assert "set TRIGPOINT_URL" in found["api"][0][1]


async def test_a_database_without_a_schema_and_settings_that_cannot_be_read(settings: Settings) -> None:
    env = {"DATABASE_URL": settings.database_url.replace("/test_", "/nope_"), "REDIS_URL": settings.redis_url}
    code, found = await doctor(**env, TRIGPOINT_URL="http://127.0.0.1:9")
    assert code == 1 and found["postgres"][0][0] == "PROBLEM" and "create it" in found["postgres"][0][1]
    code, found = await doctor(DATABASE_URL="mysql://x", REDIS_URL=settings.redis_url)
    assert code == 1 and list(found) == ["settings"] and "DATABASE_URL" in found["settings"][0][1]
