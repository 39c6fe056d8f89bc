"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How urgent it is."""

    OK = "ok"
    NOTE = "note"
    """It works, and could be better."""
    PROBLEM = "PROBLEM"
    """Something does not work, or will not for long."""


@dataclass(frozen=True)
class Finding:
    area: str
    level: Level
    text: str
    """What was found, and what to do unless it is fine."""


def ok(area: str, text: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(area, Level.OK, text)


def note(area: str, text: str) -> Finding:
    """Return what could be better."""
    return Finding(area, Level.NOTE, text)


def problem(area: str, text: str) -> Finding:
    """Return what must be mended."""
    return Finding(area, Level.PROBLEM, text)
