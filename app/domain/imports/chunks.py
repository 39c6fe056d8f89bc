"""A chunk of a file, checked and ready to be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.domain.imports.row_problems import ProblemCode, RejectedRow, RowProblem, mask
from app.domain.websites.businesses import NewBusiness

ROWS_PER_CHUNK = 5_000
"""Enough for COPY to be fast, and under a second of work."""


@dataclass
class Chunk:
    """`rows` and `households` are lines of PostgreSQL's COPY text format with the empty string as null."""

    position: dict[str, Any] = field(default_factory=dict)
    """Where the next chunk begins: the position to create the reader with."""
    last: bool = False
    read: int = 0
    """Data rows, rejected ones included."""
    rows: bytes = b""
    households: bytes = b""
    businesses: list[tuple[int, NewBusiness]] = field(default_factory=list)
    """In place of `rows`: businesses with their lines, each key once."""
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)
    rejected_rows: list[RejectedRow] = field(default_factory=list)
    duplicates: int = 0

    @property
    def rejected(self) -> int:
        return len(self.rejected_rows)

    def reject(
        self,
        line: int,
        cells: list[str],
        code: ProblemCode,
        error: str,
        *,
        column: str | None = None,
        value: str | None = None,
        record_id: str | None = None,
    ) -> None:
        """Leave a row out. `error` continues "the row …", or "the column …" where `column` is given."""
        masked = None if value is None else mask(value)
        self.problems.append(RowProblem(line, record_id, column, code, masked, error, rejects=True))
        message = f"{column} {error}" if column else error
        self.rejected_rows.append(RejectedRow(line, [cell.replace("\0", " ") for cell in cells], code, message))

    def reject_protected(self, line: int, cells: list[str], flag: str, record_id: str | None = None) -> None:
        """Leave out a row that is marked as confidential; its report has none of its cells."""
        error = "marks the record as confidential; it was not imported"
        masked = ["*" if cell else "" for cell in cells]
        self.reject(line, masked, ProblemCode.PROTECTED, error, column=flag, record_id=record_id)

    def warn(
        self,
        line: int,
        record_id: str | None,
        code: ProblemCode,
        error: str,
        *,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        """Report a row that is kept without one of its values."""
        masked = None if value is None else mask(value)
        self.problems.append(RowProblem(line, record_id, column, code, masked, error, rejects=False))

    def add_duplicate(self, line: int, record_id: str) -> None:
        """Report a record that an earlier row of the file has already: the first row counts."""
        self.duplicates += 1
        self.warn(line, record_id, ProblemCode.DUPLICATE, "occurs earlier in the file; the first one was kept")


class Reader(Protocol):
    """Reads a file chunk by chunk; used by one thread at a time."""

    def chunk(self) -> Chunk:
        """Return the next chunk; there is none after the chunk whose `last` is set.

        Raises Unreadable where the rest of the file cannot be read.
        """
        ...


class RowLimit:
    """Counts the rows of the chunks of one job, which may end before the file does."""

    def __init__(self, position: Mapping[str, int], rows_per_chunk: int = ROWS_PER_CHUNK) -> None:
        self._left: int | None = position.get("left")
        self._rows_per_chunk = rows_per_chunk

    @property
    def next_rows(self) -> int:
        """Return the largest number of rows that the next chunk may have."""
        return self._rows_per_chunk if self._left is None else min(self._rows_per_chunk, self._left)

    def end(self, chunk: Chunk, position: Mapping[str, int]) -> None:
        """Set where the next chunk begins, and whether this one is the last."""
        chunk.position = {"offset": position["offset"], "line": position["line"]}
        chunk.last = chunk.read < self.next_rows
        if self._left is not None:
            self._left -= chunk.read
            chunk.position["left"] = self._left
            chunk.last = chunk.last or self._left <= 0


def copy_text(line: str) -> str:
    """Return tab-separated values, free of tabs and line ends, as a line of COPY's text format."""
    return line.replace("\\", "\\\\") if "\\" in line else line
