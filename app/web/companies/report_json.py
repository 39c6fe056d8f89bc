"""A report as the API returns it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypedDict

from app.db.companies.report_parts import ReportSection, ReportSource
from app.db.companies.reports import Report
from app.domain.companies.research.claims import Claim
from app.domain.companies.research.sections import SECTIONS

NOT_FOUND = "Not found in the sources."
TITLES = {section.key: section.title for section in SECTIONS}


class ClaimJson(TypedDict):
    """A sentence with the quotation that supports it."""

    text: str
    quote: str
    sources: list[str]


class SectionJson(TypedDict):
    """A section, written or not."""

    key: str
    title: str
    status: str
    """`complete`, `not_found`, or `pending` until it is written."""
    text: str
    claims: list[ClaimJson]
    dropped: dict[str, int]
    model: str | None
    note: str | None
    confidence: dict[str, float]


class SourceJson(TypedDict):
    """A source without its text."""

    id: str
    url: str
    title: str
    kind: str
    fetched_at: datetime
    published_on: date | None
    sha256: str
    cited: bool


class ReportJson(TypedDict):
    """A report as far as it is written."""

    id: str
    company: dict[str, Any]
    status: str
    model: str
    sections: list[SectionJson]
    sources: list[SourceJson]
    confidence_score: float
    confidence: dict[str, Any]
    dropped_claims: int
    usage: dict[str, Any]
    created_at: datetime
    completed_at: datetime | None


def present_report(report: Report) -> ReportJson:
    """Return a report with all its sections in order, also those that are not written yet."""
    sections = {section.key: section for section in report.sections}
    cited = {source_id for section in report.sections for claim in section.claims for source_id in claim.sources}
    return ReportJson(
        id=str(report.id),
        company=report.company,
        status=report.status,
        model=report.model,
        sections=[_present_section(key, sections.get(key)) for key in TITLES],
        sources=[_present_source(source, cited) for source in report.sources],
        confidence_score=report.confidence_score or 0.0,
        confidence=report.confidence | {"sections": {key: section.confidence for key, section in sections.items()}},
        dropped_claims=sum(sum(section.dropped.values()) for section in report.sections),
        usage=report.usage,
        created_at=report.created_at,
        completed_at=report.completed_at,
    )


def _present_section(key: str, section: ReportSection | None) -> SectionJson:
    if section is None:
        return SectionJson(
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
    return SectionJson(
        key=key,
        title=TITLES[key],
        status="complete" if section.claims else "not_found",
        text=_text(section.claims),
        claims=[ClaimJson(text=claim.text, quote=claim.quote, sources=list(claim.sources)) for claim in section.claims],
        dropped=section.dropped,
        model=section.model,
        note=section.note,
        confidence=section.confidence,
    )


def _present_source(source: ReportSource, cited: set[str]) -> SourceJson:
    source_id = f"S{source.number}"
    return SourceJson(
        id=source_id,
        url=source.url,
        title=source.title,
        kind=source.kind,
        fetched_at=source.fetched_at,
        published_on=source.published_on,
        sha256=source.sha256.hex(),
        cited=source_id in cited,
    )


def _text(claims: list[Claim]) -> str:
    """Return the text of a section: its claims, each followed by the ids of its sources."""
    if not claims:
        return NOT_FOUND
    return " ".join(f"{as_sentence(claim.text)} [{', '.join(claim.sources)}]" for claim in claims)


def as_sentence(text: str) -> str:
    """End a text with a full stop, unless it ends a sentence already."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
