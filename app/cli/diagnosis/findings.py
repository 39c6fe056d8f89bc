"""Findings of the checks of `trigpoint doctor`."""

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
    """The finding in a sentence, with the remedy unless all is well."""


def ok(area: str, text: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(area, Level.OK, text)


def note(area: str, text: str) -> Finding:
    """Return what could be better."""
    return Finding(area, Level.NOTE, text)


def problem(area: str, text: str) -> Finding:
    """Return what must be mended."""
    return Finding(area, Level.PROBLEM, text)
