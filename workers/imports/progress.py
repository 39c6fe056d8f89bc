"""How far an import has come: the content of its checkpoint, and of its result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.domain.imports.chunks import Chunk
from app.domain.imports.row_problems import ProblemSummary


@dataclass(frozen=True)
class ChunkCounts:
    """How the valid rows of a chunk changed the table."""

    inserted: int
    updated: int
    unchanged: int
    duplicates: list[tuple[int, str]]
    """Line and record id of rows whose record an earlier chunk had."""
    more: dict[str, int]
    """Further counters of the kind."""


class ImportProgress:
    COUNTERS = ("read", "valid", "inserted", "updated", "unchanged", "duplicateInFile", "rejected")

    def __init__(self, checkpoint: dict[str, Any], more_counters: tuple[str, ...]) -> None:
        self.run = UUID(checkpoint["run"])
        """Identifies this reading of the file; a retry from the start is another run."""
        self.position: dict[str, Any] = checkpoint["position"]
        self.done: bool = checkpoint.get("done", False)
        self.counts: dict[str, int] = checkpoint.get("counts") or dict.fromkeys((*self.COUNTERS, *more_counters), 0)
        self.summary = ProblemSummary(checkpoint.get("summary", {}))
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

    def to_checkpoint(self) -> dict[str, Any]:
        return {
            "run": str(self.run),
            "position": self.position,
            "done": self.done,
            "counts": self.counts,
            "summary": self.summary.codes,
            "warnings": self.warnings,
        }

    def to_result(self) -> dict[str, Any]:
        return self.counts | {"summary": self.summary.codes}
