"""Write a section without a model: quote the sentences of the sources that are about it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.domain.companies.research import words
from app.domain.companies.research.claims import LINK, MAX_TEXT_CHARACTERS, Draft
from app.domain.companies.research.passages import BOILERPLATE, KIND_BONUS, PAGE_MATCH_FACTOR, sentences
from app.domain.companies.research.prompt_injection import is_prompt_injection
from app.domain.companies.research.sections import Section
from app.domain.companies.research.sources import Source

EXTRACTIVE_MODEL = "extractive"
"""Stands for the model of sections that consist of quotations."""
MAX_CLAIMS = 5
MIN_RELEVANCE, STRONG_RELEVANCE = 2.0, 4.0
"""A sentence needs the first to be quoted, and the second to be quoted although a model found nothing to say."""
MIN_WORDS, MAX_CHARACTERS = 5, 350
MIN_WORDS_OF_ROLE = 3
"""In a line such as "Managing director: Ann Smith"."""
DUPLICATE_OVERLAP = 0.7
"""Two sentences that share that much of their words say the same."""
ROLE = re.compile(
    r"^(?:(?:chief|managing|executive|finance|technical|operations|sales|marketing|non-executive) )*"
    r"(?:director|officer|president|chair\w*|founder|co-founder|owner|partner|C[EFTO]O|secretary)\b",
    re.IGNORECASE,
)


def write(section: Section, sources: Iterable[Source], min_relevance: float = MIN_RELEVANCE) -> list[Draft]:
    """Return up to MAX_CLAIMS drafts, each a sentence of at least `min_relevance`, the best first."""
    scored: list[tuple[float, str, str]] = []
    for source in sources:
        page_factor = PAGE_MATCH_FACTOR if section.pages.search(f"{source.url} {source.title}") else 1.0
        for sentence in _candidates(section, source.text):
            relevance = section.relevance(sentence, source.language)
            if relevance >= min_relevance:
                scored.append((relevance * page_factor + KIND_BONUS.get(source.kind, 0.0), sentence, source.id))
    drafts: list[Draft] = []
    taken: list[frozenset[str]] = []
    for _, sentence, source_id in sorted(scored, key=lambda candidate: -candidate[0]):
        stems = words.content(sentence)
        if any(len(stems & other) >= DUPLICATE_OVERLAP * max(1, min(len(stems), len(other))) for other in taken):
            continue
        taken.append(stems)
        drafts.append(Draft(sentence, sentence, (source_id,)))
        if len(drafts) == MAX_CLAIMS:
            break
    return drafts


def _candidates(section: Section, text: str) -> Iterable[str]:
    before = ""
    for sentence in sentences(text):
        if section.key == "leadership" and ROLE.match(sentence) and len(sentence) < 60 and 4 < len(before) < 40:
            yield f"{before} {sentence}"  # a name, and its role on the next line
        elif (
            len(sentence.split())
            >= (MIN_WORDS_OF_ROLE if section.key == "leadership" and ": " in sentence else MIN_WORDS)
            and len(sentence) <= min(MAX_CHARACTERS, MAX_TEXT_CHARACTERS)
            and not sentence.endswith(("?", ":"))
            and not (BOILERPLATE.search(sentence) or LINK.search(sentence) or is_prompt_injection(sentence))
        ):
            yield sentence
        before = sentence
