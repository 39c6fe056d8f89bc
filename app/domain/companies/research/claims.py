"""Check claims of a report: each must be supported by a quotation from a stored source, word by word.

A writer, a model or not, proposes drafts; `check` turns a draft into a claim or gives the reason to drop it. The rules,
in order: the sources exist; one of them contains the quotation; nothing in it addresses a model; its sentence does not
deny it; the claim has no links; the quotation (or the company's name) contains each of its numbers, dates and
names, and half of its words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.companies.research import figures, words
from app.domain.companies.research.normalization import folded
from app.domain.companies.research.prompt_injection import is_prompt_injection
from app.domain.companies.research.quotes import TooShort, find_quote
from app.domain.companies.research.sources import Source

MAX_TEXT_CHARACTERS = 400
MIN_SUPPORTED_WORDS = 0.5
"""Share of a claim's words that its quotation must contain."""
MAX_CONTEXT_CHARACTERS = 300
"""Read before and after a quotation."""
TOP_LEVEL = "com|org|net|io|co|uk|de|eu|ai|dev|info|example|test"
LINK = re.compile(
    rf"https?:|www\.|\b[\w.+-]{{1,64}}@[\w-]{{1,63}}\.\w|\b[\w-]{{1,63}}\.(?:{TOP_LEVEL})\b",
    re.IGNORECASE,
)
NEGATION = re.compile(
    r"\b(?:not|never|no longer|neither|nor|without|cannot|\w+n't|den(?:y|ies|ied)|false(?:ly)?|untrue|incorrect(?:ly)?"
    r"|rumou?r(?:ed|s)?|unlikely|fail(?:s|ed)? to|no)\b"
)


class DropReason(StrEnum):
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
    """A claim as a writer proposes it; `sources` are ids."""

    text: str
    quote: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """A claim that its quotation supports."""

    text: str
    quote: str
    """Verbatim from the sources' stored text."""
    sources: tuple[str, ...]
    """Ids of the sources that contain the quotation."""


def check(draft: Draft, sources: Mapping[str, Source], company: str) -> Claim | DropReason:
    """Return the claim, or why it is dropped. `sources` are by id, `company` is the company's name."""
    text = " ".join(draft.text.split())
    if not text or not draft.sources:
        return DropReason.EMPTY
    if len(text) > MAX_TEXT_CHARACTERS:
        return DropReason.TOO_LONG
    if any(source_id not in sources for source_id in draft.sources):
        return DropReason.UNKNOWN_SOURCE
    try:
        found = {
            source_id: find_quote(draft.quote, sources[source_id].text, sources[source_id].folded)
            for source_id in dict.fromkeys(draft.sources)
        }
    except TooShort:
        return DropReason.QUOTE_TOO_SHORT
    quoting = {source_id: quote for source_id, quote in found.items() if quote is not None}
    if not quoting:
        return DropReason.QUOTE_NOT_FOUND
    first, quote = next(iter(quoting.items()))
    # sources that differ in case or punctuation do not contain the quotation verbatim
    same = tuple(source_id for source_id, other in quoting.items() if other == quote)
    before, after = _around(quote, sources[first].text)
    if is_prompt_injection(f"{before}{quote}{after}") or is_prompt_injection(text):
        return DropReason.INSTRUCTION
    if NEGATION.search(folded(f"{before} {after}")) and not NEGATION.search(folded(f"{quote} {text}")):
        return DropReason.DENIED  # the rest of the sentence denies or doubts the quotation
    return _reason_to_drop(text, quote, company) or Claim(text, quote, same)


def _around(quote: str, source: str) -> tuple[str, str]:
    """Return the rest of the sentence that contains a quotation, before and after it."""
    place = source.find(quote)
    end = place + len(quote)
    before = re.split(r"[.!?\n]", source[max(0, place - MAX_CONTEXT_CHARACTERS) : place])[-1]
    return before, re.split(r"[.!?\n]", source[end : end + MAX_CONTEXT_CHARACTERS])[0]


def _reason_to_drop(text: str, quote: str, company: str) -> DropReason | None:
    if LINK.search(text):
        return DropReason.LINK
    known = figures.numbers(quote) | figures.numbers(company)
    if not all(figure.is_supported_by(known) for figure in figures.numbers(text)):
        return DropReason.NUMBER
    if not figures.names_with_digits(text) <= figures.names_with_digits(f"{quote} {company}"):
        return DropReason.NUMBER
    there = words.stems(quote) | words.stems(company)
    if not all(words.stem(name) in there for name in words.names(text)):
        return DropReason.NAME
    if NEGATION.search(folded(quote)) and not NEGATION.search(folded(text)):
        return DropReason.DENIED
    content = words.content(text) - words.stems(company)
    if content and len(content & there) < MIN_SUPPORTED_WORDS * len(content):
        return DropReason.WORDS
    return None


@dataclass(frozen=True)
class CheckResult:
    """The claims that were kept, and how many were dropped."""

    claims: tuple[Claim, ...]
    dropped: Mapping[str, int]
    """Number of dropped drafts by reason."""

    @property
    def proposed(self) -> int:
        """The number of drafts that were checked."""
        return len(self.claims) + sum(self.dropped.values())


def check_all(drafts: Iterable[Draft], sources: Mapping[str, Source], company: str) -> CheckResult:
    """Check drafts; of claims with the same text, the first one is kept."""
    claims: list[Claim] = []
    dropped: Counter[str] = Counter()
    seen: set[str] = set()
    for draft in drafts:
        claim = check(draft, sources, company)
        if isinstance(claim, DropReason):
            dropped[claim] += 1
        elif folded(claim.text) in seen:
            dropped[DropReason.REPEATED] += 1
        else:
            seen.add(folded(claim.text))
            claims.append(claim)
    return CheckResult(tuple(claims), dict(dropped))
