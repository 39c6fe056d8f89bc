"""The job kinds of websites: validation, e-mail scraping, social scraping, and revalidation of what is out of date."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.domain.jobs.spec import JobSpec, QueueSpec

WebsiteKind = Literal["website_validation", "email_scraping", "social_scraping"]
"""The kinds whose jobs visit the website of one business."""
WEBSITE_KINDS: tuple[WebsiteKind, ...] = get_args(WebsiteKind)

WEBSITES_QUEUE = QueueSpec("websites", concurrency=20, dispatch_size=12)
REVALIDATION_QUEUE = QueueSpec("revalidation", concurrency=1)


class BusinessArgs(BaseModel):
    """The `data` of a job that visits the website of one business."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    business_id: UUID


class RevalidationArgs(BaseModel):
    """The `data` of a `website_revalidation` job."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    stale_after_days: float = Field(default=30, gt=0, le=3650)
    job_types: list[WebsiteKind] = Field(default=list(WEBSITE_KINDS), min_length=1)
    priority: int = Field(default=7, ge=1, le=9)
    """Priority of the jobs that are created; by default they run after those that people request."""


def _business_dedupe_key(args: Any) -> str:
    """Allow one active job per business and kind."""
    return str(args.business_id)


def _website_spec(kind: WebsiteKind) -> JobSpec:
    return JobSpec(
        kind=kind,
        queue=WEBSITES_QUEUE,
        args=BusinessArgs,
        timeout=timedelta(seconds=60),
        max_attempts=3,
        dedupe_key=_business_dedupe_key,
    )


WEBSITE_VALIDATION = _website_spec("website_validation")
EMAIL_SCRAPING = _website_spec("email_scraping")
SOCIAL_SCRAPING = _website_spec("social_scraping")

WEBSITE_SPECS: dict[WebsiteKind, JobSpec] = {
    "website_validation": WEBSITE_VALIDATION,
    "email_scraping": EMAIL_SCRAPING,
    "social_scraping": SOCIAL_SCRAPING,
}
"""The kinds of which a new business with a website gets a job each."""

WEBSITE_REVALIDATION = JobSpec(
    kind="website_revalidation",
    queue=REVALIDATION_QUEUE,
    args=RevalidationArgs,
    timeout=timedelta(hours=1),
    max_attempts=3,
    dedupe_key=lambda args: "all",
)
