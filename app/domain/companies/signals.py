"""Noticing what a company is up to, from its pages, the register and what changed since they were last read.

A signal is a sentence that a source says, with the page it stands on and, where it tells, its date. The same sentence
is the same signal wherever and whenever it is found again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from app.domain.companies.research.figures import MONTHS
from app.domain.companies.research.instructions import speaks_to_a_model
from app.domain.companies.research.normalization import folded
from app.domain.companies.research.passages import BOILERPLATE, sentences
from app.domain.websites.technologies import find

OLD_DAYS = 365
"""What happened longer ago is no news."""
FEWEST_WORDS, MOST_CHARS = 4, 400
MOST_OF_A_KIND = 5
"""From one page."""
LEAST_CHANGED = 3
"""New lines that make a changed page."""


@dataclass(frozen=True)
class Noticed:
    kind: str
    title: str
    quote: str
    """As it stands in `text`."""
    url: str
    text: str
    occurred_on: date | None
    strength: float
    """0 to 1."""
    about: str = ""
    """What makes it the same signal again, where the quotation does not."""

    @property
    def fingerprint(self) -> str:
        return sha256(folded(self.about or self.quote).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class SeenPage:
    url: str
    title: str
    text: str
    published_on: date | None
    html: str = ""


ROLES = r"\b(?:chief|C[EFTOM]O|director|president|head of|chair)"
SITES = r"(?:office|site|factory|plant|store|shop|branch|warehouse|showroom|location|headquarters)"
SAID: Mapping[str, Mapping[str, float]] = {
    "hiring": {
        r"\bwe(?:'|’)?(?:re| are) (?:currently |now |always )?(?:hiring|recruiting|looking for)\b": 0.8,
        r"\b(?:open|current|available) (?:positions?|vacanc(?:y|ies)|roles?)\b|\bvacancy for\b": 0.7,
        r"\bjoin our (?:growing )?team (?:as|of)\b|\bjob opening|\bnow hiring\b": 0.7,
    },
    "funding": {
        r"\b(?:rais|secur|clos)e[ds]?\b.{0,60}(?:[£$€]\s?\d|\bfunding\b|\binvestment\b)": 1.0,
        r"\b(?:seed|series [A-F]|venture|growth) (?:round|funding|investment)\b": 0.9,
        r"\b(?:acquired by|acquires|acquisition of|merges? with)\b": 0.8,
    },
    "leadership": {
        rf"\b(?:appoint(?:s|ed)|names?|named|promoted|welcomes?|hires?)\b.{{0,80}}{ROLES}": 0.8,
        rf"\b(?:joins|joined)\b.{{0,60}}\bas\b.{{0,40}}{ROLES}": 0.8,
        rf"\b(?:steps? down|stepped down|resign(?:s|ed)|retire[sd]?)\b.{{0,60}}{ROLES}": 0.7,
    },
    "expansion": {
        rf"\b(?:open(?:s|ed|ing)?|launch(?:es|ed|ing)?)\b.{{0,60}}\bnew\b.{{0,40}}\b{SITES}": 0.9,
        r"\b(?:expand(?:s|ed|ing)?|expansion) (?:in)?to\b|\benter(?:s|ed|ing)? the .{2,40} market\b": 0.8,
        rf"\bnew {SITES} in\b": 0.8,
    },
}
PATTERNS = {
    kind: [(re.compile(pattern, re.IGNORECASE), strength) for pattern, strength in patterns.items()]
    for kind, patterns in SAID.items()
}
TITLES = {
    "hiring": "Hiring",
    "funding": "Funding or ownership",
    "leadership": "Change of leadership",
    "expansion": "Expansion",
    "technology": "New technology on the site",
    "site_change": "The site changed",
}
LONG_DATE = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)? )?(?P<month>{'|'.join(m[:3] for m in MONTHS)})[a-z]*\.?"
    rf"(?: (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,)?,? (?P<year>20\d\d)\b",
    re.IGNORECASE,
)
ISO_DATE = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")


def in_pages(pages: Iterable[SeenPage], today: date) -> Iterator[Noticed]:
    """What the pages say of hiring, funding, leadership and expansion."""
    for page in pages:
        found: dict[str, int] = {}
        for sentence in sentences(page.text):
            if not len(sentence.split()) >= FEWEST_WORDS or len(sentence) > MOST_CHARS:
                continue
            if BOILERPLATE.search(sentence) or speaks_to_a_model(sentence):
                continue
            for kind, patterns in PATTERNS.items():
                strength = next((strength for pattern, strength in patterns if pattern.search(sentence)), 0.0)
                on = date_in(sentence) or page.published_on
                if strength and found.get(kind, 0) < MOST_OF_A_KIND and _is_news(on, today, sentence):
                    found[kind] = found.get(kind, 0) + 1
                    yield Noticed(kind, TITLES[kind], sentence, page.url, page.text, on, strength)


def appointments(lines: Iterable[str], url: str, text: str, today: date) -> Iterator[Noticed]:
    """Officers who came or went lately, from the lines of a register's record."""
    for line in lines:
        dates = [date(int(y), int(m), int(d)) for y, m, d in ISO_DATE.findall(line) if _possible(y, m, d)]
        if (" has been " in line or " resigned as " in line) and dates and _is_news(max(dates), today):
            yield Noticed("leadership", TITLES["leadership"], line, url, text, max(dates), 0.8)


