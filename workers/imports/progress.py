"""The progress of an import: the content of its checkpoint and of its result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.domain.imports.chunks import Chunk
from app.domain.imports.row_problems import ProblemSummary


@dataclass(frozen=True)
class ChunkCounts:
    """Counts of the changes that the valid rows of a chunk made to the table."""

    inserted: int
    updated: int
    unchanged: int
    duplicates: list[tuple[int, str]]
    """Line and record id of rows whose record an earlier chunk had."""
    more: dict[str, int]
    """Further counters of the kind."""


SOURCE = ("source", "sourceDerivedFrom", "place")


class MissingProgress:
    """The progress of the search for records that the file no longer has."""

    def __init__(self, checkpoint: dict[str, Any] | None) -> None:
        state = checkpoint or {}
        self.after: str = state.get("after", "")
        """The last record that was visited."""
        self.counted: bool = state.get("counted", False)
        self.known: int = state.get("known", 0)
        self.missing: int = state.get("missing", 0)
        self.disappeared: int | None = state.get("disappeared")
        """None until it was counted."""
        self.retired: int = state.get("retired", 0)
        self.marked: bool = state.get("marked", False)
        self.refused: str = state.get("refused", "")
        """Why none were retired."""
        self.covers_all: bool = state.get("covers_all", False)
        """Whether all earlier runs of the source were compared: a record of theirs without a mark is in the file."""

    def to_checkpoint(self) -> dict[str, Any]:
        return dict(vars(self))

    def to_result(self) -> dict[str, Any]:
        """Return what a result says; nothing before all records were visited."""
        return {"disappeared": self.disappeared, "retired": self.retired} if self.counted else {}


class ImportProgress:
    COUNTERS = ("read", "valid", "inserted", "updated", "unchanged", "duplicateInFile", "rejected")

    def __init__(self, checkpoint: dict[str, Any], more_counters: tuple[str, ...]) -> None:
        self.run = UUID(checkpoint["run"])
        """Identifies this reading of the file; a retry from the start is another run."""
        self.position: dict[str, Any] = checkpoint["position"]
        self.done: bool = checkpoint.get("done", False)
        so_far = checkpoint.get("partialResult") or {}
        counts: dict[str, int] = checkpoint.get("counts") or so_far
        self.counts = {name: counts.get(name, 0) for name in (*self.COUNTERS, *more_counters)}
        self.summary = ProblemSummary(checkpoint.get("summary") or so_far.get("summary", {}))
        self.source: dict[str, Any] = {name: so_far[name] for name in SOURCE if name in so_far}
        """Which source the records belong to, and what that was derived from."""
        self.overwrite: dict[str, Any] | None = so_far.get("overwrite")
        """What the import would overwrite, if that was checked."""
        self.checked: bool = checkpoint.get("checked", False)
        """Whether it was checked what the import would overwrite."""
        self.columns: list[str] = checkpoint.get("columns", [])
        """Canonical names of the columns of the file, by which versions of it are recognised."""
        self.completed: bool = checkpoint.get("completed", False)
        """Whether nothing is left to do."""
        self.missing = MissingProgress(checkpoint.get("missing"))
        self.warnings: int = checkpoint.get("warnings", 0)

    def add(self, chunk: Chunk, counts: ChunkCounts) -> None:
        """Count a chunk, and move on to the next."""
        added = {
            "read": chunk.read,
            "valid": chunk.read - chunk.rejected,
            "inserted": counts.inserted,
            "updated": counts.updated,
            "unchanged": counts.unchanged,
            "duplicateInFile": chunk.duplicates,
            "rejected": chunk.rejected,
        } | counts.more
        for name, count in added.items():
            self.counts[name] += count
        self.summary.add(chunk.problems)
        self.position = chunk.position

    def nothing_usable(self) -> str | None:
        """Return the error if all rows were rejected, with the most frequent reason."""
        read = self.counts["read"]
        if not read or self.counts["rejected"] < read:
            return None
        subject = "The only row was" if read == 1 else f"All {read:,} rows were"
        rejecting = [entry for entry in self.summary.codes.values() if entry["rejected"] and entry["samples"]]
        main = max(rejecting, key=lambda entry: entry["count"], default=None)
        if main is None:
            return f"{subject} rejected."
        sample = main["samples"][0]
        where = f"column {sample['column']!r}" if sample["column"] else "row"
        count = "1 row" if main["count"] == 1 else f"{main['count']:,} rows"
        reason = f"{count}, the first in line {sample['line']:,}): the {where} {sample['message']}"
        return f"{subject} rejected. The most frequent reason ({reason}. The report of rejected rows has all of them."

    def to_checkpoint(self) -> dict[str, Any]:
        return {
            "run": str(self.run),
            "position": self.position,
            "done": self.done,
            "columns": self.columns,
            "checked": self.checked,
            "completed": self.completed,
            "missing": self.missing.to_checkpoint(),
            "warnings": self.warnings,
            "partialResult": self.to_result(),
        }

    def to_result(self) -> dict[str, Any]:
        result = self.counts | self.missing.to_result() | {"summary": self.summary.codes} | self.source
        return result | ({"overwrite": self.overwrite} if self.overwrite else {})
