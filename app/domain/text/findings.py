"""Findings about a file's columns from their values, made when the file arrived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Findings:
    """Corrections to what the names of the columns say."""

    distrusted: frozenset[str] = frozenset()
    """Names of columns whose values contradict their names: they are found by a mapping only."""
    by_content: Mapping[str, str] = field(default_factory=dict)
    """Field to the name of the column whose values look like it."""


NOTHING = Findings()
