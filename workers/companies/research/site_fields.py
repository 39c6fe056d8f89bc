"""The fields that company_enrichment takes from a company's own site."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.companies.identity.subject import Subject
from app.domain.companies.site_facts import extract_site_facts
from providers.web import Fetcher
from workers.companies.research import site_pages
from workers.companies.research.own_site import learn_from_site


@dataclass(frozen=True)
class SiteFields:
    """The fields of a site, and where and when they were read."""

    fields: dict[str, Any]
    """`title` (None if the first page has none) and the facts of `extract_site_facts`."""
    url: str
    """URL of the first page."""
    fetched_at: datetime


async def read_site(fetcher: Fetcher, subject: Subject, website: str, since: datetime, max_pages: int) -> SiteFields:
    """Read up to `max_pages` pages of the site, as fetched at or after `since`.

    Raises SiteUnreadable, ForeignSite if the site is not the company's, and Busy if it would take too long until the
    host may be asked.
    """
    pages = [page async for page in site_pages.pages(fetcher, website, since, max_pages, subject.name)]
    if not pages:
        raise site_pages.SiteUnreadable("its pages hold no text", is_transient=False)
    subject = await asyncio.to_thread(learn_from_site, subject, pages)
    facts = await asyncio.to_thread(
        extract_site_facts,
        [(page.url, page.html) for page in pages],
        company_name=subject.name,
        country=subject.country,
    )
    return SiteFields({"title": pages[0].title or None, **facts}, pages[0].url, pages[0].fetched_at)
