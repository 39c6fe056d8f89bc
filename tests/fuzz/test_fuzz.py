"""A short run; `make fuzz` makes a long one."""

from __future__ import annotations

from pathlib import Path

from tests.fuzz.run import fuzz


async def test_generated_requests_get_declared_responses(tmp_path: Path) -> None:
    found = await fuzz(tmp_path, cases=800, seed=7, phases="examples,fuzzing,stateful")
    assert found.status == 0, found.output
    assert found.requests >= 800
