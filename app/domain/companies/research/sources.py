"""What a report is made from: pages and records, stored as text, known to a writer by short ids alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from urllib.parse import urlsplit

from app.domain.companies.research.normalization import Folded, fold


class SourceKind(StrEnum):
    REGISTRY = "registry"
    WEBSITE = "website"
    """The company's own."""
    PLACES = "places"
    NEWS = "news"
    WEB = "web"
    """Any other page, as a search found it."""


@dataclass(frozen=True)
class Source:
    id: str
    """`S1`, `S2` …: all that a writer sees of where a text is from."""
    kind: SourceKind
    url: str
    title: str
    text: str
    fetched_at: datetime
    published_on: date | None = None

    @property
    def number(self) -> int:
        return int(self.id[1:])

    @cached_property
    def sha256(self) -> str:
        """Of the text in UTF-8, in hex."""
        return sha256(self.text.encode()).hexdigest()

    @cached_property
    def folded(self) -> Folded:
        return fold(self.text)

    @property
    def publisher(self) -> str:
        """Who speaks: all pages of the company's own site are one voice, others are their host."""
        return self.kind if self.kind is not SourceKind.WEB and self.kind is not SourceKind.NEWS else host(self.url)


def host(url: str) -> str:
    """The host without `www.`; empty where there is none."""
    return (urlsplit(url).hostname or "").removeprefix("www.")
