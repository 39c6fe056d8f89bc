"""The format of an uploaded file, found while it arrived."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from app.domain.imports.survey import FileFormat, Survey


@dataclass(frozen=True)
class Part:
    """A sheet of a spreadsheet, or a layer of map data."""

    name: str
    rows: int | None
    """None if it was not counted."""


@dataclass(frozen=True)
class Content:
    """How a file was sent, and how it is stored: as text in UTF-8 or Windows-1252, unpacked and converted."""

    received_bytes: int
    format: FileFormat | None
    """None for a file that could not be converted yet: see `problem`."""
    source: str = ""
    """The format that it was converted from, such as `spreadsheet`; empty if it is stored as it is."""
    packing: str | None = None
    """`gzip`, `zip` or None."""
    encoding: str = "utf-8"
    size: int = 0
    """Bytes as it is stored."""
    lines: int = 0
    longest: int = 0
    """Bytes of the longest line."""
    features: int | None = None
    """Of a GeoJSON collection."""
    original_bytes: int = 0
    """Size of the original, if it is kept for another conversion."""
    parts: tuple[Part, ...] = ()
    """The sheets or layers that can be chosen."""
    part: str = ""
    """The one that was read; `*` for all layers."""
    crs: str = ""
    """The coordinate system that the sender named."""
    notes: tuple[str, ...] = ()
    """Sentences for the sender."""
    problem: str = ""
    """Which option is needed to read the file."""
    spreadsheet_columns: list[tuple[list[str], str | int | None]] | None = None
    """Of a spreadsheet: the kinds of cells in each column, and its number format."""
    hints: dict[str, str] = field(default_factory=dict)
    """Options with which the file was sent."""

    def survey(self, head: bytes) -> Survey:
        """Return what is known of the stored file, of which `head` is the beginning."""
        return Survey(
            size=self.size,
            head=head,
            line_ends=self.lines,
            longest=self.longest,
            spreadsheet_columns=self.spreadsheet_columns,
        )

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Content:
        format = FileFormat(value["format"]) if value["format"] else None
        parts = tuple(Part(**part) for part in value["parts"])
        return cls(**{**value, "format": format, "parts": parts, "notes": tuple(value["notes"])})
