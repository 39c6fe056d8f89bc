"""The sources of company_enrichment: each returns the fields that it states about a company."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.companies.kinds import EnrichmentSource
from providers.web import Fetcher
from workers.companies.research.directory import find_entry
from workers.companies.research.register import find_record
from workers.companies.research.site_fields import read_site
from workers.companies.research.subject import Subject
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


class SourceDisabled(Exception):
    """The source is not configured, or it needs something that is not known of the company."""


AskSource = Callable[[Subject, CompanyProviders, Fetcher], Awaitable[SourceFacts | None]]
"""Returns None if the source does not know the company. Raises SourceDisabled, ProviderError and SiteUnreadable."""


async def _companies_house(subject: Subject, providers: CompanyProviders, fetcher: Fetcher) -> SourceFacts | None:
    if providers.register is None:
        raise SourceDisabled("no key for Companies House")
    record = await find_record(subject, providers.register)
    if record is None:
        return None
    fields = {
        "registry_number": record.number,
        "registered_name": record.name,
        "registry_status": record.status,
        "legal_form": record.kind,
        "incorporated_on": record.incorporated_on,
        "dissolved_on": record.dissolved_on,
        "registered_office": record.address or None,
        "sic_codes": list(record.sic_codes) or None,
        "accounts_overdue": record.accounts_overdue,
        "has_charges": record.has_charges,
        "has_insolvency_history": record.has_insolvency_history,
        "officers": [
            {"name": officer.name, "role": officer.role, "appointed_on": officer.appointed_on}
            for officer in record.officers
            if officer.resigned_on is None
        ],
    }
    return SourceFacts(_without_none(fields), record.url, datetime.now(UTC))


async def _google_places(subject: Subject, providers: CompanyProviders, fetcher: Fetcher) -> SourceFacts | None:
    if providers.places is None:
        raise SourceDisabled("no key for Google Places")
    entry = await find_entry(subject, providers.places)
    if entry is None:
        return None
    fields = {
        "place_id": entry.place_id,
        "listed_name": entry.name,
        "address": entry.address,
        "listed_website": entry.website,
        "phones": [entry.phone] if entry.phone else None,
        "category": entry.category,
        "business_status": entry.status,
        "rating": entry.rating,
        "ratings": entry.ratings,
    }
    return SourceFacts(_without_none(fields), entry.url, datetime.now(UTC))


async def _website(subject: Subject, providers: CompanyProviders, fetcher: Fetcher) -> SourceFacts | None:
    if not subject.website:
        raise SourceDisabled("the company has no website")
    since = datetime.now(UTC) - MAX_PAGE_AGE
    site = await read_site(fetcher, subject, subject.website, since, MAX_SITE_PAGES)
    return SourceFacts(_without_none(site.fields), site.url, site.fetched_at)


def _without_none(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


ASK: dict[EnrichmentSource, AskSource] = {
    "companies_house": _companies_house,
    "google_places": _google_places,
    "website": _website,
}
