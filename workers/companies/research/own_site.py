"""The company's own site as a source."""

from __future__ import annotations

import asyncio
from datetime import datetime

from app.domain.companies.research.sources import Source, SourceKind
from providers.errors import Busy
from providers.web import Fetcher
from workers.companies.research import site_pages
from workers.companies.research.site_pages import SiteUnreadable
from workers.companies.research.source_result import UNNUMBERED, SourceResult
from workers.companies.research.subject import Subject

TIMEOUT_SECONDS = 75.0
"""Pages that were read by then are used."""


async def ask_own_site(subject: Subject, fetcher: Fetcher, since: datetime, max_pages: int) -> SourceResult:
    """Read up to `max_pages` pages of the company's site, as fetched at or after `since`."""
    if not subject.website:
        return SourceResult("nothing", "the company has no website")
    result = SourceResult("nothing")
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            async for page in site_pages.pages(fetcher, subject.website, since, max_pages):
                result.pages.append(page)
    except TimeoutError:
        result.detail = f"only what was read within {TIMEOUT_SECONDS:g} s"
    except Busy as error:
        return SourceResult("busy", str(error), wait=error.wait)
    except SiteUnreadable as error:
        return SourceResult("unavailable" if error.is_transient else "failed", str(error))
    result.sources = [
        Source(UNNUMBERED, SourceKind.WEBSITE, page.url, page.title, page.text, page.fetched_at, page.published_on)
        for page in result.pages
    ]
    result.status = "found" if result.sources else "unavailable" if result.detail else "nothing"
    return result
