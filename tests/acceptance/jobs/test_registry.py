"""Every kind of job has an acceptance test of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from workers import registry


@pytest.mark.parametrize("module", registry.MODULES)
def test_every_kind_is_tested_on_the_whole_platform(module: str) -> None:
    _, area, kind = module.split(".")
    test = Path(__file__).parents[1] / area / f"test_{kind}.py"
    assert test.exists(), f"the kind {kind} needs tests/acceptance/{area}/{test.name}"
    assert "def test_" in test.read_text()
