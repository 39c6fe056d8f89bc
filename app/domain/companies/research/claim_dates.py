"""When what a claim says was written, as its source shows: a report must not present old news as the present."""

from __future__ import annotations

import re
from datetime import timedelta

from app.domain.companies.events.dates import Dated, date_of_url, dateline_of, find_dates, is_only_dateline
from app.domain.companies.research.sources import Source, SourceKind

MAX_OTHER_WORDS = 2
"""Words beside the date of a dateline, such as a place, apart from those that announce it."""
_ANNOUNCING = re.compile(
    r"\b(?:published|posted|updated|released?|news|press|date|dated|on|by|at|am|den|vom|le|el|il|monday|tuesday|wednesday"
    r"|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\b(?:18|19|20)\d\d\b")


def date_of_claim(text: str, quote: str, source: Source) -> str:
    """Return when a claim was written: an ISO date, month or year; empty if unknown or the text names a year.

    That is the dateline above the quotation, else the date of the page. Records of registers have no such date.
    """
    if _YEAR.search(text) or source.kind in (SourceKind.REGISTRY, SourceKind.PLACES):
        return ""
    place = source.text.find(quote)
    lines = source.text[:place].splitlines() if place >= 0 else []
    for line in reversed(lines[-200:]):
        if is_dateline(line) and (dated := dateline_of(line, source.fetched_at.date())) is not None:
            return _to_text(dated)
    if source.published_on is not None:
        return source.published_on.isoformat()
    dated = date_of_url(source.url)
    # a year after a hyphen may be that of a model
    is_certain = dated is not None and (dated.on is not None or f"/{dated.until.year}/" in source.url)
    return _to_text(dated) if dated is not None and is_certain else ""


def is_dateline(line: str) -> bool:
    """Return whether a line is hardly more than a date."""
    if not is_only_dateline(line):
        return False
    rest = line
    for _, start, end in sorted(find_dates(line), key=lambda found: -found[1]):
        rest = rest[:start] + rest[end:]
    return len(re.findall(r"[^\W\d_]+", _ANNOUNCING.sub(" ", rest))) <= MAX_OTHER_WORDS


def _to_text(dated: Dated) -> str:
    if dated.on is None:
        return str(dated.until.year)
    is_month = dated.until - dated.on >= timedelta(days=27)
    return f"{dated.on:%Y-%m}" if is_month else dated.on.isoformat()
