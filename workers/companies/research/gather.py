"""Gather the sources of a report or of signals from all kinds of source at once.

A kind of source that fails does not affect the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.companies.research.sources import Source, SourceKind
from providers.web import Fetcher
from workers.companies.research.directory import ask_directory
from workers.companies.research.own_site import ask_own_site
from workers.companies.research.register import ask_register
from workers.companies.research.site_pages import SitePage
from workers.companies.research.source_result import SourceResult
from workers.companies.research.subject import Subject
from workers.companies.research.web_search import ask_search
from workers.core.resources import CompanyProviders


@dataclass(frozen=True)
class Gathered:
    """The results of all kinds of source."""

    results: dict[str, SourceResult]
    """By kind of source."""

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
    """Ask all sources at once; their errors are in the results.

    Pages are as fetched at or after `since`, at most `max_pages` from the company's own site.
    """
    requests: dict[str, Awaitable[SourceResult]] = {
        SourceKind.WEBSITE: ask_own_site(subject, fetcher, since, max_pages),
        SourceKind.REGISTRY: ask_register(subject, providers.register),
        SourceKind.PLACES: ask_directory(subject, providers.places),
        SourceKind.WEB: ask_search(subject, providers.search_engine, fetcher, since),
    }
    results = await asyncio.gather(*requests.values())
    return Gathered(dict(zip(requests, results, strict=True)))
