"""The job kinds of companies: research, enrichment, scoring, signal detection and signal notification."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.domain.jobs.attempts import DELIVERY_ATTEMPTS, delivery_backoff
from app.domain.jobs.spec import JobSpec, QueueSpec

EnrichmentSource = Literal["companies_house", "google_places", "website"]
ENRICHMENT_SOURCES: tuple[EnrichmentSource, ...] = get_args(EnrichmentSource)
"""In order of trust: if several sources have a field, the first one's value is used."""

MAX_SCORED_COMPANIES = 1000
"""Maximum companies per `lead_scoring` job."""


class CompanyJobArgs(BaseModel):
    """Arguments that are camelCase in JSON."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class ResearchArgs(CompanyJobArgs):
    """The `data` of a `company_research` job. Such a job always writes a new report."""

    company_id: UUID


class EnrichmentArgs(CompanyJobArgs):
    """The `data` of a `company_enrichment` job."""

    company_id: UUID
    sources: list[EnrichmentSource] = Field(default=list(ENRICHMENT_SOURCES), min_length=1)


class ScoringArgs(CompanyJobArgs):
    """The `data` of a `lead_scoring` job."""

    company_ids: list[UUID] = Field(min_length=1, max_length=MAX_SCORED_COMPANIES)
    ai: bool = False
    """Ask a language model for its opinion as well."""


class DetectionArgs(CompanyJobArgs):
    """The `data` of a `signal_detection` job."""

    company_id: UUID


class NotificationArgs(CompanyJobArgs):
    """The `data` of a `signal_notification` job."""

    notification_id: UUID


def _scoring_dedupe_key(args: ScoringArgs) -> str | None:
    """Allow one active job per company; jobs for several companies are never duplicates."""
    return f"{args.company_ids[0]}:{args.ai}" if len(args.company_ids) == 1 else None


COMPANY_RESEARCH = JobSpec(
    kind="company_research",
    queue=QueueSpec("research", concurrency=2, per_worker=True, priority=1),
    args=ResearchArgs,
    timeout=timedelta(minutes=3),
    max_attempts=3,
    dedupe_key=lambda args: str(args.company_id),
)

COMPANY_ENRICHMENT = JobSpec(
    kind="company_enrichment",
    queue=QueueSpec("enrichment", concurrency=5, per_worker=True, priority=2),
    args=EnrichmentArgs,
    timeout=timedelta(minutes=1),
    max_attempts=3,
    dedupe_key=lambda args: str(args.company_id),
)

LEAD_SCORING = JobSpec(
    kind="lead_scoring",
    queue=QueueSpec("scoring", concurrency=10, per_worker=True, priority=3),
    args=ScoringArgs,
    timeout=timedelta(seconds=30),
    max_attempts=3,
    dedupe_key=_scoring_dedupe_key,
)

SIGNAL_DETECTION = JobSpec(
    kind="signal_detection",
    queue=QueueSpec("buying-signals", concurrency=5, per_worker=True, priority=2, variable="SIGNALS"),
    args=DetectionArgs,
    timeout=timedelta(minutes=1),
    max_attempts=3,
    dedupe_key=lambda args: str(args.company_id),
)

SIGNAL_NOTIFICATION = JobSpec(
    kind="signal_notification",
    queue=QueueSpec("notifications", concurrency=20, priority=3),
    args=NotificationArgs,
    timeout=timedelta(seconds=30),
    max_attempts=DELIVERY_ATTEMPTS,
    backoff=delivery_backoff,
    dedupe_key=lambda args: str(args.notification_id),
)
