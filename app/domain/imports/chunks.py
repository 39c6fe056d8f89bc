"""A chunk of a file, checked and ready to be written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from app.domain.imports.row_problems import Code, Finding, Reject, mask
from app.domain.websites.businesses import NewBusiness

ROWS = 5_000
"""Data rows a chunk: what a COPY needs to be quick, and under a second of work."""


@dataclass
class Chunk:
    """`rows` and `households` are lines of PostgreSQL's COPY text format with the empty string as null."""

    position: dict[str, Any]
    """Where the next chunk begins: what the reader is made from again."""
    last: bool = False
    read: int = 0
    """Data rows, rejected ones included."""
    rows: bytes = b""
    households: bytes = b""
    businesses: list[tuple[int, NewBusiness]] = field(default_factory=list)
    """With their lines, each key once; in place of `rows`."""
    counts: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    duplicates: int = 0

    @property
    def rejected(self) -> int:
        return len(self.rejects)

    def reject(
        self,
        line: int,
        cells: list[str],
        code: Code,
        error: str,
        *,
        column: str | None = None,
        value: str | None = None,
        record_id: str | None = None,
    ) -> None:
        """Leave a row out. `error` continues "the row …", or "the column …" where one is named."""
        masked = None if value is None else mask(value)
        self.findings.append(Finding(line, record_id, column, code, masked, error, rejects=True))
        told = f"{column} {error}" if column else error
        self.rejects.append(Reject(line, [cell.replace("\0", " ") for cell in cells], code, told))

    def warn(
        self,
        line: int,
        record_id: str | None,
        code: Code,
        error: str,
        *,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        """Keep a row without one of its values."""
        masked = None if value is None else mask(value)
        self.findings.append(Finding(line, record_id, column, code, masked, error, rejects=False))

    def duplicate(self, line: int, record_id: str) -> None:
        """A record that stood in the file before: the first one counts."""
        self.duplicates += 1
        self.warn(line, record_id, Code.DUPLICATE, "stood in the file before; the first one was kept")


class Reader(Protocol):
    """Reads a file a chunk at a time; used by one thread at a time."""

    def chunk(self) -> Chunk:
        """The next chunk; after the one that says it is the last there is none.

        Raises Unreadable where nothing further can be made of the file.
        """
        ...


def copy_text(line: str) -> str:
    """Tab-separated values, free of tabs and line ends, as a line of COPY's text format."""
    return line.replace("\\", "\\\\") if "\\" in line else line
