"""What a report may claim: only what a quotation from a stored source bears out, word by word and figure by figure.

A writer, be it a model or not, proposes drafts; `check` makes a claim of a draft or says why not. The rules, in order:
the sources exist; the quotation stands in one of them; nothing in it speaks to a model; its sentence does not deny it;
the claim has no links; each of its numbers, dates and names stands in the quotation (or in the company's own name); and
half of its words do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.companies.research import figures, words
from app.domain.companies.research.instructions import speaks_to_a_model
from app.domain.companies.research.normalization import folded
from app.domain.companies.research.quotes import TooShort, find
from app.domain.companies.research.sources import Source

LONGEST_TEXT = 400
SHARE_OF_WORDS = 0.5
TOP_LEVEL = "com|org|net|io|co|uk|de|eu|ai|dev|info|example|test"
LINK = re.compile(
    rf"https?:|www\.|\b[\w.+-]+@[\w-]+\.\w|\b(?:[\w-]+\.)+(?:{TOP_LEVEL})\b",
    re.IGNORECASE,
)
NEGATION = re.compile(
    r"\b(?:not|never|no longer|neither|nor|without|cannot|\w+n't|den(?:y|ies|ied)|false(?:ly)?|untrue|incorrect(?:ly)?"
    r"|rumou?r(?:ed|s)?|unlikely|fail(?:s|ed)? to|no)\b"
)


class Reason(StrEnum):
    """Why a draft was dropped."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNKNOWN_SOURCE = "unknown_source"
    QUOTE_TOO_SHORT = "quote_too_short"
    QUOTE_NOT_FOUND = "quote_not_found"
    INSTRUCTION = "instruction"
    DENIED = "denied_in_context"
    LINK = "link"
    NUMBER = "number_not_in_quote"
    NAME = "name_not_in_quote"
    WORDS = "words_not_in_quote"
    REPEATED = "repeated"


@dataclass(frozen=True)
class Draft:
    """What a writer proposes."""

    text: str
    quote: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    text: str
    quote: str
    """As it stands in the sources' stored text."""
    sources: tuple[str, ...]
    """Ids of those in which it stands."""


def check(draft: Draft, sources: Mapping[str, Source], company: str) -> Claim | Reason:
    text = " ".join(draft.text.split())
    if not text or not draft.sources:
        return Reason.EMPTY
    if len(text) > LONGEST_TEXT:
        return Reason.TOO_LONG
    if any(one not in sources for one in draft.sources):
        return Reason.UNKNOWN_SOURCE
    try:
        found = {one: find(draft.quote, sources[one].text, sources[one].folded) for one in dict.fromkeys(draft.sources)}
    except TooShort:
        return Reason.QUOTE_TOO_SHORT
    quoting = {one: quote for one, quote in found.items() if quote is not None}
    if not quoting:
        return Reason.QUOTE_NOT_FOUND
    first, quote = next(iter(quoting.items()))
    # what other sources write a little differently (its case, its dashes) they do not say in these very letters
    same = tuple(one for one, other in quoting.items() if other == quote)
    before, after = _around(quote, sources[first].text)
    if speaks_to_a_model(f"{before}{quote}{after}") or speaks_to_a_model(text):
        return Reason.INSTRUCTION
    if NEGATION.search(folded(f"{before} {after}")) and not NEGATION.search(folded(f"{quote} {text}")):
        return Reason.DENIED  # the quotation leaves out that its sentence denies or doubts what it says
    return _borne_out(text, quote, company) or Claim(text, quote, same)


def _around(quote: str, source: str) -> tuple[str, str]:
    """What else stands in the sentence of a quotation, before and after it."""
    place = source.find(quote)
    end = place + len(quote)
    before = re.split(r"[.!?\n]", source[max(0, place - 300) : place])[-1]
    return before, re.split(r"[.!?\n]", source[end : end + 300])[0]


def _borne_out(text: str, quote: str, company: str) -> Reason | None:
    if LINK.search(text):
        return Reason.LINK
    known = figures.numbers(quote) | figures.numbers(company)
    if not all(one.within(known) for one in figures.numbers(text)):
        return Reason.NUMBER
    if not figures.names_with_digits(text) <= figures.names_with_digits(f"{quote} {company}"):
        return Reason.NUMBER
    there = words.stems(quote) | words.stems(company)
    if not all(words.stem(name) in there for name in words.names(text)):
        return Reason.NAME
    if NEGATION.search(folded(quote)) and not NEGATION.search(folded(text)):
        return Reason.DENIED
    content = words.content(text) - words.stems(company)
    if content and len(content & there) < SHARE_OF_WORDS * len(content):
        return Reason.WORDS
    return None


@dataclass(frozen=True)
class Checked:
    claims: tuple[Claim, ...]
    dropped: Mapping[str, int]
    """How many, by reason."""

    @property
    def proposed(self) -> int:
        return len(self.claims) + sum(self.dropped.values())


def check_all(drafts: Iterable[Draft], sources: Mapping[str, Source], company: str) -> Checked:
    """The claims that hold, in order, each once."""
    claims: list[Claim] = []
    dropped: Counter[str] = Counter()
    seen: set[str] = set()
    for draft in drafts:
        claim = check(draft, sources, company)
        if isinstance(claim, Reason):
            dropped[claim] += 1
        elif folded(claim.text) in seen:
            dropped[Reason.REPEATED] += 1
        else:
            seen.add(folded(claim.text))
            claims.append(claim)
    return Checked(tuple(claims), dict(dropped))
