"""The pages of a company's own site: the home page, and the pages linked from there that are worth reading."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.companies.research.page_text import PageText, extract_page_text
from app.domain.vocabulary.websites import WebsiteStatus
from app.domain.websites.extraction.client_redirects import find_redirect
from app.domain.websites.extraction.document import Document
from app.domain.websites.extraction.hosts import domain_of
from app.domain.websites.extraction.parked import find_parked_phrase
from app.domain.websites.extraction.stand_ins import find_stand_in
from app.domain.websites.ownership import why_same_owner
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


class ForeignSite(SiteUnreadable):
    """The website is not the company's: it leads to another owner, is parked, or was taken over."""

    def __init__(self, message: str) -> None:
        super().__init__(message, is_transient=False)


TRANSIENT_STATUSES = frozenset({WebsiteStatus.TIMEOUT, WebsiteStatus.SERVER_ERROR, WebsiteStatus.DNS_ERROR})


async def pages(
    fetcher: Fetcher, website: str, since: datetime, max_pages: int, name: str = ""
) -> AsyncIterator[SitePage]:
    """Yield up to `max_pages` pages with different texts, the home page first, as fetched at or after `since`.

    Another domain to which the home page leads is the company's own if it gives itself the company's `name`, or is
    connected with the first domain. Raises ForeignSite if it is not, or the home page is parked, SiteUnreadable if that
    cannot be read, and Busy if it would take too long until the host may be asked. Other pages that lead elsewhere are
    left out.
    """
    try:
        home = normalise_url(website)
    except BadUrl as error:
        raise SiteUnreadable(f"the address {error}", is_transient=False) from None
    queue, seen, texts = [home], {home}, set[str]()
    own, entrances = home, {home}
    while queue and len(texts) < max_pages:
        url = queue.pop(0)
        is_entrance = url in entrances
        page = await fetcher.fetch(url, since=since, max_wait=MAX_WAIT_SECONDS)
        if not page.ok:
            if is_entrance and not texts:
                reason = f"{page.outcome}: {page.detail}" if page.detail else str(page.outcome)
                raise SiteUnreadable(reason, is_transient=page.outcome in TRANSIENT_STATUSES)
            continue
        if _is_elsewhere(own, page.final_url):
            if not is_entrance:
                continue
            if await asyncio.to_thread(_why_own, page, home, name) is None:
                raise ForeignSite(f"redirected_offsite: it leads to {domain_of(page.final_url) or page.final_url}")
            own = page.final_url
        content, target = await asyncio.to_thread(_read, page, is_home=is_entrance)
        if target is not None and url == home:
            entrances.add(target)
            queue += [target] if target not in seen else []
            seen.add(target)
            if _is_elsewhere(own, target):
                continue  # the page to which it leads decides whose it is
        seen.add(page.final_url)
        queue += [link for link in content.links if link not in seen]
        seen.update(content.links)
        if content.text and content.text not in texts:
            texts.add(content.text)
            yield _site_page(page, content)


def _why_own(page: Page, home: str, name: str) -> str | None:
    """Return why the page of another domain is the company's; None if it is not."""
    return why_same_owner(Document(page.html, page.final_url), home, name)


def _read(page: Page, *, is_home: bool) -> tuple[PageText, str | None]:
    """Return the text of a page and where a home page refreshes to.

    Raises ForeignSite if a home page is parked, SiteUnreadable if it is an error page or a test for browsers.
    """
    if not is_home:
        return extract_page_text(page.html, page.final_url), None
    document = Document(page.html, page.final_url)
    phrase = find_parked_phrase(document)
    if phrase is not None:
        raise ForeignSite(f"parked: {phrase}")
    if (stand_in := find_stand_in(document)) is not None:
        status, detail = stand_in
        raise SiteUnreadable(f"{status}: {detail}", is_transient=status in TRANSIENT_STATUSES)
    return extract_page_text(page.html, page.final_url), find_redirect(document)


def _is_elsewhere(home: str, url: str) -> bool:
    """Return whether a URL is of another registered domain, unless that has the same name under another top level."""
    one, other = domain_of(home) or "", domain_of(url) or ""
    is_name = not one.replace(".", "").isdigit() and "." in one and "." in other
    return one != other and not (is_name and one.partition(".")[0] == other.partition(".")[0])


def _site_page(page: Page, content: PageText) -> SitePage:
    return SitePage(page.final_url, content.title, content.text, content.published_on, page.fetched_at, page.html)
