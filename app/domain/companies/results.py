"""The results of the jobs about companies, in the words of the document that they come from: snake_case."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from app.domain.companies.research.report import ReportStatus
from app.domain.companies.signals import SignalKind


class CompanyResearchResult(BaseModel):
    """The result of a `company_research` job. The report is at `/api/v1/reports/{id}`."""

    report_id: UUID
    status: ReportStatus
    sections_complete: int
    """Sections that are written, including those for which nothing was found."""
    sections_found: int
    total_sources: int
    confidence_score: float
    """0 to 1."""
    dropped_claims: int
    """Claims left out because no source supports them."""
    model: str
    problems: list[str]
    """Which sources could not be read, and why."""


class EnrichedSource(BaseModel):
    """What a source said about a company."""

    status: str
    """`found`, `nothing`, `uncertain`, `off` (not configured) or `failed`."""
    fields: list[str] | None = None
    """The fields that were found."""
    detail: str | None = None


class CompanyEnrichmentResult(BaseModel):
    """The result of a `company_enrichment` job. The fields are stored with the company."""

    company_id: UUID
    sources: dict[str, EnrichedSource]
    found: list[str]
    """The sources that had something."""


class LeadScoringResult(BaseModel):
    """The result of a `lead_scoring` job."""

    scored: int
    not_found: int
    """Companies that no longer exist."""
    scores: dict[str, float]
    """Company id to score, 0 to 100."""
    note: str | None = None


class SignalQuote(BaseModel):
    """Where a signal was found."""

    quote: str
    url: str
    sha256: str
    """Of the text of the page."""


class DetectedSignal(BaseModel):
    """A new signal of a company."""

    id: UUID
    company_id: UUID
    type: SignalKind
    title: str
    evidence: SignalQuote
    occurred_on: date | None
    detected_at: datetime
    strength: float


class AskedSource(BaseModel):
    """How a kind of source was read."""

    status: str
    """`found`, `nothing`, `off` (not configured), `unavailable`, `failed` or `late`."""
    sources: int
    """How many were found."""
    detail: str | None = None


class UnjudgedPage(BaseModel):
    """A page in which no signals were looked for, because of its language."""

    url: str
    language: str
    """ISO 639-1 code."""


class SignalDetectionResult(BaseModel):
    """The result of a `signal_detection` job."""

    company_id: UUID
    signals: list[DetectedSignal]
    """Those that were not known before."""
    new_signals: int
    seen_before: int
    notifications: int
    """Messages to teams."""
    not_judged: list[UnjudgedPage]
    """Pages in other languages than English: the rules do not understand them."""
    sources: dict[str, AskedSource]


class SignalNotificationResult(BaseModel):
    """The result of a `signal_notification` job."""

    sent: bool
    reason: str | None = None
    """Why nothing was sent."""
    channel: str | None = None
    """`email`, `slack` or another kind of channel."""
    target: str | None = None
    """The address of the channel."""
