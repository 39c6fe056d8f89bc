"""company_enrichment: store what registers, directories and the company's own site state about it, by source.

Each source is a step of its own, and one that fails does not affect the others. A source that may be back soon is
asked again in the next attempt.
"""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from app.db.companies import fields, scores
from app.db.companies import records as companies
from app.db.core.pool import connection
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.db.jobs.ledger import ItemError
from app.domain.companies import kinds
from app.domain.companies.identity.subject import Subject
from app.domain.companies.kinds import ENRICHMENT_SOURCES, EnrichmentArgs, EnrichmentSource
from app.domain.jobs.outcomes import Failed, Outcome, Snooze
from providers.errors import Busy, ProviderError, RateLimited, Unavailable
from workers.companies.enrichment_sources import ASK, SourceDisabled, SourceFacts
from workers.companies.research.site_pages import SiteUnreadable
from workers.companies.research.subject import to_subject
from workers.core.context import JobContext

SPEC = kinds.COMPANY_ENRICHMENT


async def run(context: JobContext, args: EnrichmentArgs) -> dict[str, Any] | Outcome:
    """Ask the sources that have no result yet, and store their fields."""
    async with connection(context.resources.pool) as conn:
        company = await companies.get(conn, args.company_id)
    if company is None:
        return Failed(f"company {args.company_id} not found")
    enrichment = Enrichment(context, company.id, to_subject(company))
    wait = await enrichment.run([source for source in ENRICHMENT_SOURCES if source in args.sources])
    if wait:
        return Snooze(wait, "waiting until the company's site may be asked")
    async with context.step() as step:
        creator = await jobs.get_creator_id(step.conn, context.id)
        await scores.rescore(step.conn, [company.id], Creator(creator))
    found = [source for source, result in enrichment.results.items() if result["status"] == "found"]
    return {"company_id": str(company.id), "sources": enrichment.results, "found": found}


class Enrichment:
    """One run over the sources that have no result yet."""

    def __init__(self, context: JobContext, company_id: UUID, subject: Subject) -> None:
        self._context, self._company_id, self._subject = context, company_id, subject
        self.results: dict[str, dict[str, Any]] = dict((context.checkpoint or {}).get("results", {}))
        self._commit_lock = asyncio.Lock()  # so that no older checkpoint replaces a newer one

    async def run(self, sources: list[EnrichmentSource]) -> float:
        """Ask the sources that have no result; return the seconds to wait if one of them is busy.

        Raises Unavailable if a source may be back in the next attempt.
        """
        pending = [source for source in sources if source not in self.results]
        outcomes = await asyncio.gather(
            *(self._ask(source, len(sources)) for source in pending), return_exceptions=True
        )
        errors = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        for error in errors:
            if not isinstance(error, Busy):
                raise error
        return max((error.wait for error in errors if isinstance(error, Busy)), default=0.0)

    async def _ask(self, source: EnrichmentSource, total: int) -> None:
        """Ask a source and commit its fields and its result. Raises Busy and Unavailable."""
        resources = self._context.resources
        facts: SourceFacts | None = None
        try:
            facts = await ASK[source](self._subject, resources.company_providers, resources.fetcher)
            result: dict[str, Any] = (
                {"status": "found", "fields": sorted(facts.fields)} if facts else {"status": "nothing"}
            )
        except SourceDisabled as error:
            result = {"status": "off", "detail": str(error)}
        except Busy:
            raise
        except (ProviderError, SiteUnreadable) as error:
            if _is_transient(error) and not self._is_last_attempt:
                raise Unavailable(f"{source}: {error}", provider=source) from error
            result = {"status": "failed", "detail": str(error)}
        async with self._commit_lock, self._context.step() as step:
            if facts is not None:
                await fields.replace_fields(
                    step.conn, self._company_id, source, facts.fields, facts.url, facts.fetched_at
                )
                registry_number, place_id = facts.fields.get("registry_number"), facts.fields.get("place_id")
                await companies.set_missing_ids(step.conn, self._company_id, registry_number, place_id)
            self.results[source] = result
            step.checkpoint = {"results": dict(self.results)}
            step.processed, step.total = 1, total
            if result["status"] == "failed":
                step.failed = 1
                step.errors = [ItemError(source, None, str(result["detail"]))]

    @property
    def _is_last_attempt(self) -> bool:
        return self._context.job.attempt >= self._context.job.max_attempts


def _is_transient(error: ProviderError | SiteUnreadable) -> bool:
    if isinstance(error, SiteUnreadable):
        return error.is_transient
    return isinstance(error, Unavailable | RateLimited)
