"""Writing a section without any model: the sentences of the sources that speak of it, quoted as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.domain.companies.research import words
from app.domain.companies.research.claims import LINK, LONGEST_TEXT, Draft
from app.domain.companies.research.instructions import speaks_to_a_model
from app.domain.companies.research.passages import ABOUT_PAGE, BOILERPLATE, OF_KIND, sentences
from app.domain.companies.research.sections import Section
from app.domain.companies.research.sources import Source

MODEL = "extractive"
MOST_CLAIMS = 5
MIN_RELEVANCE, STRONG_RELEVANCE = 2.0, 4.0
"""What a sentence needs to be quoted, and to be quoted although a model found nothing to say."""
FEWEST_WORDS, MOST_CHARS = 5, 350
ALIKE = 0.7
"""Share of words from which two sentences say the same."""
ROLE = re.compile(
    r"^(?:(?:chief|managing|executive|finance|technical|operations|sales|marketing|non-executive) )*"
    r"(?:director|officer|president|chair\w*|founder|co-founder|owner|partner|C[EFTO]O|secretary)\b",
    re.IGNORECASE,
)


def write(section: Section, sources: Iterable[Source], least: float = MIN_RELEVANCE) -> list[Draft]:
    """At most `MOST_CLAIMS` drafts of sentences that are so relevant at least, the most telling first."""
    scored: list[tuple[float, str, str]] = []
    for source in sources:
        near = ABOUT_PAGE if section.pages.search(f"{source.url} {source.title}") else 1.0
        for sentence in _candidates(section, source.text):
            relevance = section.relevance(sentence)
            if relevance >= least:
                scored.append((relevance * near + OF_KIND.get(source.kind, 0.0), sentence, source.id))
    drafts: list[Draft] = []
    taken: list[frozenset[str]] = []
    for _, sentence, source_id in sorted(scored, key=lambda one: -one[0]):
        stems = words.content(sentence)
        if any(len(stems & other) >= ALIKE * max(1, min(len(stems), len(other))) for other in taken):
            continue
        taken.append(stems)
        drafts.append(Draft(sentence, sentence, (source_id,)))
        if len(drafts) == MOST_CLAIMS:
            break
    return drafts


def _candidates(section: Section, text: str) -> Iterable[str]:
    before = ""
    for sentence in sentences(text):
        if section.key == "leadership" and ROLE.match(sentence) and len(sentence) < 60 and 4 < len(before) < 40:
            yield f"{before} {sentence}"  # a name, and its role on the next line
        elif (
            len(sentence.split()) >= FEWEST_WORDS
            and len(sentence) <= min(MOST_CHARS, LONGEST_TEXT)
            and not sentence.endswith(("?", ":"))
            and not (BOILERPLATE.search(sentence) or LINK.search(sentence) or speaks_to_a_model(sentence))
        ):
            yield sentence
        before = sentence
