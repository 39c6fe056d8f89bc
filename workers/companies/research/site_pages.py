"""The pages of a company's own site: the home page, and the pages linked from there that are worth reading."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.companies.research.page_text import PageText, extract_page_text
from app.domain.vocabulary.websites import WebsiteStatus
from providers.web import BadUrl, Fetcher, Page, normalise_url

MAX_WAIT_SECONDS = 20.0
"""Longest wait until the host may be asked for a page."""


@dataclass(frozen=True)
class SitePage:
    """A page of a company's site with its visible text."""

    url: str
    title: str
    text: str
    published_on: date | None
    fetched_at: datetime
    html: str


class SiteUnreadable(Exception):
    """The home page could not be read; `is_transient` if it may be readable soon."""

    def __init__(self, message: str, *, is_transient: bool) -> None:
        super().__init__(message)
        self.is_transient = is_transient


TRANSIENT_STATUSES = frozenset({WebsiteStatus.TIMEOUT, WebsiteStatus.SERVER_ERROR, WebsiteStatus.DNS_ERROR})


async def pages(fetcher: Fetcher, website: str, since: datetime, max_pages: int) -> AsyncIterator[SitePage]:
    """Yield up to `max_pages` pages with different texts, the home page first, as fetched at or after `since`.

    Raises SiteUnreadable, and Busy if it would take too long until the host may be asked.
    """
    try:
        home = normalise_url(website)
    except BadUrl as error:
        raise SiteUnreadable(f"the address {error}", is_transient=False) from None
    queue, seen, texts = [home], {home}, set[str]()
    while queue and len(texts) < max_pages:
        url = queue.pop(0)
        page = await fetcher.fetch(url, since=since, max_wait=MAX_WAIT_SECONDS)
        if not page.ok:
            if url == home:
                reason = f"{page.outcome}: {page.detail}" if page.detail else str(page.outcome)
                raise SiteUnreadable(reason, is_transient=page.outcome in TRANSIENT_STATUSES)
            continue
        content = await asyncio.to_thread(extract_page_text, page.html, page.final_url)
        seen.add(page.final_url)
        queue += [link for link in content.links if link not in seen]
        seen.update(content.links)
        if content.text and content.text not in texts:
            texts.add(content.text)
            yield _site_page(page, content)


def _site_page(page: Page, content: PageText) -> SitePage:
    return SitePage(page.final_url, content.title, content.text, content.published_on, page.fetched_at, page.html)
