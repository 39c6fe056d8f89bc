"""The pages of a company's own site: the first one, and those that it links to and that are worth reading."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.companies.research.page_text import PageText, read
from app.domain.vocabulary.websites import WebsiteStatus
from providers.web import BadUrl, Fetcher, Page, normalise_url

PATIENCE = 20.0
"""Seconds that a page waits for its host's turn."""


@dataclass(frozen=True)
class SitePage:
    url: str
    title: str
    text: str
    published_on: date | None
    fetched_at: datetime
    html: str


class SiteUnreadable(Exception):
    """Nothing of the site could be read; `passing` where it may be there in a minute."""

    def __init__(self, message: str, *, passing: bool) -> None:
        super().__init__(message)
        self.passing = passing


PASSING = frozenset({WebsiteStatus.TIMEOUT, WebsiteStatus.SERVER_ERROR, WebsiteStatus.DNS_ERROR})


async def pages(fetcher: Fetcher, website: str, since: datetime, most: int) -> AsyncIterator[SitePage]:
    """At most so many pages, the first one first, each text once.

    Raises SiteUnreadable where there is no first page, and the fetcher's HostBusy.
    """
    try:
        home = normalise_url(website)
    except BadUrl as error:
        raise SiteUnreadable(f"the address {error}", passing=False) from None
    queue, seen, texts = [home], {home}, set[str]()
    given = 0
    while queue and given < most:
        url = queue.pop(0)
        page = await fetcher.fetch(url, since=since, max_wait=PATIENCE)
        if not page.ok:
            if url == home:
                words = f"{page.outcome}: {page.detail}" if page.detail else str(page.outcome)
                raise SiteUnreadable(words, passing=page.outcome in PASSING)
            continue
        text = await asyncio.to_thread(read, page.html, page.final_url)
        seen.add(page.final_url)
        queue += [link for link in text.links if link not in seen]
        seen.update(text.links)
        if text.text and text.text not in texts:
            texts.add(text.text)
            given += 1
            yield _site_page(page, text)


def _site_page(page: Page, text: PageText) -> SitePage:
    return SitePage(page.final_url, text.title, text.text, text.published_on, page.fetched_at, page.html)
