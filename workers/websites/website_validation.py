"""website_validation: whether a business' website is there, and what it turns out to be."""

from __future__ import annotations

from functools import partial
from typing import Any

from app.db.websites import validations
from app.domain.jobs.outcomes import Failed, Outcome, Snooze
from app.domain.text.storable import storable
from app.domain.vocabulary.websites import WebsiteStatus
from app.domain.websites import kinds
from app.domain.websites.extraction import discovery
from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.hosts import domain_of
from app.domain.websites.extraction.parked import is_parked
from app.domain.websites.kinds import BusinessArgs
from providers.web import Page
from workers.core.context import JobContext
from workers.websites import page_cache
from workers.websites.page_visitor import Site, Visitor, load

SPEC = kinds.WEBSITE_VALIDATION

NEEDS_SCRIPTS = 200
"""A page with less visible text, in characters, is made by scripts."""


async def run(context: JobContext, args: BusinessArgs) -> dict[str, Any] | Outcome:
    """What is wrong with a site is the job's result, not its failure."""
    site = await load(context, args.business_id)
    if isinstance(site, str):
        return Failed(site)
    visitor = Visitor(context, site)
    page = await visitor.read(site.website)
    if isinstance(page, Snooze):
        return page
    target, status, seen = await page_cache.read(page, partial(look, page, site))
    if target is not None:
        page = await visitor.read(target)
        if isinstance(page, Snooze):
            return page
        _, status, seen = await page_cache.read(page, partial(look, page, site))
    async with context.step() as step:
        await validations.insert_validation(
            step.conn, site.id, context.id, website=site.website, status=status, evidence=seen
        )
        step.processed = step.total = 1
    return {"websiteStatus": status, **seen}


def look(page: Page, site: Site, document: Document) -> tuple[str | None, WebsiteStatus, dict[str, Any]]:
    """Where the page leads by itself, if it does; the state of the website and what shows it, if not."""
    status, detail = judge(page, document, site)
    return discovery.refresh(document) if page.ok else None, status, evidence(page, document, detail)


def judge(page: Page, document: Document, site: Site) -> tuple[WebsiteStatus, str]:
    """The state of the website and, where it is not simply well, the words for it."""
    if not page.ok:
        return page.outcome, page.detail
    if (said := is_parked(document)) is not None:
        return WebsiteStatus.PARKED, said
    there = domain_of(page.final_url)
    if there != domain_of(site.website):
        return WebsiteStatus.REDIRECTED_OFFSITE, f"it leads to {there or page.final_url}"
    return WebsiteStatus.OK, ""


def evidence(page: Page, document: Document, detail: str) -> dict[str, Any]:
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
        "needsScripts": page.ok and len(document.visible_text) < NEEDS_SCRIPTS,
        "truncated": page.truncated,
        "fetchedAt": page.fetched_at.isoformat().replace("+00:00", "Z"),
    }