def changes(before: Mapping[str, str], pages: Sequence[SeenPage]) -> Iterator[Noticed]:
    """Pages that are new or say something else than when they were last read: texts by address in `before`.

    Nothing where none was read before: a first look sees no change.
    """
    if not before:
        return
    for page in pages:
        old = before.get(page.url)
        known = {folded(line) for line in (old or "").splitlines()}
        new = [line for line in page.text.splitlines() if folded(line) not in known and not BOILERPLATE.search(line)]
        told = [line for line in new if len(line.split()) >= FEWEST_WORDS and not speaks_to_a_model(line)]
        if not told or (old is not None and len(new) < LEAST_CHANGED and sum(map(len, new)) < 0.1 * len(page.text)):
            continue
        title = "New page" if old is None else TITLES["site_change"]
        about = f"{page.url} {sha256(page.text.encode()).hexdigest()}"
        quote = max(told, key=len)[:MOST_CHARS]
        yield Noticed("site_change", title, quote, page.url, page.text, page.published_on, 0.5, about)


def technologies(pages: Iterable[SeenPage]) -> dict[str, tuple[str, str]]:
    """What the pages are made with: by name the address and the piece of HTML that shows it."""
    found: dict[str, tuple[str, str]] = {}
    for page in pages:
        for name, piece in find(page.html).items():
            found.setdefault(name, (page.url, piece))
    return found


def new_technologies(before: Iterable[str], now: Mapping[str, tuple[str, str]]) -> Iterator[Noticed]:
    for name in sorted(set(now) - set(before)):
        url, piece = now[name]
        title = f"{TITLES['technology']}: {name}"
        yield Noticed("technology", title, piece, url, piece, None, 0.6, about=f"technology {name}")


def date_in(sentence: str) -> date | None:
    """The latest date that a sentence names, the first of the month where no day is given."""
    found: list[date] = []
    for year, month, day in ISO_DATE.findall(sentence):
        if _possible(year, month, day):
            found.append(date(int(year), int(month), int(day)))
    for match in LONG_DATE.finditer(sentence):
        number = next(i for i, month in enumerate(MONTHS, 1) if month.startswith(match["month"].lower()))
        day = match["day"] or match["day2"] or "1"
        if _possible(match["year"], str(number), day):
            found.append(date(int(match["year"]), number, int(day)))
    return max(found, default=None)


def _possible(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _is_news(on: date | None, today: date, sentence: str = "") -> bool:
    """Undated counts; what lies in the past by more than a year does not, nor what names no year but older ones."""
    years = [int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", sentence)]
    if years and max(years) < today.year - 1:
        return False
    return on is None or on >= today - timedelta(days=OLD_DAYS)
