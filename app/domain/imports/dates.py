"""Parse dates as registers write them."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from app.domain.imports.date_orders import MAX_DAY, DateOrder

_TIME = r"(?:,? [^,]*)?"
_NUMBERS = re.compile(rf"(\d{{1,2}})[/.-](\d{{1,2}})[/.-](\d{{4}}|\d\d){_TIME}", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})(?:[T ].*)?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_DAY = r"(\d{1,2})(?:ST|ND|RD|TH)?"
_MONTH = r"([A-Z]{3,9})\.?"
_WEEKDAY = r"(?:(?:MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]{0,6}\.?,? )?"
_DAY_MONTH = re.compile(rf"{_WEEKDAY}{_DAY}(?:[-/. ]|\. |,? OF ){_MONTH}(?:[-/. ]|, )(\d{{4}}|\d\d){_TIME}", re.ASCII)
_MONTH_DAY = re.compile(rf"{_WEEKDAY}{_MONTH}[-/. ]{_DAY}(?:[-/. ]|, ?)(\d{{4}}|\d\d){_TIME}", re.ASCII)
_YEAR_MONTH = re.compile(rf"(\d{{4}})[-/. ]{_MONTH}[-/. ](\d{{1,2}}){_TIME}", re.ASCII)
_MONTHS = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER",
    "DECEMBER",
)  # fmt: skip
MIN_YEAR, MAX_YEAR = 1800, 2100
"""Registers fill unknown dates with 1800 or 1900."""


@lru_cache(maxsize=8192)
def to_iso_date(text: str, order: DateOrder = "mdy", latest: date | None = None) -> str:
    """Return the date as YYYY-MM-DD, without a time of day. `order` is that of dates in numbers.

    With the year first, and with a month in letters, dates are read in every order. A year of two digits is the last
    one for which the date is not after `latest`, the day on which the file was sent; without it, none is read.

    Raises ValueError for text that is not a date in this order.
    """
    upper = text.upper()
    if match := _NUMBERS.fullmatch(upper):
        year, month, day = _in_order(match[1], match[2], match[3], order)
    elif match := _YEAR_FIRST.fullmatch(upper):
        year, month, day = match[1], int(match[3]), int(match[4])
    elif match := _COMPACT.fullmatch(upper):
        year, month, day = match[1], int(match[2]), int(match[3])
    elif match := _DAY_MONTH.fullmatch(upper):
        year, month, day = match[3], _month(match[2]), int(match[1])
    elif match := _MONTH_DAY.fullmatch(upper):
        year, month, day = match[3], _month(match[1]), int(match[2])
    elif match := _YEAR_MONTH.fullmatch(upper):
        year, month, day = match[1], _month(match[2]), int(match[3])
    else:
        raise ValueError("is not a date such as 12/31/1980 or 1980-12-31")
    full = _full_year(year, month, day, latest)
    if not MIN_YEAR <= full <= MAX_YEAR:
        raise ValueError(f"has a year outside {MIN_YEAR} to {MAX_YEAR}")
    try:
        return date(full, month, day).isoformat()
    except ValueError as error:
        words = "day, month and year" if order == "dmy" else "month, day and year"
        raise ValueError(
            f"is not a date, read as {words}: {error}" if _NUMBERS.fullmatch(upper) else str(error)
        ) from None


def _in_order(first: str, second: str, third: str, order: DateOrder) -> tuple[str, int, int]:
    """Return year, month and day. A first number beyond 31 can only be the year."""
    if len(third) == 2 and len(first) == 2 and (order == "ymd" or int(first) > MAX_DAY):
        return first, int(second), int(third)
    if order == "ymd":
        raise ValueError("is not a date with the year first, such as 1980-12-31")
    return (third, int(second), int(first)) if order == "dmy" else (third, int(first), int(second))


def _month(word: str) -> int:
    """Return the number of a month by its name or the beginning of it."""
    for number, name in enumerate(_MONTHS, 1):
        if name.startswith(word):
            return number
    raise ValueError("has a word that is not the name of a month")


def _full_year(year: str, month: int, day: int, latest: date | None) -> int:
    if len(year) == 4:
        return int(year)
    if latest is None:
        raise ValueError("has a year of two digits")
    century = latest.year // 100 * 100
    full = century + int(year)
    return full if (full, month, day) <= (latest.year, latest.month, latest.day) else full - 100
