"""What a company's own site says of it without being read: its description, links to mail, telephones, profiles."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.companies.site_facts import facts_of
from providers.web import Fetcher
from workers.companies.research import site_pages


@dataclass(frozen=True)
class SiteFields:
    fields: dict[str, Any]
    url: str
    fetched_at: datetime


async def read_site(fetcher: Fetcher, website: str, since: datetime, most_pages: int) -> SiteFields:
    """Raises SiteUnreadable, and Busy where the host's turn is far away."""
    pages = [page async for page in site_pages.pages(fetcher, website, since, most_pages)]
    if not pages:
        raise site_pages.SiteUnreadable("its pages hold no text", passing=False)
    fields = await asyncio.to_thread(facts_of, [(page.url, page.html) for page in pages])
    return SiteFields({"title": pages[0].title or None, **fields}, pages[0].url, pages[0].fetched_at)
