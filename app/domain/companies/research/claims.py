"""Check claims of a report: each must be supported by a quotation from a stored source, word by word.

A writer, a model or not, proposes drafts; `check` turns a draft into a claim or gives the reason to drop it. The rules,
in order: the sources exist; one of them contains the quotation; nothing in it addresses a model; its sentence does not
deny it, and is not about another business; the claim has no links; the quotation (or the company's name) contains each
of its numbers, dates and names, and something of what it is about. If the quotation does not certainly say what the
claim says (see `entailment`), the quotation becomes the text of the claim.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.companies.research import entailment, figures, names, words
from app.domain.companies.research.claim_dates import date_of_claim
from app.domain.companies.research.normalization import folded
from app.domain.companies.research.prompt_injection import is_prompt_injection
from app.domain.companies.research.quotes import MAX_CHARACTERS as MAX_QUOTE_CHARACTERS
from app.domain.companies.research.quotes import TooShort, find_quote
from app.domain.companies.research.sources import Source

MAX_TEXT_CHARACTERS = 400
MAX_CONTEXT_CHARACTERS = 300
"""Read before and after a quotation."""
TOP_LEVEL = "com|org|net|io|co|uk|de|eu|ai|dev|info|example|test"
LINK = re.compile(
    rf"https?:|www\.|\b[\w.+-]{{1,64}}@[\w-]{{1,63}}\.\w|\b[\w-]{{1,63}}\.(?:{TOP_LEVEL})\b",
    re.IGNORECASE,
)
SENTENCE_BORDER = re.compile(r"[.!?](?=\s|$)|\n")
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
    written_on: str = ""
    """When the quotation was written, as ISO date, month or year; empty if unknown or the text names a year."""


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
    before, after = _around(quote, sources[first].text)
    if is_prompt_injection(f"{before}{quote}{after}") or is_prompt_injection(text):
        return DropReason.INSTRUCTION
    if NEGATION.search(folded(f"{before} {after}")) and not NEGATION.search(folded(f"{quote} {text}")):
        return DropReason.DENIED  # the rest of the sentence denies or doubts the quotation
    sentence = f"{before}{quote}{after}".strip()
    if entailment.is_about_another(text, sentence, company):
        return DropReason.NAME
    reason = _reason_to_drop(text, quote, company)
    if reason is not None:
        return reason
    text, quote = _stated(text, quote, sentence, company)
    if LINK.search(text):
        return DropReason.LINK
    # sources that differ in case or punctuation do not contain the quotation verbatim
    same = tuple(source_id for source_id in quoting if quote in sources[source_id].text)
    return Claim(text, quote, same, date_of_claim(text, quote, sources[first]))


def _around(quote: str, source: str) -> tuple[str, str]:
    """Return the rest of the sentence that contains a quotation, before and after it."""
    place = source.find(quote)
    end = place + len(quote)
    before = SENTENCE_BORDER.split(source[max(0, place - MAX_CONTEXT_CHARACTERS) : place])[-1]
    if quote.endswith((".", "!", "?")):
        return before, ""
    rest = source[end : end + MAX_CONTEXT_CHARACTERS]
    border = SENTENCE_BORDER.search(rest)
    return before, rest[: border.start() + (border[0] != "\n")] if border else rest


def _stated(text: str, quote: str, sentence: str, company: str) -> tuple[str, str]:
    """Return a text that the quotation certainly supports, and that quotation.

    The text is the claim if the quotation says the same, else the quotation. A quotation that leaves out words of its
    sentence that may change what it says ("plans to", "if") is extended to the sentence.
    """
    if _plain(text) == _plain(quote) == _plain(sentence):
        return text, quote
    cut = sentence.replace(quote, " ", 1)
    if entailment.is_qualified(cut) and len(sentence) <= MAX_QUOTE_CHARACTERS:
        quote = sentence
    if _plain(text) == _plain(quote) or entailment.says(text, quote, company):
        return text, quote
    return quote, quote


def _plain(text: str) -> str:
    return folded(text).strip(" .!?;,:\"'")


def _reason_to_drop(text: str, quote: str, company: str) -> DropReason | None:
    if LINK.search(text):
        return DropReason.LINK
    known = figures.numbers(quote) | figures.numbers(company)
    is_rounded = figures.APPROXIMATE.search(text) is not None
    if not all(
        figure.is_supported_by(known) or is_rounded and figure.is_close_to(known) or figure.is_fraction_in(quote)
        for figure in figures.numbers(text)
    ):
        return DropReason.NUMBER
    if not figures.names_with_digits(text) <= figures.names_with_digits(f"{quote} {company}"):
        return DropReason.NUMBER
    if names.is_english(quote) and names.missing(text, quote, company):
        return DropReason.NAME
    stated, there = words.content(text) - words.stems(company), words.stems(quote)
    if not stated or entailment.says(text, quote, company):
        return None
    if stated <= there and NEGATION.search(folded(quote)) and not NEGATION.search(folded(text)):
        return DropReason.DENIED
    return None if stated & there or figures.numbers(text) else DropReason.WORDS


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
