"""The job kinds of companies: research, enrichment, scoring, signal detection and signal notification."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.domain.companies.results import (
    CompanyEnrichmentResult,
    CompanyResearchResult,
    LeadScoringResult,
    SignalDetectionResult,
    SignalNotificationResult,
)
from app.domain.jobs.attempts import DELIVERY_ATTEMPTS, delivery_backoff
from app.domain.jobs.spec import JobSpec, QueueSpec, RecordType, Reference

EnrichmentSource = Literal["companies_house", "google_places", "website"]
ENRICHMENT_SOURCES: tuple[EnrichmentSource, ...] = get_args(EnrichmentSource)
"""In order of trust: if several sources have a field, the first one's value is used."""

ModelChoice = Literal["first", "fallback"]

MAX_SCORED_COMPANIES = 1000
"""Maximum companies per `lead_scoring` job."""


class CompanyJobArgs(BaseModel):
    """Arguments that are camelCase in JSON."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")


class ResearchArgs(CompanyJobArgs):
    """Write a new report on a company in eight sections, in which every claim quotes a stored source."""

    company_id: UUID
    """The id of a company."""
    model: ModelChoice | None = None
    """Ask this configured model alone. By default, the fallback is asked where the first one fails."""


class EnrichmentArgs(CompanyJobArgs):
    """Look up facts about a company in a register, a directory of places and its own website, and store their sources.

    A source that fails does not affect the others.
    """

    company_id: UUID
    """The id of a company."""
    sources: list[EnrichmentSource] = Field(default=list(ENRICHMENT_SOURCES), min_length=1)
    """All sources if not given."""


class ScoringArgs(CompanyJobArgs):
    """Score companies as leads, 0 to 100, with the points and the evidence of each feature."""

    company_ids: list[UUID] = Field(min_length=1, max_length=MAX_SCORED_COMPANIES)
    """The ids of companies, at most 1,000."""
    ai: bool = False
    """Ask a language model for its opinion as well."""


class DetectionArgs(CompanyJobArgs):
    """Look for signals of a company, such as funding or hiring, store each once, and notify teams."""

    company_id: UUID
    """The id of a company."""


class NotificationArgs(CompanyJobArgs):
    """Send a new signal to one channel of a team."""

    notification_id: UUID
    """The id of the notification."""


def _company(args: Any) -> Sequence[Reference]:
    return [Reference(RecordType.COMPANY, str(args.company_id), "companyId")]


def _companies(args: ScoringArgs) -> Sequence[Reference]:
    return [Reference(RecordType.COMPANY, str(company_id), "companyIds") for company_id in args.company_ids]


def _scoring_dedupe_key(args: ScoringArgs) -> str | None:
    """Allow one active job per company; jobs for several companies are never duplicates."""
    return f"{args.company_ids[0]}:{args.ai}" if len(args.company_ids) == 1 else None


def _enrichment_needs(args: EnrichmentArgs) -> Sequence[str]:
    """Return the providers of the sources that were asked for; a company's own website needs none."""
    return [source for source in args.sources if source != "website"] if "sources" in args.model_fields_set else ()


COMPANY_RESEARCH = JobSpec(
    kind="company_research",
    queue=QueueSpec("research", concurrency=2, per_worker=True, priority=1),
    args=ResearchArgs,
    result=CompanyResearchResult,
    timeout=timedelta(minutes=3),
    max_attempts=3,
    dedupe_key=lambda args: f"{args.company_id}:{args.model}" if args.model else str(args.company_id),
    references=_company,
)

COMPANY_ENRICHMENT = JobSpec(
    kind="company_enrichment",
    queue=QueueSpec("enrichment", concurrency=5, per_worker=True, priority=2),
    args=EnrichmentArgs,
    result=CompanyEnrichmentResult,
    timeout=timedelta(minutes=1),
    max_attempts=3,
    dedupe_key=lambda args: str(args.company_id),
    references=_company,
    needs=_enrichment_needs,
)

LEAD_SCORING = JobSpec(
    kind="lead_scoring",
    queue=QueueSpec("scoring", concurrency=10, per_worker=True, priority=3),
    args=ScoringArgs,
    result=LeadScoringResult,
    timeout=timedelta(seconds=30),
    max_attempts=3,
    dedupe_key=_scoring_dedupe_key,
    references=_companies,
    needs=lambda args: ("llm",) if args.ai else (),
)

SIGNAL_DETECTION = JobSpec(
    kind="signal_detection",
    queue=QueueSpec("buying-signals", concurrency=5, per_worker=True, priority=2, variable="SIGNALS"),
    args=DetectionArgs,
    result=SignalDetectionResult,
    timeout=timedelta(minutes=1),
    max_attempts=3,
    dedupe_key=lambda args: str(args.company_id),
    references=_company,
)

SIGNAL_NOTIFICATION = JobSpec(
    kind="signal_notification",
    queue=QueueSpec("notifications", concurrency=20, priority=3),
    args=NotificationArgs,
    result=SignalNotificationResult,
    timeout=timedelta(seconds=30),
    max_attempts=DELIVERY_ATTEMPTS,
    backoff=delivery_backoff,
    dedupe_key=lambda args: str(args.notification_id),
    is_internal=True,
)
