"""Date a statement on a page by its sentence, by a dateline above it, by the page's markup, or by its URL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from app.domain.companies.research.figures import MONTHS

MAX_AGE_DAYS = 365
"""Events that happened longer ago are not news."""
MAX_DATELINE_CHARACTERS = 120
MAX_DATELINE_WORDS = 6
"""Words beside the date in a line that is nothing but a dateline, such as a place or an author."""
_OTHER_MONTHS = {
    "januar": 1, "janvier": 1, "enero": 1, "gennaio": 1, "januari": 1, "jänner": 1,
    "februar": 2, "février": 2, "fevrier": 2, "febrero": 2, "febbraio": 2, "februari": 2,
    "märz": 3, "mars": 3, "marzo": 3, "maart": 3, "avril": 4, "abril": 4, "aprile": 4,
    "mai": 5, "mayo": 5, "maggio": 5, "mei": 5, "juni": 6, "juin": 6, "junio": 6, "giugno": 6,
    "juli": 7, "juillet": 7, "julio": 7, "luglio": 7, "août": 8, "aout": 8, "agosto": 8, "augustus": 8,
    "septembre": 9, "septiembre": 9, "settembre": 9, "oktober": 10, "octobre": 10, "octubre": 10, "ottobre": 10,
    "novembre": 11, "noviembre": 11, "dezember": 12, "décembre": 12, "decembre": 12, "diciembre": 12,
    "dicembre": 12, "december": 12,
}  # fmt: skip
_MONTH_NUMBERS = (
    {month: number for number, month in enumerate(MONTHS, 1)}
    | {month[:3]: number for number, month in enumerate(MONTHS, 1)}
    | {"sept": 9}
    | _OTHER_MONTHS
)
_MONTH = "|".join(sorted(_MONTH_NUMBERS, key=len, reverse=True))
_LONG = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.|er)?\s+(?:of\s+|de\s+)?)?(?P<month>{_MONTH})\b\.?"
    r"(?:\s+(?P<day2>\d{1,2})(?:st|nd|rd|th)?,?(?=\s))?,?\s+(?:de\s+)?(?P<year>20\d\d)\b",
    re.IGNORECASE,
)
_ISO = re.compile(r"\b(20\d\d)[-/.](\d{1,2})[-/.](\d{1,2})\b")
_NUMERIC = re.compile(r"\b(\d{1,2})([./-])(\d{1,2})\2(20\d\d)\b")
_SHORT_YEAR = re.compile(r"^\W*(\d{1,2})([./-])(\d{1,2})\2(\d\d)\W*$")
"""A line such as 02.03.19; within sentences it may be anything."""
_APOSTROPHE_YEAR = re.compile(r"(?<=[\s,])['’](\d\d)(?!\w)")
_YEAR_LINE = re.compile(
    r"^\W*(?:(?:news|archives?|press(?: releases?)?|updates?|events?|blog|posts?|stories|media|year|from|of|the|in|our"
    r"|history|milestones?|timeline|published|posted|date|on)\W+){0,4}((?:19|20)\d\d)(?:\W+(?:news|archives?|press"
    r"|updates?|events?|posts?|milestones?|releases?)){0,2}\W*$",
    re.IGNORECASE,
)
_DECADE = re.compile(
    r"\b(?:(?P<decade>(?:19|20)\d0)['’]?s\b|(?:in|during|of|since|from) the (?:early |mid-?|late )?[- ]?"
    r"(?P<named>fifties|sixties|seventies|eighties|nineties|noughties)|(?P<last>last|previous|past) (?:decade|century)"
    r"|(?P<many>decades|many years|years|some years|several years|a few years|a long time) ago)\b(?! and)",
    re.IGNORECASE,
)
_AGO = re.compile(
    r"\b(?:(?:some|about|over|more than|almost|nearly|around)\s+)?(?P<count>\d{1,3}|a|an|one|two|three|four|five|six"
    r"|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty)\s+(?P<unit>day|week|month|year|decade)s?\s+ago\b",
    re.IGNORECASE,
)
_AROUND_AGO = " \t.·|–—-"
_DECADE_LINE = re.compile(r"^\W*(?:the )?((?:19|20)\d0)['’]?s\W*$", re.IGNORECASE)
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365, "decade": 3_650}
_COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40,
    "fifty": 50,
}  # fmt: skip
_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")
_BACKGROUND = re.compile(
    r"\b(?:since|founded|established|incorporated|started|born|in business|operating|est\.?)\b[^.;]{0,20}$",
    re.IGNORECASE,
)
_URL_DATE = re.compile(r"(?<!\d)(20\d\d)[/-]?(0[1-9]|1[0-2])(?:[/-]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
_URL_YEAR = re.compile(r"(?:/|[-_])(20\d\d)(?:/|[-_]|\.html?$|$)")
_INLINE_END = re.compile(r"^\s{0,3}\)?\s{0,3}(?:[–—-]|/)")


@dataclass(frozen=True, slots=True)
class Dated:
    """The date on which something was written or happened."""

    on: date | None
    """The day, or the first of the month; None if only the year is known."""
    until: date
    """The last day that it can be."""


def latest_date(text: str) -> date | None:
    """Return the latest date that a text names; the first of the month if it names no day."""
    return max((found for found, _, _ in find_dates(text)), default=None)


def find_dates(text: str) -> Iterator[tuple[date, int, int]]:
    """Yield the dates that a text names, with their place. Of ambiguous numbers, the day comes first."""
    text = _APOSTROPHE_YEAR.sub(lambda match: "20" + match[1], text)
    for match in _ISO.finditer(text):
        if found := _date(match[1], match[2], match[3]):
            yield found, *match.span()
    for match in _NUMERIC.finditer(text):
        if found := _date(match[4], match[3], match[1]) or _date(match[4], match[1], match[3]):
            yield found, *match.span()
    for match in _LONG.finditer(text):
        number = _MONTH_NUMBERS[match["month"].lower()]
        if found := _date(match["year"], str(number), match["day"] or match["day2"] or "1"):
            yield found, *match.span()


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def dateline_of(line: str, today: date | None = None) -> Dated | None:
    """Return the date of a line that is a dateline or a paragraph's beginning; None for any other line.

    Lines such as "5 years ago" have a date only if it is known what day it is.
    """
    decade = _DECADE_LINE.match(line)
    if decade is not None:
        return Dated(None, date(int(decade[1]) + 9, 12, 31))
    ago = _AGO.fullmatch(line.strip(_AROUND_AGO)) if today is not None else None
    if today is not None and ago is not None:
        return Dated(None, today - timedelta(days=_days_ago(ago)))
    year = _YEAR_LINE.match(line)
    if year is not None:
        return Dated(None, date(int(year[1]), 12, 31))
    short = _SHORT_YEAR.match(line)
    if short is not None and (
        found := _date(f"20{short[4]}", short[3], short[1]) or _date(f"20{short[4]}", short[1], short[3])
    ):
        return Dated(found, found)
    for found, start, end in find_dates(line[:MAX_DATELINE_CHARACTERS]):
        others = len(re.findall(r"[^\W\d_]+", line[:start] + line[end:]))
        ends_sentence = line.rstrip().endswith((".", "!", "?")) and others > 2
        if len(line) <= MAX_DATELINE_CHARACTERS and others <= MAX_DATELINE_WORDS and not ends_sentence:
            return Dated(found, found)
        if len(line[:start].split()) <= MAX_DATELINE_WORDS and _INLINE_END.match(line[end:]):
            return Dated(found, found)
    return None


def is_only_dateline(line: str) -> bool:
    """Return whether a line holds nothing but a dateline, or how long ago something was."""
    if len(line) > MAX_DATELINE_CHARACTERS or len(line.split()) > 14:
        return False
    return dateline_of(line) is not None or _AGO.fullmatch(line.strip(_AROUND_AGO)) is not None


def date_of_url(url: str) -> Dated | None:
    """Return the date in the path of a URL, such as /2019/03/ or /news/2019-03-02-seed."""
    path = urlsplit(url).path
    match = _URL_DATE.search(path)
    if match is not None and (found := _date(match[1], match[2], match[3] or "1")):
        return Dated(found, found if match[3] else found + timedelta(days=30))
    year = _URL_YEAR.search(path)
    return Dated(None, date(int(year[1]), 12, 31)) if year else None


class PageDates:
    """The dates of the lines of a page."""

    def __init__(
        self, text: str, published_on: date | None, url: str, title: str = "", today: date | None = None
    ) -> None:
        self._lines = text.splitlines()
        self._datelines = [dateline_of(line, today) for line in self._lines]
        titled = latest_date(title)
        self._page = (
            Dated(published_on, published_on) if published_on else Dated(titled, titled) if titled else date_of_url(url)
        )

    def of_line(self, number: int) -> Dated | None:
        """Return the date of a line: that of the dateline it stands under, else that of the page; None if unknown."""
        if number < len(self._lines) and self._is_heading_above_date(number):
            return self._datelines[number + 1]
        above = (self._datelines[place] for place in range(min(number, len(self._datelines) - 1), -1, -1))
        return next((found for found in above if found is not None), self._page)

    def _is_heading_above_date(self, number: int) -> bool:
        """Return whether a line is a heading whose date stands below it."""
        if number + 1 >= len(self._lines) or self._datelines[number] is not None:
            return False
        below = self._lines[number + 1]
        stands_under_date = (
            number > 0 and self._datelines[number - 1] is not None and is_only_dateline(self._lines[number - 1])
        )
        is_sentence = self._lines[number].rstrip().endswith((".", "!", "?"))
        return (
            self._datelines[number + 1] is not None
            and is_only_dateline(below)
            and not (stands_under_date or is_sentence)
        )


def date_of_event(sentence: str, context: Dated | None) -> Dated | None:
    """Return when the event of a sentence happened: as it says, else as its surroundings say."""
    on = latest_date(sentence)
    return Dated(on, on) if on else context


def is_recent(sentence: str, dated: Dated | None, today: date) -> bool:
    """Return whether an event is news: not older than MAX_AGE_DAYS, not in the future; undated ones are."""
    if any(days > MAX_AGE_DAYS for days in _ages(sentence, today)):
        return False
    years = [int(match[1]) for match in _YEAR.finditer(sentence) if not _BACKGROUND.search(sentence[: match.start()])]
    if years and max(years) < today.year - 1:
        return False
    if dated is None:
        return True
    is_future = dated.on is not None and dated.on > today + timedelta(days=1)
    return dated.until >= today - timedelta(days=MAX_AGE_DAYS) and not is_future


def _ages(text: str, today: date) -> Iterator[int]:
    """Yield how many days ago something happened at least, as a text says without a date: "five years ago"."""
    for match in _AGO.finditer(text):
        if _BACKGROUND.search(text[: match.start()]):
            continue
        yield _days_ago(match)
    for match in _DECADE.finditer(text):
        if _BACKGROUND.search(text[: match.start()]):
            continue
        if match["decade"] is None or int(match["decade"]) + 10 < today.year:
            yield 2 * MAX_AGE_DAYS


def _days_ago(match: re.Match[str]) -> int:
    word = match["count"].lower()
    return (int(word) if word.isdigit() else _COUNTS[word]) * _DAYS[match["unit"].lower()]
