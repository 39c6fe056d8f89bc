"""Labelled sentences: which are evidence about a company, and which are signals."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.companies.identity.evidence import EvidenceReader
from app.domain.companies.identity.legal_forms import words_of
from app.domain.companies.identity.subject import Subject, TextPage
from app.domain.companies.signal_rules import CrawledPage, find_in_pages
from tests.unit.companies.sentence_cases import COMPANIES, HELD_OUT, OTHERS, PAGES, SHOWN, Case

TODAY = date(2026, 6, 1)


def subject_of(key: str) -> Subject:
    facts = COMPANIES[key]
    return Subject(
        facts["name"],
        facts["website"],
        country=facts["country"] or "us",
        is_country_known=bool(facts["country"]),
        towns=frozenset(town.lower() for town in facts["towns"]),
        people=frozenset(person.lower() for person in facts["people"]),
        own_words=frozenset(words_of(facts["site"])),
    )


def page_of(case: Case, subject: Subject) -> TextPage:
    is_own, url, title, lines = PAGES[case.page]
    names = {"name": subject.name, "domain": subject.domain or "acme.example"}
    text = "\n".join([*(line.format(**names) for line in lines), case.sentence])
    return TextPage(url.format(**names), title.format(**names), text, is_own=is_own)


def judge(case: Case) -> str:
    """Return the kinds of signals in the sentence, or else whether it is evidence."""
    subject = subject_of(case.company)
    page = page_of(case, subject)
    crawled = CrawledPage(page.url, page.title, page.text, None, is_own=page.is_own)
    kinds = [signal.kind for signal in find_in_pages([crawled], TODAY, subject) if signal.quote in case.sentence]
    if kinds:
        return " ".join(kinds)
    statements = [part for part in EvidenceReader(subject).read(page) if part.text in case.sentence]
    return "fact" if any(statement.is_evidence for statement in statements) else "nothing"


CASES = (*SHOWN, *HELD_OUT, *OTHERS)


@pytest.mark.parametrize("number", range(len(CASES)))
def test_sentences(number: int) -> None:
    case = CASES[number]
    assert judge(case) == case.expected, case
