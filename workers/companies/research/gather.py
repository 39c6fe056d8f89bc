"""Gather the sources of a report or of signals from all kinds of source at once.

A kind of source that fails does not affect the others.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.companies.identity.subject import Subject
from app.domain.companies.research.sources import Source, SourceKind
from providers.web import Fetcher
from workers.companies.research.directory import ask_directory, judge_directory
from workers.companies.research.own_site import ask_own_site
from workers.companies.research.register import ask_register, judge_register
from workers.companies.research.site_pages import SitePage
from workers.companies.research.source_result import SourceResult
from workers.companies.research.web_search import ask_search, judge_search
from workers.core.resources import CompanyProviders


@dataclass(frozen=True)
class Gathered:
    """The results of all kinds of source."""

    results: dict[str, SourceResult]
    """By kind of source."""
    subject: Subject
    """The company with the marks that its own site states."""

    @property
    def sources(self) -> list[Source]:
        """All sources, numbered from S1; sources with the same text are one."""
        by_text: dict[str, Source] = {}
        for result in self.results.values():
            for source in result.sources:
                by_text.setdefault(source.text, replace(source, id=f"S{len(by_text) + 1}"))
        return list(by_text.values())

    @property
    def pages(self) -> list[SitePage]:
        """The pages of the company's own site."""
        return [page for result in self.results.values() for page in result.pages]

    @property
    def found_pages(self) -> list[SitePage]:
        """The pages of other sites that are about the company."""
        return [page for result in self.results.values() for page in result.found_pages]

    @property
    def wait(self) -> float:
        """Seconds until a busy source may be asked; 0 if none is busy."""
        return max(result.wait for result in self.results.values())

    @property
    def is_unavailable(self) -> bool:
        """Nothing was found, and a source that failed may be back soon."""
        return not self.sources and any(result.status == "unavailable" for result in self.results.values())

    @property
    def failures(self) -> str:
        """The details of the results that have any, for an error message."""
        return "; ".join(f"{kind}: {result.detail}" for kind, result in self.results.items() if result.detail)

    def to_json(self) -> dict[str, Any]:
        """Return the results by kind of source, as job results have them."""
        return {kind: result.to_json() for kind, result in self.results.items()}


async def gather(
    subject: Subject, providers: CompanyProviders, fetcher: Fetcher, *, since: datetime, max_pages: int
) -> Gathered:
    """Ask all sources at once and leave out what is not certain to be about the company; errors are in the results.

    Pages are as fetched at or after `since`, at most `max_pages` from the company's own site.
    """
    (own, subject), records, entries, found = await asyncio.gather(
        ask_own_site(subject, fetcher, since, max_pages),
        ask_register(providers.register, subject),
        ask_directory(providers.places, subject),
        ask_search(subject, providers.search_engine, fetcher, since),
    )
    # only now the marks of the company are known by which the entries and pages of others are judged
    results = {
        SourceKind.WEBSITE: own,
        SourceKind.REGISTRY: judge_register(subject, records),
        SourceKind.PLACES: judge_directory(subject, entries),
        SourceKind.WEB: await asyncio.to_thread(judge_search, subject, found),
    }
    return Gathered({kind.value: result for kind, result in results.items()}, subject)
