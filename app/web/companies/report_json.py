"""A report as the API returns it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from app.db.companies.report_parts import ReportSection, ReportSource
from app.db.companies.reports import Report
from app.domain.companies.research.claims import Claim
from app.domain.companies.research.report import ReportStatus
from app.domain.companies.research.sections import SECTIONS
from app.domain.companies.research.sources import SourceKind
from app.web.http.models import ResponseModel, is_none

NOT_FOUND = "Not found in the sources."
TITLES = {section.key: section.title for section in SECTIONS}


class ReportedCompany(ResponseModel):
    """The company as it was when the report was created."""

    id: UUID
    external_id: str | None
    name: str
    website: str | None
    registry_number: str | None
    place_id: str | None


class ClaimModel(ResponseModel):
    """A sentence with the quotation that supports it."""

    text: str
    quote: str
    """Verbatim from the text of the sources."""
    sources: list[str]
    """Ids of sources, such as `S1`."""
    written_on: str | None = None
    """When the quotation was written, as a date, month or year (ISO 8601); null if unknown or the text names a year."""


class SectionModel(ResponseModel):
    """A section, written or not."""

    key: str
    title: str
    status: Literal["complete", "not_found", "pending"]
    """`pending` until it is written."""
    text: str
    """The claims, each with the ids of its sources."""
    claims: list[ClaimModel]
    dropped: dict[str, int]
    """Number of claims that were dropped, by reason."""
    model: str | None
    """The language model that wrote it, or `extractive`."""
    note: str | None
    confidence: dict[str, float]
    """The score and its factors, each 0 to 1; empty until it is written."""


class SourceModel(ResponseModel):
    """A source without its text."""

    id: str
    """`S1`, `S2` …"""
    url: str
    title: str
    kind: SourceKind
    fetched_at: datetime
    published_on: date | None
    sha256: str
    """The SHA-256 of the stored text, in hex."""
    cited: bool
    """Whether a claim quotes it."""


class ReportConfidence(ResponseModel):
    """How the confidence in a report is computed."""

    score: float | None = Field(default=None, ge=0, le=1, exclude_if=is_none)
    """Missing until the report is finished, as are the formula and the weights."""
    formula: str | None = Field(default=None, exclude_if=is_none)
    weights: dict[str, float] | None = Field(default=None, exclude_if=is_none)
    """By section."""
    sections: dict[str, dict[str, float]]
    """The score of each written section and its factors."""


class ReportUsage(ResponseModel):
    """The use of language models for a report."""

    calls: int
    lost_calls: int
    """Calls that never finished; each counts with the cost that was reserved for it."""
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    cost_usd: float | None
    """Null if it is not known."""
    cost_sources: list[str]


class ReportModel(ResponseModel):
    """A report as far as it is written."""

    id: UUID
    company: ReportedCompany
    status: ReportStatus
    problems: list[str]
    """Which sources could not be read, and why. A report with any costs no quota and is not reused."""
    model: str
    """The language model that wrote it, or `extractive` if it holds quotations only."""
    sections: list[SectionModel]
    """All of them, in order."""
    sources: list[SourceModel]
    confidence_score: float = Field(ge=0, le=1)
    """0 until the report is finished."""
    confidence: ReportConfidence
    dropped_claims: int
    """Claims that their quotations did not support."""
    usage: ReportUsage
    created_at: datetime
    completed_at: datetime | None


def present_report(report: Report) -> ReportModel:
    """Return a report with all its sections in order, also those that are not written yet."""
    sections = {section.key: section for section in report.sections}
    cited = {source_id for section in report.sections for claim in section.claims for source_id in claim.sources}
    section_confidence = {key: section.confidence for key, section in sections.items()}
    return ReportModel(
        id=report.id,
        company=ReportedCompany(**report.company),
        status=ReportStatus(report.status),
        problems=report.problems,
        model=report.model,
        sections=[_present_section(key, sections.get(key)) for key in TITLES],
        sources=[_present_source(source, cited) for source in report.sources],
        confidence_score=report.confidence_score or 0.0,
        confidence=ReportConfidence(**report.confidence, sections=section_confidence),
        dropped_claims=sum(sum(section.dropped.values()) for section in report.sections),
        usage=ReportUsage(**report.usage),
        created_at=report.created_at,
        completed_at=report.completed_at,
    )


def _present_section(key: str, section: ReportSection | None) -> SectionModel:
    if section is None:
        return SectionModel(
            key=key,
            title=TITLES[key],
            status="pending",
            text="",
            claims=[],
            dropped={},
            model=None,
            note=None,
            confidence={},
        )
    return SectionModel(
        key=key,
        title=TITLES[key],
        status="complete" if section.claims else "not_found",
        text=_text(section.claims),
        claims=[
            ClaimModel(
                text=claim.text, quote=claim.quote, sources=list(claim.sources), written_on=claim.written_on or None
            )
            for claim in section.claims
        ],
        dropped=section.dropped,
        model=section.model,
        note=section.note,
        confidence=section.confidence,
    )


def _present_source(source: ReportSource, cited: set[str]) -> SourceModel:
    source_id = f"S{source.number}"
    return SourceModel(
        id=source_id,
        url=source.url,
        title=source.title,
        kind=SourceKind(source.kind),
        fetched_at=source.fetched_at,
        published_on=source.published_on,
        sha256=source.sha256.hex(),
        cited=source_id in cited,
    )


def _text(claims: list[Claim]) -> str:
    """Return the text of a section: its claims, each followed by the ids of its sources."""
    if not claims:
        return NOT_FOUND
    return " ".join(
        f"{as_sentence(claim.text)}{as_date(claim.written_on)} [{', '.join(claim.sources)}]" for claim in claims
    )


def as_date(written_on: str | None) -> str:
    """Return when a claim was written, as it follows its text; empty if unknown."""
    return f" (written {written_on})" if written_on else ""


def as_sentence(text: str) -> str:
    """End a text with a full stop, unless it ends a sentence already."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
