"""website_validation: find out whether the website of a business is there, and store its status."""

from __future__ import annotations

from functools import partial
from typing import Any

from app.db.websites.validations import insert_validation
from app.domain.jobs.outcomes import Failed, Outcome, Retry, Snooze
from app.domain.text.storable import storable
from app.domain.vocabulary.websites import WebsiteStatus
from app.domain.websites import kinds
from app.domain.websites.extraction.discovery import find_refresh_target
from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.hosts import domain_of
from app.domain.websites.extraction.parked import find_parked_phrase
from app.domain.websites.kinds import ValidationArgs
from providers.web import Page
from providers.web.pages import TRANSIENT_OUTCOMES, TRANSIENT_SECONDS
from workers.core.context import JobContext
from workers.websites import page_cache
from workers.websites.page_visitor import PageVisitor, Site, load_site

SPEC = kinds.WEBSITE_VALIDATION

_PASSING = TRANSIENT_OUTCOMES - {WebsiteStatus.BLOCKED}
MIN_TEXT_CHARACTERS = 200
"""A page with less visible text is taken to be rendered by scripts."""


async def run(context: JobContext, args: ValidationArgs) -> dict[str, Any] | Outcome:
    """A fault of the site is the result of the job, not its failure; one that may pass is looked at twice."""
    site = await load_site(context, args.business_id)
    if isinstance(site, str):
        return Failed(site)
    visitor = PageVisitor(context, site)
    page = await visitor.fetch(site.website)
    if isinstance(page, Snooze):
        return page
    target, status, evidence = await page_cache.analyse(page, partial(validate, page, site))
    if target is not None:
        page = await visitor.fetch(target)
        if isinstance(page, Snooze):
            return page
        _, status, evidence = await page_cache.analyse(page, partial(validate, page, site))
    if status in _PASSING and context.job.attempt == 1 < context.job.max_attempts:
        # before that, the fetcher returns the stored failure
        return Retry(f"{status}: {evidence['detail']}; a second look follows", TRANSIENT_SECONDS + 1)
    async with context.step() as step:
        await insert_validation(step.conn, site.id, context.id, website=site.website, status=status, evidence=evidence)
        step.processed = step.total = 1
    return {"websiteStatus": status, **evidence}


def validate(page: Page, site: Site, document: Document) -> tuple[str | None, WebsiteStatus, dict[str, Any]]:
    """Return the URL to which the page refreshes, if any, and the status of the website with its evidence."""
    status, detail = status_of(page, document, site)
    return find_refresh_target(document) if page.ok else None, status, evidence_of(page, document, detail)


def status_of(page: Page, document: Document, site: Site) -> tuple[WebsiteStatus, str]:
    """Return the status of the website, and an explanation unless that is OK."""
    if not page.ok:
        return page.outcome, page.detail
    if (phrase := find_parked_phrase(document)) is not None:
        return WebsiteStatus.PARKED, phrase
    domain = domain_of(page.final_url)
    if domain != domain_of(site.website):
        return WebsiteStatus.REDIRECTED_OFFSITE, f"it leads to {domain or page.final_url}"
    return WebsiteStatus.OK, ""


def evidence_of(page: Page, document: Document, detail: str) -> dict[str, Any]:
    """Return the evidence for a status as API JSON."""
    expires = page.certificate_expires_at
    return {
        "finalUrl": page.final_url,
        "httpStatus": page.status,
        "detail": storable(detail) or None,
        "title": storable(document.title) or None,
        "language": document.language,
        "responseMs": page.elapsed_ms,
        "redirects": list(page.redirects),
        "certificateExpiresAt": expires.isoformat().replace("+00:00", "Z") if expires else None,
        "needsScripts": page.ok and len(document.visible_text) < MIN_TEXT_CHARACTERS,
        "truncated": page.truncated,
        "fetchedAt": page.fetched_at.isoformat().replace("+00:00", "Z"),
    }
