"""The example of a job kind in CONTRIBUTING.md runs as it is printed there."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import aiohttp
import pytest

from app.domain.jobs import kinds
from app.settings import Settings
from tests import harness

PAGE = Path(__file__).parents[3] / "CONTRIBUTING.md"
HANDLER = "workers.jobs.count_sheep"


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings with the kind of the example, made from the two blocks of code."""
    declaration, handler = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    declared: dict[str, object] = {}
    exec(declaration, declared)
    for name in ("CountSheepArgs", "COUNT_SHEEP"):
        monkeypatch.setattr(kinds, name, declared[name], raising=False)
    module = ModuleType(HANDLER)
    exec(handler, module.__dict__)
    monkeypatch.setitem(sys.modules, HANDLER, module)
    return settings.model_copy(update={"extra_kinds": (*settings.extra_kinds, HANDLER)})


async def test_the_example_of_a_kind_works(settings: Settings, client: aiohttp.ClientSession) -> None:
    async with harness.worker(settings):
        async with client.post("/api/v1/jobs", json={"type": "count_sheep", "data": {"sheep": 3}}) as response:
            assert response.status == 202, await response.text()
            job_id = (await response.json())["jobId"]
        job = await harness.follow(client, job_id)
    assert (job["status"], job["result"], job["processedItems"]) == ("completed", {"counted": 3}, 3)
