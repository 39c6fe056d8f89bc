"""Fetching the pages of a site for a job, within the time of its attempt."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from app.db.core.pool import connection
from app.db.websites import validations
from app.domain.jobs.outcomes import Snooze
from app.domain.websites.extraction.client_redirects import find_redirect
from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.parked import find_parked_phrase
from providers.web import HostBusy, Page
from workers.core.context import JobContext
from workers.websites import page_cache

T = TypeVar("T")

MAX_WAIT_SECONDS = 3.0
"""Longest wait for the turn of a host while the job keeps its slot; for longer waits the job snoozes."""
MAX_PAGE_SECONDS = 30.0
"""Maximum time for a page, waits included. With less time left the job snoozes and continues from its checkpoint."""
MAX_DELAYS = 3
"""Times that a site may delay the job by Retry-After before its response counts."""


@dataclass(frozen=True)
class Site:
    """The website of a job's business."""

    id: UUID
    """The id of the business."""
    name: str
    """The name of the business."""
    website: str
    domain: str | None
    country: str
    since: datetime
    """When the job was created: pages fetched since then are used, so the jobs of a business share them."""


async def load_site(context: JobContext, business_id: UUID) -> Site | str:
    """Return the site of a business, or a message why there is nothing to visit."""
    async with connection(context.resources.pool) as conn:
        target = await validations.get_visit_target(conn, business_id, context.id)
    if target is None:
        return f"there is no business {business_id}"
    if target.website is None:
        return "the business has no website"
    return Site(
        id=business_id,
        name=target.name,
        website=target.website,
        domain=target.domain,
        country=target.country,
        since=target.job_created_at,
    )


MAX_CLIENT_REDIRECTS = 3
"""Redirects by the page itself, a meta refresh or a script, that are followed from the first page of a site."""


class PageVisitor:
    """Fetches pages of one site during one run of a job."""

    def __init__(self, context: JobContext, site: Site) -> None:
        self._context = context
        self._site = site
        self._deadline = time.monotonic() + context.job.seconds_left
        self._fetched = 0
        self.delays: int = (context.checkpoint or {}).get("delays", 0)
        """Times that the site has delayed the job."""

    async def fetch_first(self, analysis: Callable[[Document], T]) -> list[tuple[Page, T | None]] | Snooze:
        """Return the first page of the site, preceded by the pages that redirect to it by themselves.

        Each comes with the result of `analysis`, None if it could not be read. The redirects of the last page are those
        of all. A parked page ends the way: where it leads is of no interest.
        """
        pages: list[tuple[Page, T | None]] = []
        target: str | None = self._site.website
        while target is not None:
            page = await self.fetch(target)
            if isinstance(page, Snooze):
                return page
            if pages:
                before = pages[-1][0]
                page = replace(page, url=before.url, redirects=(*before.redirects, before.final_url, *page.redirects))
            result, target = None, None
            if page.ok:
                target, result = await page_cache.analyse(
                    page, lambda document: (_target(document), analysis(document))
                )
            pages.append((page, result))
            if len(pages) > MAX_CLIENT_REDIRECTS or target in (*page.redirects, page.final_url):
                break
        return pages

    async def fetch(self, url: str) -> Page | Snooze:
        """Return the page, or a Snooze for the job to return if it has to wait."""
        if self._fetched and self._deadline - time.monotonic() < MAX_PAGE_SECONDS:
            return Snooze(0.0, "continues with the next page")
        fetcher = self._context.resources.fetcher
        try:
            page = await fetcher.fetch(url, since=self._site.since, max_wait=MAX_WAIT_SECONDS)
        except HostBusy as busy:
            return Snooze(busy.wait, str(busy))
        self._fetched += 1
        if page.retry_after is not None and self.delays < MAX_DELAYS:
            self.delays += 1
            async with self._context.step() as step:
                step.checkpoint = (self._context.checkpoint or {}) | {"delays": self.delays}
            return Snooze(page.retry_after, f"{page.detail}; the server asks to wait {page.retry_after:g} s")
        return page


def _target(document: Document) -> str | None:
    """Return where the page leads by itself, None if it stays or is parked."""
    target = find_redirect(document)
    return None if target is None or find_parked_phrase(document) is not None else target
