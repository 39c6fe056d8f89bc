"""Rules that find signals in a company's pages, in the register's record and in the changes since the last visit.

A signal is a sentence of a source, with the URL of its page and its date, if it states one. The same sentence is the
same signal wherever and whenever it is found again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from app.domain.companies.research.figures import MONTHS
from app.domain.companies.research.normalization import folded
from app.domain.companies.research.passages import BOILERPLATE, MAX_SENTENCE_CHARACTERS, cut, sentences
from app.domain.companies.research.prompt_injection import is_prompt_injection
from app.domain.companies.signals import SignalCandidate
from app.domain.websites.technologies import detect_technologies

MAX_AGE_DAYS = 365
"""Events that happened longer ago are not signals."""
MIN_WORDS, MAX_QUOTE_CHARACTERS = 4, 400
MAX_SIGNALS_PER_KIND = 5
"""From one page."""
MIN_NEW_LINES, MIN_NEW_SHARE = 3, 0.1
"""A page changed if it has that many new lines, or if that share of its characters is new."""
APPOINTMENT_STRENGTH, TECHNOLOGY_STRENGTH, SITE_CHANGE_STRENGTH = 0.8, 0.6, 0.5


@dataclass(frozen=True)
class CrawledPage:
    """A page of a company's site, or one that a search found."""

    url: str
    title: str
    text: str
    published_on: date | None
    html: str = ""


ROLES = r"\b(?:chief|C[EFTOM]O|director|president|head of|chair)"
SITES = r"(?:office|site|factory|plant|store|shop|branch|warehouse|showroom|location|headquarters)"
PATTERN_STRENGTHS: Mapping[str, Mapping[str, float]] = {
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
    for kind, patterns in PATTERN_STRENGTHS.items()
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


def find_in_pages(pages: Iterable[CrawledPage], today: date) -> Iterator[SignalCandidate]:
    """Yield the signals of hiring, funding, leadership and expansion that pages state."""
    for page in pages:
        found: dict[str, int] = {}
        for sentence in sentences(page.text):
            if len(sentence.split()) < MIN_WORDS or len(sentence) > MAX_QUOTE_CHARACTERS:
                continue
            if BOILERPLATE.search(sentence) or is_prompt_injection(sentence):
                continue
            for kind, patterns in PATTERNS.items():
                strength = next((strength for pattern, strength in patterns if pattern.search(sentence)), 0.0)
                on = latest_date(sentence) or page.published_on
                if strength and found.get(kind, 0) < MAX_SIGNALS_PER_KIND and _is_recent(on, today, sentence):
                    found[kind] = found.get(kind, 0) + 1
                    yield SignalCandidate(kind, TITLES[kind], sentence, page.url, page.text, on, strength)


def find_appointments(lines: Iterable[str], url: str, text: str, today: date) -> Iterator[SignalCandidate]:
    """Yield recent appointments and resignations of officers, from the lines of a register's record."""
    for line in lines:
        dates = [date(int(y), int(m), int(d)) for y, m, d in ISO_DATE.findall(line) if _is_date(y, m, d)]
        if (" has been " in line or " resigned as " in line) and dates and _is_recent(max(dates), today):
            yield SignalCandidate("leadership", TITLES["leadership"], line, url, text, max(dates), APPOINTMENT_STRENGTH)


def find_changes(before: Mapping[str, str], pages: Sequence[CrawledPage]) -> Iterator[SignalCandidate]:
    """Yield the pages that are new or whose text changed since the last visit; `before` are the texts then, by URL.

    Without an earlier visit there are no changes.
    """
    if not before:
        return
    for page in pages:
        old = before.get(page.url)
        known = {folded(line) for whole in (old or "").splitlines() for line in cut(whole, MAX_SENTENCE_CHARACTERS)}
        lines = [line for whole in page.text.splitlines() for line in cut(whole, MAX_SENTENCE_CHARACTERS)]
        new = [line for line in lines if folded(line) not in known and not BOILERPLATE.search(line)]
        substantial = [line for line in new if len(line.split()) >= MIN_WORDS and not is_prompt_injection(line)]
        if not substantial or (old is not None and not _is_changed(new, page.text)):
            continue
        title = "New page" if old is None else TITLES["site_change"]
        identity = f"{page.url} {sha256(page.text.encode()).hexdigest()}"
        quote = max(substantial, key=len)[:MAX_QUOTE_CHARACTERS]
        yield SignalCandidate(
            "site_change", title, quote, page.url, page.text, page.published_on, SITE_CHANGE_STRENGTH, identity
        )


def _is_changed(new_lines: Sequence[str], text: str) -> bool:
    return len(new_lines) >= MIN_NEW_LINES or sum(map(len, new_lines)) >= MIN_NEW_SHARE * len(text)


def find_technologies(pages: Iterable[CrawledPage]) -> dict[str, tuple[str, str]]:
    """Return the technologies that pages use: by name the URL and the piece of HTML that shows it."""
    found: dict[str, tuple[str, str]] = {}
    for page in pages:
        for name, piece in detect_technologies(page.html).items():
            found.setdefault(name, (page.url, piece))
    return found


def find_new_technologies(before: Iterable[str], now: Mapping[str, tuple[str, str]]) -> Iterator[SignalCandidate]:
    """Yield the technologies of `now` that are not in `before`."""
    for name in sorted(set(now) - set(before)):
        url, piece = now[name]
        title = f"{TITLES['technology']}: {name}"
        yield SignalCandidate(
            "technology", title, piece, url, piece, None, TECHNOLOGY_STRENGTH, identity=f"technology {name}"
        )


def latest_date(sentence: str) -> date | None:
    """Return the latest date that a sentence names; the first of the month if it names no day."""
    found: list[date] = []
    for year, month, day in ISO_DATE.findall(sentence):
        if _is_date(year, month, day):
            found.append(date(int(year), int(month), int(day)))
    for match in LONG_DATE.finditer(sentence):
        number = next(i for i, month in enumerate(MONTHS, 1) if month.startswith(match["month"].lower()))
        day = match["day"] or match["day2"] or "1"
        if _is_date(match["year"], str(number), day):
            found.append(date(int(match["year"]), number, int(day)))
    return max(found, default=None)


def _is_date(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _is_recent(on: date | None, today: date, sentence: str = "") -> bool:
    """Return whether an event is recent: undated ones are, unless the sentence names only past years."""
    years = [int(year) for year in re.findall(r"\b(?:19|20)\d\d\b", sentence)]
    if years and max(years) < today.year - 1:
        return False
    return on is None or on >= today - timedelta(days=MAX_AGE_DAYS)
