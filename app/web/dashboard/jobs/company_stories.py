"""The stories of the jobs about companies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from app.domain.companies.research.report import ReportStatus
from app.domain.companies.results import (
    CompanyEnrichmentResult,
    CompanyResearchResult,
    LeadScoringResult,
    SignalDetectionResult,
    SignalNotificationResult,
)
from app.web.dashboard.core.formatting import count_of, humanize, number
from app.web.dashboard.jobs.story import Step, Story, sentences

SOURCES = {"companies_house": "Companies House", "google_places": "Google Places", "website": "The website"}
OUTCOMES = {
    "nothing": "had nothing",
    "uncertain": "has entries that may be another company's; somebody has to decide",
    "off": "is not configured",
    "failed": "could not be read",
    "unavailable": "could not be reached",
    "late": "took too long",
}
REPORTS = {
    ReportStatus.COMPLETE: "The report is complete",
    ReportStatus.PARTIAL: "The report is written, but some sources could not be read",
}
STRONG_SCORE = 70


def research(job_id: UUID, result: CompanyResearchResult) -> Story:
    dropped = result.dropped_claims
    return Story(
        sentences(
            f"{REPORTS.get(result.status, f'The report is {result.status.value}')}:"
            f" {count_of(result.sections_found, 'section')} with findings, from"
            f" {count_of(result.total_sources, 'source')}.",
            f"{count_of(dropped, 'statement')} {'was' if dropped == 1 else 'were'} left out, because no source supports"
            f" {'it' if dropped == 1 else 'them'}."
            if dropped
            else None,
            *result.problems,
        ),
        (Step("Open the report", f"/reports/{result.report_id}", is_primary=True),),
        {"Confidence": f"{result.confidence_score:.0%}", "Model": result.model},
    )


def enrichment(job_id: UUID, result: CompanyEnrichmentResult) -> Story:
    told = []
    for name, source in result.sources.items():
        label = SOURCES.get(name, humanize(name))
        if source.status == "found":
            fields = ", ".join(humanize(name).lower() for name in source.fields or ())
            told.append(f"{label} had: {fields}." if fields else f"{label} knows the company.")
        else:
            why = f": {source.detail}" if source.detail and source.status in ("failed", "unavailable") else ""
            told.append(f"{label} {OUTCOMES.get(source.status, source.status)}{why}.")
    return Story(tuple(told) or ("No source was asked.",))


def scoring(job_id: UUID, result: LeadScoringResult) -> Story:
    scores = result.scores.values()
    if len(result.scores) == 1:
        first = f"The score is {next(iter(scores)):.0f} of 100."
    else:
        strong = sum(score >= STRONG_SCORE for score in scores)
        scored = count_of(result.scored, "company", "companies")
        first = f"{scored} scored; {number(strong)} have {STRONG_SCORE} or more."
    missing = f"{count_of(result.not_found, 'company', 'companies')} no longer exist."
    return Story(
        sentences(first, missing if result.not_found else None, result.note),
        (Step("Companies by score", "/companies?sort=score"),) if len(result.scores) > 1 else (),
    )


def signals(job_id: UUID, result: SignalDetectionResult) -> Story:
    told = sentences(
        f"{count_of(result.new_signals, 'new signal')}"
        f"{f'; {number(result.seen_before)} were known before' if result.seen_before else ''}.",
        f"{count_of(result.notifications, 'message')} to teams." if result.notifications else None,
        f"{count_of(len(result.not_judged), 'page')} not judged, since signals are read from English pages only."
        if result.not_judged
        else None,
        *(
            f"{humanize(name)} {OUTCOMES[source.status]}{f': {source.detail}' if source.detail else ''}."
            for name, source in result.sources.items()
            if source.status in OUTCOMES and source.status != "nothing"
        ),
    )
    found = [
        {"signal": signal.title, "kind": humanize(signal.type), "quotation": signal.evidence.quote}
        for signal in result.signals
    ]
    return Story(told, figures={"Signals": found})


def notification(job_id: UUID, result: SignalNotificationResult) -> Story:
    if not result.sent:
        return Story((f"No message was sent: {result.reason or 'there was nothing to send'}.",))
    return Story((f"A message was sent to {result.target or 'the team'} by {result.channel or 'its channel'}.",))


STORIES: Mapping[type[BaseModel], Callable[[UUID, Any], Story]] = {
    CompanyResearchResult: research,
    CompanyEnrichmentResult: enrichment,
    LeadScoringResult: scoring,
    SignalDetectionResult: signals,
    SignalNotificationResult: notification,
}
