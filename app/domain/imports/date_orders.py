"""The order of day, month and year in the dates of a file: declared, or found from the values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

DateOrder = Literal["mdy", "dmy", "ymd"]
DEFAULT: DateOrder = "mdy"
DATES = ("birth_date", "registered_on")
"""The fields of records that are dates."""
MAX_MONTH, MAX_DAY = 12, 31
WORDS: dict[DateOrder, str] = {
    "mdy": "month, day, year", "dmy": "day, month, year", "ymd": "year, month, day",
}  # fmt: skip
_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d\d)(?:,? .{0,40})?", re.ASCII)
_SHORT_YEAR = re.compile(
    r"(?:\d{1,2}[/.-]\d{1,2}[/.-]|\d{1,2}[-/. ][A-Za-z]{3,9}\.?[-/. ]|[A-Za-z]{3,9}\.?[-/. ]\d{1,2}(?:[-/. ]|, ?))\d\d"
    r"(?: .{0,40})?",
    re.ASCII,
)
SHORT_YEARS = "years of two digits are read so that no date is in the future"


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """The order of the dates of one column."""

    order: DateOrder
    assumed: bool = False
    """Whether no value tells, so that it is the usual one."""
    mixed: bool = False
    """Whether some values contradict it."""

    @property
    def note(self) -> str | None:
        """Return a sentence about the doubt for the sender, or None where there is no doubt."""
        if self.mixed:
            return (
                f"dates are read as {WORDS[self.order]}, but some have it the other way round; they are left out"
                " and reported"
            )
        if self.assumed:
            other = "dmy" if self.order == "mdy" else "mdy"
            words = WORDS[self.order]
            return f"dates are read as {words}: no value tells the order; send dateOrder={other} if it is wrong"
        return None


def usual_order(country: str) -> DateOrder:
    """Return the order of dates in a country, an ISO 3166-1 code in lower case."""
    return "mdy" if country == "us" else "dmy"


def find_order(texts: Iterable[str], usual: DateOrder = DEFAULT) -> FoundOrder | None:
    """Return the order of the dates in one column; None where all have the year first, or a month in letters.

    A day beyond 12 tells it, and a first number beyond 31 before a last one of two digits: that is the year. Where no
    value does, it is `usual`.
    """
    ambiguous = day_first = month_first = year_first = year_last = 0
    for text in texts:
        match = _NUMBERS.fullmatch(text)
        if match is None:
            continue
        first, second = int(match[1]), int(match[2])
        if first > MAX_DAY and len(match[3]) == 2:
            year_first += 1
            continue
        year_last += int(match[3]) > MAX_DAY
        if first > MAX_MONTH and second > MAX_MONTH:
            continue
        if first > MAX_MONTH >= second:
            day_first += 1
        elif second > MAX_MONTH >= first:
            month_first += 1
        else:
            ambiguous += 1
    if not (ambiguous or day_first or month_first or year_first):
        return None
    if year_first > year_last:
        return FoundOrder("ymd", mixed=bool(year_last))
    if day_first or month_first:
        order: DateOrder = "dmy" if day_first > month_first else "mdy"
        return FoundOrder(order, mixed=bool(day_first and month_first))
    return FoundOrder(usual, assumed=True)


def have_short_years(texts: Iterable[str]) -> bool:
    """Whether the year of any of these dates has two digits."""
    return any(_SHORT_YEAR.fullmatch(text) for text in texts)
