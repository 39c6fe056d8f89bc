"""Pages that a search engine finds about a company, other than those of its own site."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime

from app.domain.companies.identity.evidence import EvidenceReader
from app.domain.companies.identity.mentions import NameFinder
from app.domain.companies.identity.subject import Subject, TextPage
from app.domain.companies.research.page_text import extract_page_text
from app.domain.companies.research.sources import Source, SourceKind, host
from providers.errors import Busy, ProviderError
from providers.search.brave import Hit, SearchEngine
from providers.web import Fetcher, Page
from workers.companies.research.site_pages import SitePage
from workers.companies.research.source_result import UNNUMBERED, SourceResult, failed

TIMEOUT_SECONDS = 75.0
MAX_PAGES = 6
"""Pages that are read."""
MAX_HITS = 3 * MAX_PAGES
"""Results of the search from which they are chosen."""
MAX_WAIT_SECONDS = 3.0
"""Longest wait until a page's host may be asked."""


@dataclass(frozen=True)
class FoundPage:
    """A page that the search found and that names the company, or somebody of the same name."""

    page: SitePage
    kind: SourceKind


async def ask_search(
    subject: Subject, search_engine: SearchEngine | None, fetcher: Fetcher, since: datetime
) -> list[FoundPage] | SourceResult:
    """Search for the company's name and read the best pages, as fetched at or after `since`."""
    if search_engine is None:
        return SourceResult("off")
    try:
        hits = await search_engine.search(f'"{subject.name}" company news', max_hits=MAX_HITS)
    except ProviderError as error:
        return failed(error)
    others = list({hit.url: hit for hit in hits if host(hit.url) != subject.host}.values())[:MAX_PAGES]
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            read_pages = await asyncio.gather(*(_read(hit, subject, fetcher, since) for hit in others))
    except TimeoutError:
        return SourceResult("late", f"not read within {TIMEOUT_SECONDS:g} s")
    return [found for found in read_pages if found is not None]


def judge_search(subject: Subject, asked: list[FoundPage] | SourceResult) -> SourceResult:
    """Return the pages as sources: those of them, and only the sentences, that are about the company."""
    if isinstance(asked, SourceResult):
        return asked
    reader = EvidenceReader(subject)
    result = SourceResult("nothing")
    for found in asked:
        page = found.page
        text = reader.text_of(TextPage(page.url, page.title, page.text, page.html))
        if text:
            source = Source(UNNUMBERED, found.kind, page.url, page.title, text, page.fetched_at, page.published_on)
            result.sources.append(source)
            result.found_pages.append(page)
    result.status = "found" if result.sources else "nothing"
    return result


async def _read(hit: Hit, subject: Subject, fetcher: Fetcher, since: datetime) -> FoundPage | None:
    """Read a page; None if it cannot be read or does not name the company."""
    try:
        page = await fetcher.fetch(hit.url, since=since, max_wait=MAX_WAIT_SECONDS)
    except Busy:
        return None
    if not page.ok:
        return None
    return await asyncio.to_thread(_found_page, hit, page, NameFinder(subject))


def _found_page(hit: Hit, page: Page, names: NameFinder) -> FoundPage | None:
    content = extract_page_text(page.html, page.final_url)
    title = content.title or hit.title
    if not names.has_full_name(f"{title}\n{content.text}"):
        return None
    published_on = content.published_on or _date_or_none(hit.published)
    kind = SourceKind.NEWS if hit.is_news else SourceKind.WEB
    return FoundPage(SitePage(page.final_url, title, content.text, published_on, page.fetched_at, page.html), kind)


def _date_or_none(text: str | None) -> date | None:
    try:
        return datetime.fromisoformat(text or "").date()
    except ValueError:
        return None
