"""What the story of a result consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """A link to what one can do next."""

    label: str
    path: str
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """A result in words."""

    sentences: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)
    """Shown below by the shape of the values, under these names."""


def sentences(*texts: str | None) -> tuple[str, ...]:
    """Return the texts that there are."""
    return tuple(text for text in texts if text)


def share_of(part: int, whole: int) -> str:
    """Return a share in percent, which is 100 % only if nothing is missing."""
    if not whole:
        return "0 %"
    percent = 100 * part / whole
    if part != whole:
        percent = min(percent, 99.9)
    return f"{percent:.1f} %" if percent != round(percent) else f"{percent:.0f} %"
