"""Sources of a report: pages and records, stored as text. A writer sees nothing of where they are from but an id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from urllib.parse import urlsplit

from app.domain.companies.research.languages import language_of
from app.domain.companies.research.normalization import FoldedText, fold


class SourceKind(StrEnum):
    """Where a source is from."""

    REGISTRY = "registry"
    WEBSITE = "website"
    """The company's own."""
    PLACES = "places"
    NEWS = "news"
    WEB = "web"
    """Any other page that a search found."""


@dataclass(frozen=True)
class Source:
    """A page or a record as text."""

    id: str
    """`S1`, `S2` …"""
    kind: SourceKind
    url: str
    title: str
    text: str
    fetched_at: datetime
    published_on: date | None = None

    @property
    def number(self) -> int:
        """The number in the id."""
        return int(self.id[1:])

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the text in UTF-8, in hex."""
        return sha256(self.text.encode()).hexdigest()

    @cached_property
    def folded(self) -> FoldedText:
        """The text folded for comparison."""
        return fold(self.text)

    @cached_property
    def language(self) -> str | None:
        """The ISO 639-1 code of the language of the text; None if unknown."""
        return language_of(self.text)

    @property
    def publisher(self) -> str:
        """The publisher: all pages of the company's own site are one publisher, other pages have their host."""
        return self.kind if self.kind is not SourceKind.WEB and self.kind is not SourceKind.NEWS else host(self.url)


def host(url: str) -> str:
    """Return the host of a URL without `www.`; empty if there is none."""
    return (urlsplit(url).hostname or "").removeprefix("www.")
