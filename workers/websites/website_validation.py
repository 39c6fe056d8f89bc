"""website_validation: find out whether the website of a business is there, and store its status."""

from __future__ import annotations

from functools import partial
from typing import Any

from app.db.websites.validations import insert_validation
from app.domain.jobs.outcomes import Failed, Outcome, Retry, Snooze
from app.domain.text.storable import storable
from app.domain.vocabulary.websites import WebsiteStatus
from app.domain.websites import kinds
from app.domain.websites.extraction.document import Document
from app.domain.websites.kinds import ValidationArgs
from app.domain.websites.site_status import SiteStatus, find_site_status
from providers.web import Page
from providers.web.pages import TRANSIENT_OUTCOMES, TRANSIENT_SECONDS
from workers.core.context import JobContext
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
    pages = await visitor.fetch_first(partial(_examine, site))
    if isinstance(pages, Snooze):
        return pages
    page, examined = pages[-1]
    status, evidence = _report(page, examined)
    if status in _PASSING and context.job.attempt == 1 < context.job.max_attempts:
        # before that, the fetcher returns the stored failure
        return Retry(f"{status}: {evidence['detail']}; a second look follows", TRANSIENT_SECONDS + 1)
    async with context.step() as step:
        await insert_validation(step.conn, site.id, context.id, website=site.website, status=status, evidence=evidence)
        step.processed = step.total = 1
    return {"websiteStatus": status, **evidence}


def _examine(site: Site, document: Document) -> tuple[SiteStatus, dict[str, Any]]:
    """Return the status that the page shows, and the part of the evidence that is in the page."""
    return find_site_status(document, site.website, site.name), {
        "title": storable(document.title) or None,
        "language": document.language,
        "needsScripts": len(document.visible_text) < MIN_TEXT_CHARACTERS,
    }


def _report(page: Page, examined: tuple[SiteStatus, dict[str, Any]] | None) -> tuple[WebsiteStatus, dict[str, Any]]:
    """Return the status of the website with its evidence as API JSON."""
    unread = {"title": None, "language": None, "needsScripts": False}
    found, shown = examined or (SiteStatus(page.outcome, page.detail), unread)
    expires = page.certificate_expires_at
    return found.status, {
        "finalUrl": page.final_url,
        "httpStatus": page.status,
        "detail": storable(found.detail) or None,
        **shown,
        "responseMs": page.elapsed_ms,
        "redirects": list(page.redirects),
        "certificateExpiresAt": expires.isoformat().replace("+00:00", "Z") if expires else None,
        "truncated": page.truncated,
        "fetchedAt": page.fetched_at.isoformat().replace("+00:00", "Z"),
    }
