"""company_enrichment: what registers, directories and the company's own site say of it, each with whose word it is.

Every source is a step of its own; one that fails, fails no other. What may be back is asked again in the next attempt.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from app.db.companies import records as companies
from app.db.companies import scores
from app.db.core.pool import Connection, connection
from app.db.jobs import records as jobs
from app.db.jobs.ledger import ItemError
from app.domain.companies.kinds import COMPANY_ENRICHMENT, ENRICHMENT_SOURCES, EnrichmentArgs, EnrichmentSource
from app.domain.jobs.outcomes import Failed, Outcome, Snooze
from providers.errors import Busy, ProviderError, RateLimited, Unavailable
from workers.companies.research import site_fields
from workers.companies.research.gather import Subject, find_place, look_up, subject_of
from workers.companies.research.site_pages import SiteUnreadable
from workers.core.context import JobContext
from workers.core.resources import CompanyProviders

SPEC = COMPANY_ENRICHMENT
MOST_PAGES = 3


@dataclass(frozen=True)
class Told:
    """What one source says."""

    fields: dict[str, Any]
    url: str | None
    fetched_at: datetime


class Off(Exception):
    """The source is not configured, or has nothing to go by."""


async def run(context: JobContext, args: EnrichmentArgs) -> dict[str, Any] | Outcome:
    async with connection(context.resources.pool) as conn:
        company = await companies.get(conn, args.company_id)
    if company is None:
        return Failed(f"there is no company {args.company_id}")
    enriching = Enriching(context, args.company_id, subject_of(company))
    waits = await enriching.run([name for name in ENRICHMENT_SOURCES if name in args.sources])
    if waits:
        return Snooze(waits, "waits for the turn of the company's site")
    async with context.step() as step:
        await rescore(step.conn, context, args.company_id)
    known = [name for name, told in enriching.results.items() if told["status"] == "found"]
    return {"company_id": str(args.company_id), "sources": enriching.results, "found": known}


class Enriching:
    """One run over the sources that are not done yet."""

    def __init__(self, context: JobContext, company_id: UUID, subject: Subject) -> None:
        self._context, self._company_id, self._subject = context, company_id, subject
        self.results: dict[str, dict[str, Any]] = dict((context.checkpoint or {}).get("results", {}))
        self._committing = asyncio.Lock()  # so that no checkpoint overtakes another

    async def run(self, names: list[EnrichmentSource]) -> float:
        """Ask those that are left; seconds to wait where one only wants to be asked later. Raises Unavailable."""
        left = [name for name in names if name not in self.results]
        ends = await asyncio.gather(*(self._one(name, len(names)) for name in left), return_exceptions=True)
        errors = [end for end in ends if isinstance(end, BaseException)]
        waits = [error.wait for error in errors if isinstance(error, Busy)]
        for error in errors:
            if not isinstance(error, Busy):
                raise error
        return max(waits, default=0.0)

    async def _one(self, name: EnrichmentSource, total: int) -> None:
        last = self._context.job.attempt >= self._context.job.max_attempts
        told: Told | None = None
        try:
            told = await ASK[name](self._subject, self._context.resources.intelligence, self._context)
            result: dict[str, Any] = (
                {"status": "found", "fields": sorted(told.fields)} if told else {"status": "nothing"}
            )
        except Off as error:
            result = {"status": "off", "detail": str(error)}
        except Busy:
            raise
        except (ProviderError, SiteUnreadable) as error:
            passing = isinstance(error, Unavailable | RateLimited) or getattr(error, "passing", False)
            if passing and not last:
                raise Unavailable(f"{name}: {error}", provider=name) from error
            result = {"status": "failed", "detail": str(error)}
        async with self._committing, self._context.step() as step:
            if told is not None:
                await companies.save_fields(step.conn, self._company_id, name, told.fields, told.url, told.fetched_at)
                await companies.learn_ids(
                    step.conn, self._company_id, told.fields.get("registry_number"), told.fields.get("place_id")
                )
            self.results[name] = result
            step.checkpoint = {"results": dict(self.results)}
            step.processed, step.total = 1, total
            if result["status"] == "failed":
                step.failed = 1
                step.errors = [ItemError(name, None, str(result["detail"]))]


async def companies_house(subject: Subject, intelligence: CompanyProviders, context: JobContext) -> Told | None:
    if intelligence.registry is None:
        raise Off("no key for Companies House")
    record = await look_up(subject, intelligence)
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
            {"name": one.name, "role": one.role, "appointed_on": one.appointed_on}
            for one in record.officers
            if one.resigned_on is None
        ],
    }
    return Told(_given(fields), record.url, datetime.now(UTC))


async def google_places(subject: Subject, intelligence: CompanyProviders, context: JobContext) -> Told | None:
    if intelligence.places is None:
        raise Off("no key for Google Places")
    entry = await find_place(subject, intelligence)
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
    return Told(_given(fields), entry.url, datetime.now(UTC))


async def website(subject: Subject, intelligence: CompanyProviders, context: JobContext) -> Told | None:
    if not subject.website:
        raise Off("the company has no website here")
    since = datetime.now(UTC) - timedelta(hours=1)
    found = await site_fields.read_site(context.resources.fetcher, subject, subject.website, since, MOST_PAGES)
    return Told(_given(found.fields), found.url, found.fetched_at)


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


ASK: dict[EnrichmentSource, Callable[[Subject, CompanyProviders, JobContext], Awaitable[Told | None]]] = {
    "companies_house": companies_house,
    "google_places": google_places,
    "website": website,
}


async def rescore(conn: Connection, context: JobContext, company_id: UUID) -> None:
    """What the score is made of may have changed."""
    creator = await jobs.get_creator_id(conn, context.id)
    await scores.rescore(conn, [company_id], creator)
