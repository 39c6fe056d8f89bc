"""Every kind of job has an acceptance test of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from workers import registry


@pytest.mark.parametrize("kind", sorted(registry.load()))
def test_every_kind_is_tested_on_the_whole_platform(kind: str) -> None:
    module = Path(__file__).with_name(f"test_{kind}.py")
    assert module.exists(), f"the kind {kind} needs {module.name}"
    assert "def test_" in module.read_text()
