"""The results of the jobs that visit websites."""

from __future__ import annotations

from datetime import datetime

from app.domain.jobs.results import JobResult
from app.domain.vocabulary.websites import WebsiteStatus


class WebsiteValidationResult(JobResult):
    """The result of a `website_validation` job."""

    website_status: WebsiteStatus
    final_url: str | None
    """The address after all redirects."""
    http_status: int | None
    detail: str | None
    """Why the website has this status."""
    title: str | None
    language: str | None
    needs_scripts: bool
    """Whether the page has little text without its scripts."""
    response_ms: int | None
    redirects: list[str]
    certificate_expires_at: datetime | None
    truncated: bool
    """Whether only the beginning of the page was read."""
    fetched_at: datetime


class ScrapingResult(JobResult):
    """What a job read."""

    pages: int
    pages_read: list[str]
    """Their addresses."""


class EmailScrapingResult(ScrapingResult):
    """The result of an `email_scraping` job. The contacts are stored with the business."""

    emails: int
    phones: int


class SocialScrapingResult(ScrapingResult):
    """The result of a `social_scraping` job. The profiles are stored with the business."""

    socials: int


class WebsiteRevalidationResult(JobResult):
    """The result of a `website_revalidation` job."""

    businesses: int
    """Businesses whose last validation was too old."""
    jobs: int
    """Jobs that were created for them."""
