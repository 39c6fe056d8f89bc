"""Pages that a search engine finds about a company, other than those of its own site."""

from __future__ import annotations

import asyncio
from datetime import date, datetime

from app.domain.companies.research.normalization import folded
from app.domain.companies.research.page_text import extract_page_text
from app.domain.companies.research.sources import Source, SourceKind, host
from providers.errors import Busy, ProviderError
from providers.search.brave import Hit, SearchEngine
from providers.web import Fetcher
from workers.companies.research.source_result import UNNUMBERED, SourceResult, failed
from workers.companies.research.subject import Subject

TIMEOUT_SECONDS = 75.0
MAX_PAGES = 6
"""Pages that are read."""
MAX_HITS = 3 * MAX_PAGES
"""Results of the search from which they are chosen."""
MAX_WAIT_SECONDS = 3.0
"""Longest wait until a page's host may be asked."""


async def ask_search(
    subject: Subject, search_engine: SearchEngine | None, fetcher: Fetcher, since: datetime
) -> SourceResult:
    """Search for the company's name and read the best pages, as fetched at or after `since`."""
    if search_engine is None:
        return SourceResult("off")
    try:
        hits = await search_engine.search(f'"{subject.name}" company news', max_hits=MAX_HITS)
    except ProviderError as error:
        return failed(error)
    own_host = host(subject.website or "")
    others = list({hit.url: hit for hit in hits if host(hit.url) != own_host}.values())[:MAX_PAGES]
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            read_pages = await asyncio.gather(*(_read(hit, subject, fetcher, since) for hit in others))
    except TimeoutError:
        return SourceResult("late", f"not read within {TIMEOUT_SECONDS:g} s")
    sources = [source for source in read_pages if source is not None]
    return SourceResult("found" if sources else "nothing", sources=sources)


async def _read(hit: Hit, subject: Subject, fetcher: Fetcher, since: datetime) -> Source | None:
    """Read a page; None if it cannot be read or does not name the company."""
    try:
        page = await fetcher.fetch(hit.url, since=since, max_wait=MAX_WAIT_SECONDS)
    except Busy:
        return None
    if not page.ok:
        return None
    content = await asyncio.to_thread(extract_page_text, page.html, page.final_url)
    if folded(subject.name) not in folded(content.text):
        return None
    return Source(
        UNNUMBERED,
        SourceKind.NEWS if hit.is_news else SourceKind.WEB,
        page.final_url,
        content.title or hit.title,
        content.text,
        page.fetched_at,
        content.published_on or _date_or_none(hit.published),
    )


def _date_or_none(text: str | None) -> date | None:
    try:
        return datetime.fromisoformat(text or "").date()
    except ValueError:
        return None
