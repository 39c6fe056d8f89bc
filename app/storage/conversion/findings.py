"""Findings of the converting process about a file."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.storage.conversion.request import FilePart

MAX_PARTS = 200
MAX_NAME_CHARACTERS = 200


@dataclass
class Findings:
    notes: list[str] = field(default_factory=list)
    """Sentences for the sender of the file."""
    parts: list[FilePart] = field(default_factory=list)
    """The sheets or layers that can be chosen, at most MAX_PARTS."""
    part: str = ""
    """The name of the one that was read; `*` for all layers."""
    columns: list[tuple[list[str], str | int | None]] = field(default_factory=list)
    """Of a spreadsheet: the kinds of cells in each column, and its number format."""

    def add_part(self, name: str, rows: int | None) -> None:
        if len(self.parts) < MAX_PARTS:
            self.parts.append(FilePart(name[:MAX_NAME_CHARACTERS], rows))
