"""Cutting stored texts into sentences and passages, and choosing those that a section is written from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.domain.companies.research.instructions import speaks_to_a_model
from app.domain.companies.research.sections import Section
from app.domain.companies.research.sources import Source, SourceKind

PASSAGE_CHARS = 600
BOILERPLATE = re.compile(
    r"cookie|privacy policy|all rights reserved|terms (?:of|and)|subscribe|newsletter|log ?in|sign (?:in|up)|javascript"
    r"|add to (?:cart|basket)|skip to|©|copyright|follow us|share (?:this|on)|read more",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"(?P<word>\S*)[.!?][\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9ÄÖÜÉÈÀ])")
ABBREVIATION = re.compile(r"^(?:[\"“(]?[A-Z]|Mr|Mrs|Ms|Dr|St|No|vs|Inc|Ltd|Co|Corp|e\.g|i\.e|approx|est)$")
OF_KIND = {SourceKind.WEBSITE: 0.5, SourceKind.REGISTRY: 0.5}
ABOUT_PAGE = 1.5


@dataclass(frozen=True)
class Passage:
    source: str
    text: str
    score: float


def sentences(text: str) -> Iterator[str]:
    """Of each line by itself: what stands on different lines of a page is not one sentence."""
    for line in text.splitlines():
        start = 0
        for end in SENTENCE_END.finditer(line):
            if not ABBREVIATION.match(end["word"]):
                yield line[start : end.end()].strip()
                start = end.end()
        if rest := line[start:].strip():
            yield rest


def passages(text: str) -> Iterator[str]:
    """Neighbouring lines together, some `PASSAGE_CHARS` a passage, without what speaks to a model."""
    gathered: list[str] = []
    length = 0
    for line in text.splitlines():
        for piece in _pieces(line):
            if length + len(piece) > PASSAGE_CHARS and gathered:
                yield "\n".join(gathered)
                gathered, length = [], 0
            gathered.append(piece)
            length += len(piece) + 1
    if gathered:
        yield "\n".join(gathered)


def _pieces(line: str) -> Iterator[str]:
    """The harmless sentences of a line, joined again as far as they fit into one passage."""
    line = line.strip()
    if not line:
        return
    kept = [one for one in sentences(line) if not speaks_to_a_model(one)] if speaks_to_a_model(line) else [line]
    for whole in kept:
        while len(whole) > PASSAGE_CHARS:
            cut = whole.rfind(" ", 0, PASSAGE_CHARS)
            cut = cut if cut > 0 else PASSAGE_CHARS
            yield whole[:cut]
            whole = whole[cut:].strip()
        if whole:
            yield whole


def rank(section: Section, sources: Iterable[Source]) -> list[Passage]:
    """The passages that speak of the section, the most telling first, each text once."""
    found: dict[str, Passage] = {}
    for source in sources:
        near = ABOUT_PAGE if section.pages.search(f"{source.url} {source.title}") else 1.0
        for place, text in enumerate(passages(source.text)):
            score = section.relevance(text) * near
            if section.key == "overview" and source.kind is SourceKind.WEBSITE and place == 0:
                score += 2.0  # what a site begins with says what it is about
            if BOILERPLATE.search(text):
                score -= 1.0
            if score > 0 and text not in found:
                found[text] = Passage(source.id, text, score + OF_KIND.get(source.kind, 0.0))
    return sorted(found.values(), key=lambda one: -one.score)


def choose(ranked: Sequence[Passage], most_chars: int) -> list[Passage]:
    """The best of them that fit, at least one of every source that has any before the next of the first."""
    by_source: dict[str, list[Passage]] = {}
    for one in ranked:
        by_source.setdefault(one.source, []).append(one)
    chosen: list[Passage] = []
    left = most_chars
    queues = [iter(them) for them in by_source.values()]
    while queues:
        for queue in list(queues):
            best = next(queue, None)
            if best is None:
                queues.remove(queue)
            elif len(best.text) <= left:
                chosen.append(best)
                left -= len(best.text)
    return chosen
