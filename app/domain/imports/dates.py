"""Parse dates as registers write them."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from app.domain.imports.date_orders import DateOrder

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?: .*)?", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})(?: .*)?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_NAMED = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3})[a-z]*[- ](\d{4})", re.ASCII)
_MONTHS = dict(jan=1, feb=2, mar=3, apr=4, may=5, jun=6, jul=7, aug=8, sep=9, oct=10, nov=11, dec=12)
MIN_YEAR, MAX_YEAR = 1800, 2100
"""Registers fill unknown dates with 1800 or 1900."""


@lru_cache(maxsize=8192)
def to_iso_date(text: str, order: DateOrder = "mdy") -> str:
    """Return the date as YYYY-MM-DD, without a time of day. `order` is that of dates in numbers.

    With the year first, and with a month in letters, dates are read in every order.

    Raises ValueError for text that is not a date in this order.
    """
    if match := _SLASHED.fullmatch(text):
        if order == "ymd":
            raise ValueError("is not a date with the year first, such as 1980-12-31")
        month, day, year = int(match[1]), int(match[2]), int(match[3])
        if order == "dmy":
            month, day = day, month
    elif match := _ISO.fullmatch(text) or _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _NAMED.fullmatch(text):
        day, month, year = int(match[1]), _MONTHS.get(match[2].lower(), 0), int(match[3])
    else:
        raise ValueError("is not a date such as 12/31/1980 or 1980-12-31")
    if not MIN_YEAR <= year <= MAX_YEAR:
        raise ValueError(f"has a year outside {MIN_YEAR} to {MAX_YEAR}")
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        words = "day, month and year" if order == "dmy" else "month, day and year"
        raise ValueError(
            f"is not a date, read as {words}: {error}" if _SLASHED.fullmatch(text) else str(error)
        ) from None
