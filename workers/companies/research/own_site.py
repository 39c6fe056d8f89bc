"""The company's own site as a source."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from app.domain.companies.identity.evidence import EvidenceReader
from app.domain.companies.identity.own_pages import learn
from app.domain.companies.identity.site_owner import find_other_owner
from app.domain.companies.identity.subject import Subject, TextPage
from app.domain.companies.research.sources import Source, SourceKind
from providers.errors import Busy
from providers.web import Fetcher
from workers.companies.research import site_pages
from workers.companies.research.site_pages import ForeignSite, SitePage, SiteUnreadable
from workers.companies.research.source_result import UNNUMBERED, SourceResult

TIMEOUT_SECONDS = 75.0
"""Pages that were read by then are used."""


async def ask_own_site(
    subject: Subject, fetcher: Fetcher, since: datetime, max_pages: int
) -> tuple[SourceResult, Subject]:
    """Read up to `max_pages` pages of the company's site, as fetched at or after `since`.

    Returns the result, and the subject with the marks that the pages state. The sources hold only the sentences that
    are about the company.
    """
    if not subject.website:
        return SourceResult("nothing", "the company has no website"), subject
    result = SourceResult("nothing")
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            async for page in site_pages.pages(fetcher, subject.website, since, max_pages, subject.name):
                result.pages.append(page)
    except TimeoutError:
        result.detail = f"only what was read within {TIMEOUT_SECONDS:g} s"
    except Busy as error:
        return SourceResult("busy", str(error), wait=error.wait), subject
    except SiteUnreadable as error:
        return SourceResult("unavailable" if error.is_transient else "failed", str(error)), subject
    try:
        subject, result.sources = await asyncio.to_thread(_read, subject, result.pages)
    except ForeignSite as error:
        return SourceResult("failed", str(error)), subject
    result.status = "found" if result.sources else "unavailable" if result.detail else "nothing"
    return result, subject


def to_text_pages(pages: Sequence[SitePage]) -> list[TextPage]:
    """Return pages of the company's own site as texts."""
    return [TextPage(page.url, page.title, page.text, page.html, is_own=True) for page in pages]


def learn_from_site(subject: Subject, pages: Sequence[SitePage]) -> Subject:
    """Return the subject with the marks that its pages state. Raises ForeignSite if they are somebody else's."""
    texts = to_text_pages(pages)
    reason = find_other_owner(subject, texts)
    if reason is not None:
        raise ForeignSite(f"taken over: {reason}")
    return learn(subject, texts)


def _read(subject: Subject, pages: Sequence[SitePage]) -> tuple[Subject, list[Source]]:
    subject = learn_from_site(subject, pages)
    reader = EvidenceReader(subject)
    texts = map(reader.text_of, to_text_pages(pages))
    return subject, [
        Source(UNNUMBERED, SourceKind.WEBSITE, page.url, page.title, text, page.fetched_at, page.published_on)
        for page, text in zip(pages, texts, strict=True)
        if text
    ]
