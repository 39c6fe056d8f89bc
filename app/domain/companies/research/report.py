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
    """Finished, but some sections hold quotations only because the model could not be used."""


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

    def to_json(self) -> dict[str, Any]:
        """Return the result as the job has it."""
        return {**asdict(self), "report_id": str(self.report_id)}
