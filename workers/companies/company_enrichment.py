"""company_enrichment: store what registers, directories and the company's own site state about it, by source.

Each source is a step of its own, and one that fails does not affect the others. A source that may be back soon is
asked again in the next attempt.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from app.db.companies import candidates, fields, scores
from app.db.companies import records as companies
from app.db.core.pool import Connection, connection
from app.db.jobs import records as jobs
from app.db.jobs.creator import Creator
from app.db.jobs.ledger import ItemError
from app.domain.companies import kinds
from app.domain.companies.identity.subject import Subject
from app.domain.companies.kinds import ENRICHMENT_SOURCES, EnrichmentArgs, EnrichmentSource
from app.domain.jobs.outcomes import Failed, Outcome, Snooze
from providers.errors import Busy, ProviderError, RateLimited, Unavailable
from workers.companies.enrichment_sources import ASK, SourceDisabled, SourceFacts
from workers.companies.research.site_pages import ForeignSite, SiteUnreadable
from workers.companies.research.subject import load_subject
from workers.core.context import JobContext

SPEC = kinds.COMPANY_ENRICHMENT


async def run(context: JobContext, args: EnrichmentArgs) -> dict[str, Any] | Outcome:
    """Ask the sources that have no result yet, and store their fields."""
    async with connection(context.resources.pool) as conn:
        company = await companies.get(conn, args.company_id)
        subject = await load_subject(conn, company) if company else None
    if company is None or subject is None:
        return Failed(f"company {args.company_id} not found")
    enrichment = Enrichment(context, company.id, subject)
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
            result = _result(facts)
        except SourceDisabled as error:
            result = {"status": "off", "detail": str(error)}
        except Busy:
            raise
        except ForeignSite as error:
            result = {"status": "nothing", "detail": str(error)}
        except (ProviderError, SiteUnreadable) as error:
            if _is_transient(error) and not self._is_last_attempt:
                raise Unavailable(f"{source}: {error}", provider=source) from error
            result = {"status": "failed", "detail": str(error)}
        async with self._commit_lock, self._context.step() as step:
            if result["status"] in ("found", "uncertain", "nothing"):
                await self._store(step.conn, source, facts)
            self.results[source] = result
            step.checkpoint = {"results": dict(self.results)}
            step.processed, step.total = 1, total
            if result["status"] == "failed":
                step.failed = 1
                step.errors = [ItemError(source, None, str(result["detail"]))]

    async def _store(self, conn: Connection, source: EnrichmentSource, facts: SourceFacts | None) -> None:
        """Replace what the source stated before: what it no longer states, or not of this company, is removed."""
        stated = facts.fields if facts else {}
        url, fetched_at = (facts.url, facts.fetched_at) if facts else (None, datetime.now(UTC))
        await fields.replace_fields(conn, self._company_id, source, stated, url, fetched_at)
        await candidates.replace_pending(conn, self._company_id, source, facts.candidates if facts else ())
        registry_number, place_id = stated.get("registry_number"), stated.get("place_id")
        await companies.set_missing_ids(conn, self._company_id, registry_number, place_id)

    @property
    def _is_last_attempt(self) -> bool:
        return self._context.job.attempt >= self._context.job.max_attempts


def _result(facts: SourceFacts | None) -> dict[str, Any]:
    """Return the result of a source that answered, as the job's result has it."""
    if facts is None or not (facts.fields or facts.candidates):
        return {"status": "nothing"}
    if not facts.candidates:
        return {"status": "found", "fields": sorted(facts.fields)}
    names = ", ".join(f"{candidate.name} ({candidate.entry_id})" for candidate in facts.candidates)
    return {"status": "uncertain", "detail": f"a person has to decide whether it is {names}"}


def _is_transient(error: ProviderError | SiteUnreadable) -> bool:
    if isinstance(error, SiteUnreadable):
        return error.is_transient
    return isinstance(error, Unavailable | RateLimited)
