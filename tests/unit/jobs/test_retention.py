"""The handbook has the period of every kind of data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.domain.jobs.retention import RETENTIONS, check_periods

HANDBOOK = Path(__file__).parents[3] / "docs" / "operations.md"


def test_the_handbook_has_every_kind_with_its_periods() -> None:
    described = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \| (\S+) \|$", HANDBOOK.read_text(), re.MULTILINE)
    assert described == [
        (kind.name, kind.what, f"{kind.default_days:g}" if kind.default_days else "for ever", f"{kind.min_days:g}")
        for kind in RETENTIONS
    ]


@pytest.mark.parametrize("periods", [{"audit": 3.0}, {"nope": 3.0}, {"jobs": float("inf")}, {"jobs": 0.5}])
def test_impossible_periods_are_refused(periods: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="TRIGPOINT_RETENTION__"):
        check_periods(periods)


def test_defaults_and_for_ever_are_possible() -> None:
    check_periods({kind.name: kind.default_days for kind in RETENTIONS} | {"jobs": 0})
