"""The API's settings of the garbage collector."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app import main
from app.settings import Settings
from tests import harness

STATE = """
import gc
from workers.core.process_tuning import API_GC_THRESHOLDS, tune_api_process
tune_api_process()
print(gc.get_freeze_count() > 1_000, gc.get_threshold() == API_GC_THRESHOLDS)
"""


def test_collections_leave_out_the_modules() -> None:
    """In a process of its own: here, the workers of other tests have settings of theirs."""
    assert subprocess.check_output([sys.executable, "-c", STATE], text=True).split() == ["True", "True"]


async def test_the_api_tunes_its_process(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    tuned: list[bool] = []
    monkeypatch.setattr(main, "tune_api_process", lambda: tuned.append(True))
    async with harness.api(settings):
        assert tuned == [True]
