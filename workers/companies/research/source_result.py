"""The result of one kind of source for a report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import structlog

from app.domain.companies.research.sources import Source
from providers.errors import Busy, ProviderError, RateLimited, Unavailable
from workers.companies.research.site_pages import SitePage

UNNUMBERED = "S0"
"""The id of a source until `Gathered` numbers all of them."""
log = structlog.get_logger(__name__)


@dataclass
class SourceResult:
    """The result of one kind of source."""

    status: str
    """`found`, `nothing`, `off` (not configured), `unavailable` (may be back soon), `failed`, `late` or `busy`."""
    detail: str = ""
    wait: float = 0.0
    """If `busy`: the seconds until the source may be asked."""
    sources: list[Source] = field(default_factory=list)
    pages: list[SitePage] = field(default_factory=list)
    """Of the company's own site."""
    found_pages: list[SitePage] = field(default_factory=list)
    """Of other sites, about the company."""

    def to_json(self) -> dict[str, Any]:
        """Return the status and the number of sources, as job results have them."""
        return {"status": self.status, "sources": len(self.sources)} | ({"detail": self.detail} if self.detail else {})


def failed(error: ProviderError) -> SourceResult:
    """Log the error and return the result that stands for it."""
    log.warning("source_failed", provider=error.provider, error=str(error))
    is_transient = isinstance(error, Unavailable | Busy | RateLimited)
    return SourceResult("unavailable" if is_transient else "failed", str(error))
