"""The sources of company_enrichment: each returns the fields that it states about a company."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.companies.identity.candidates import EntryCandidate
from app.domain.companies.identity.subject import Subject
from app.domain.companies.kinds import EnrichmentSource
from providers.web import Fetcher
from workers.companies.research import directory, register, site_pages
from workers.companies.research.own_site import learn_from_site
from workers.companies.research.site_fields import read_site
from workers.core.resources import CompanyProviders

MAX_SITE_PAGES = 3
MAX_PAGE_AGE = timedelta(hours=1)


@dataclass(frozen=True)
class SourceFacts:
    """The fields that a source states about a company."""

    fields: dict[str, Any]
    url: str | None
    """Where the source states them."""
    fetched_at: datetime
    candidates: tuple[EntryCandidate, ...] = ()
    """Entries that may be the company's: a person has to decide. Then there are no fields."""


class SourceDisabled(Exception):
    """The source is not configured, or it needs something that is not known of the company."""


AskSource = Callable[[Subject, CompanyProviders, Fetcher], Awaitable[SourceFacts | None]]
"""Returns None if the source does not know the company. Raises SourceDisabled, ProviderError and SiteUnreadable."""


async def _companies_house(subject: Subject, providers: CompanyProviders, fetcher: Fetcher) -> SourceFacts | None:
    if providers.register is None:
        raise SourceDisabled("no key for Companies House")
    records = await register.read_records(subject, providers.register)
    if not records:
        return None
    answer = register.choose_record(await _with_own_marks(subject, fetcher), records)
    if answer.record is None:
        return SourceFacts({}, None, datetime.now(UTC), answer.candidates)
    return SourceFacts(register.to_fields(answer.record), answer.record.url, datetime.now(UTC))


async def _google_places(subject: Subject, providers: CompanyProviders, fetcher: Fetcher) -> SourceFacts | None:
    if providers.places is None:
        raise SourceDisabled("no key for Google Places")
    entries = await directory.read_entries(subject, providers.places)
    if not entries:
        return None
    answer = directory.choose_entry(await _with_own_marks(subject, fetcher), entries)
    if answer.entry is None:
        return SourceFacts({}, None, datetime.now(UTC), answer.candidates)
    return SourceFacts(directory.to_fields(answer.entry), answer.entry.url, datetime.now(UTC))


async def _with_own_marks(subject: Subject, fetcher: Fetcher) -> Subject:
    """Return the subject with the marks that its own site states, if that can be read. Raises Busy."""
    if not subject.website:
        return subject
    since = datetime.now(UTC) - MAX_PAGE_AGE
    try:
        pages = [page async for page in site_pages.pages(fetcher, subject.website, since, MAX_SITE_PAGES, subject.name)]
        return await asyncio.to_thread(learn_from_site, subject, pages)
    except site_pages.SiteUnreadable:
        return subject


async def _website(subject: Subject, providers: CompanyProviders, fetcher: Fetcher) -> SourceFacts | None:
    if not subject.website:
        raise SourceDisabled("the company has no website")
    since = datetime.now(UTC) - MAX_PAGE_AGE
    site = await read_site(fetcher, subject, subject.website, since, MAX_SITE_PAGES)
    fields = {name: value for name, value in site.fields.items() if value is not None}
    return SourceFacts(fields, site.url, site.fetched_at)


ASK: dict[EnrichmentSource, AskSource] = {
    "companies_house": _companies_house,
    "google_places": _google_places,
    "website": _website,
}
