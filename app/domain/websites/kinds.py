"""The job kinds of websites: validation, e-mail scraping, social scraping, and revalidation of what is out of date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal, get_args
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from app.domain.jobs.results import JobResult
from app.domain.jobs.spec import JobSpec, QueueSpec, RecordType, Reference
from app.domain.websites.results import (
    EmailScrapingResult,
    SocialScrapingResult,
    WebsiteRevalidationResult,
    WebsiteValidationResult,
)

WebsiteKind = Literal["website_validation", "email_scraping", "social_scraping"]
"""The kinds whose jobs visit the website of one business."""
WEBSITE_KINDS: tuple[WebsiteKind, ...] = get_args(WebsiteKind)

WEBSITES_QUEUE = QueueSpec("websites", concurrency=20, dispatch_size=12)
REVALIDATION_QUEUE = QueueSpec("revalidation", concurrency=1)


class BusinessArgs(BaseModel):
    """Visit the website of one business."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    business_id: UUID
    """A business that has a website and is not excluded."""


class ValidationArgs(BusinessArgs):
    """Check that the website of a business works: its status, certificate, redirects, and whether it is parked."""


class EmailScrapingArgs(BusinessArgs):
    """Find e-mail addresses and telephone numbers on the pages of a business's website, each with its evidence."""


class SocialScrapingArgs(BusinessArgs):
    """Find the business's own profiles in social networks on the pages of its website, each with its evidence."""


class RevalidationArgs(BaseModel):
    """Create jobs for the businesses whose websites were not validated lately, and delete stored pages out of date."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    stale_after_days: float = Field(default=30, gt=0, le=3650)
    """Days since the last validation."""
    job_types: list[WebsiteKind] = Field(default=list(WEBSITE_KINDS), min_length=1)
    """Kinds of jobs to create for each business."""
    priority: int = Field(default=7, ge=1, le=9)
    """Priority of the jobs that are created; by default they run after those that people request."""


def _business_dedupe_key(args: Any) -> str:
    """Allow one active job per business and kind."""
    return str(args.business_id)


def _business(args: Any) -> Sequence[Reference]:
    named = str(args.business_id), "businessId"
    return [Reference(RecordType.BUSINESS, *named), Reference(RecordType.WEBSITE, *named)]


def _website_spec(kind: WebsiteKind, args: type[BusinessArgs], result: type[JobResult]) -> JobSpec:
    return JobSpec(
        kind=kind,
        queue=WEBSITES_QUEUE,
        args=args,
        result=result,
        timeout=timedelta(seconds=60),
        max_attempts=3,
        dedupe_key=_business_dedupe_key,
        references=_business,
    )


WEBSITE_VALIDATION = _website_spec("website_validation", ValidationArgs, WebsiteValidationResult)
EMAIL_SCRAPING = _website_spec("email_scraping", EmailScrapingArgs, EmailScrapingResult)
SOCIAL_SCRAPING = _website_spec("social_scraping", SocialScrapingArgs, SocialScrapingResult)

WEBSITE_SPECS: dict[WebsiteKind, JobSpec] = {
    "website_validation": WEBSITE_VALIDATION,
    "email_scraping": EMAIL_SCRAPING,
    "social_scraping": SOCIAL_SCRAPING,
}
"""A new business with a website gets one job of each of these kinds."""

WEBSITE_REVALIDATION = JobSpec(
    kind="website_revalidation",
    queue=REVALIDATION_QUEUE,
    args=RevalidationArgs,
    result=WebsiteRevalidationResult,
    timeout=timedelta(hours=1),
    max_attempts=3,
    dedupe_key=lambda args: "all",
)
