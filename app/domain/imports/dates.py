"""Dates as American registers write them."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", re.ASCII)
SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: .*)?", re.ASCII)
YEAR_FIRST = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})(?: .*)?", re.ASCII)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
NAMED = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3})[a-z]*[- ](\d{4})", re.ASCII)
MONTHS = dict(jan=1, feb=2, mar=3, apr=4, may=5, jun=6, jul=7, aug=8, sep=9, oct=10, nov=11, dec=12)
EARLIEST, LATEST = 1800, 2100
"""Years; registers fill unknown dates with 1800 or 1900."""


@lru_cache(maxsize=8192)
def iso(text: str) -> str:
    """The date as YYYY-MM-DD; a time of day behind it is dropped. Month before day where only slashes tell them apart.

    Raises ValueError for what is no date.
    """
    if match := SLASHED.fullmatch(text):
        month, day, year = int(match[1]), int(match[2]), int(match[3])
    elif match := ISO.fullmatch(text) or YEAR_FIRST.fullmatch(text) or COMPACT.fullmatch(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := NAMED.fullmatch(text):
        day, month, year = int(match[1]), MONTHS.get(match[2].lower(), 0), int(match[3])
    else:
        raise ValueError("is no date such as 12/31/1980 or 1980-12-31")
    if not EARLIEST <= year <= LATEST:
        raise ValueError(f"has a year outside {EARLIEST} to {LATEST}")
    return date(year, month, day).isoformat()
