"""The status of a report, and the result of the job that wrote it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID


class ReportStatus(StrEnum):
    """The status of a report."""

    WRITING = "writing"
    COMPLETE = "complete"
    PARTIAL = "partial"
    """Finished, but a source could not be read, or sections hold quotations only because of their model."""
    FAILED = "failed"
    """Finished without a single claim."""


NOTHING_SAID = "No source says anything that a report could quote."


@dataclass(frozen=True, slots=True)
class ReportResult:
    """The result of a `company_research` job."""

    report_id: UUID
    status: str
    sections_complete: int
    """Sections that are written, including those for which nothing was found."""
    sections_found: int
    total_sources: int
    confidence_score: float
    """0 to 1."""
    dropped_claims: int
    model: str
    problems: list[str]
    """Which sources could not be read, and why; see `is_free`."""

    def to_json(self) -> dict[str, Any]:
        """Return the result as the job has it."""
        return {**asdict(self), "report_id": str(self.report_id)}
