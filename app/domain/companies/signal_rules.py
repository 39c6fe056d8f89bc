"""Rules that find signals in a company's pages, in the register's record and in the technologies of its site.

A signal is a sentence of a source about the company, with the URL of its page and its date, if it states one. The same
sentence is the same signal wherever and whenever it is found again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from app.domain.companies.events.dates import PageDates, date_of_event, is_recent, latest_date
from app.domain.companies.events.rules import find_events
from app.domain.companies.identity.evidence import EvidenceReader
from app.domain.companies.identity.subject import Subject, TextPage
from app.domain.companies.research.passages import BOILERPLATE
from app.domain.companies.research.prompt_injection import is_prompt_injection
from app.domain.companies.signals import SignalCandidate
from app.domain.websites.technologies import detect_technologies

MIN_WORDS, MAX_QUOTE_CHARACTERS = 4, 400
MAX_SIGNALS_PER_KIND = 5
"""From one page."""
APPOINTMENT_STRENGTH, TECHNOLOGY_STRENGTH = 0.8, 0.6


@dataclass(frozen=True)
class CrawledPage:
    """A page of a company's site, or one that a search found."""

    url: str
    title: str
    text: str
    published_on: date | None
    html: str = ""
    is_own: bool = True
    """Whether it is of the company's own site."""


def find_in_pages(pages: Iterable[CrawledPage], today: date, subject: Subject) -> Iterator[SignalCandidate]:
    """Yield the signals of hiring, funding, leadership and expansion that pages state about the company."""
    reader = EvidenceReader(subject)
    for page in pages:
        found: dict[str, int] = {}
        dates = PageDates(page.text, page.published_on, page.url, page.title, today)
        for statement in reader.read(TextPage(page.url, page.title, page.text, page.html, page.is_own)):
            sentence = statement.text
            if len(sentence.split()) < MIN_WORDS or len(sentence) > MAX_QUOTE_CHARACTERS:
                continue
            if BOILERPLATE.search(sentence) or is_prompt_injection(sentence):
                continue
            dated = date_of_event(sentence, dates.of_line(statement.line))
            if not is_recent(sentence, dated, today):
                continue
            for event in find_events(statement):
                if found.get(event.kind, 0) < MAX_SIGNALS_PER_KIND:
                    found[event.kind] = found.get(event.kind, 0) + 1
                    on = dated.on if dated else None
                    yield SignalCandidate(event.kind, event.title, sentence, page.url, page.text, on, event.strength)


def find_appointments(lines: Iterable[str], url: str, text: str, today: date) -> Iterator[SignalCandidate]:
    """Yield recent appointments and resignations of officers, from the lines of a register's record."""
    for line in lines:
        on = latest_date(line)
        came, left = " has been " in line, " resigned as " in line
        if (came or left) and on is not None and is_recent("", date_of_event(line, None), today):
            title = "New in the leadership" if came else "Left the leadership"
            yield SignalCandidate("leadership", title, line, url, text, on, APPOINTMENT_STRENGTH)


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
        title = f"New technology on the site: {name}"
        yield SignalCandidate(
            "technology", title, piece, url, piece, None, TECHNOLOGY_STRENGTH, identity=f"technology {name}"
        )
