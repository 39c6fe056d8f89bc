"""Split stored texts into sentences and passages, and choose the passages that a section is written from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.domain.companies.research.prompt_injection import is_prompt_injection
from app.domain.companies.research.sections import Section
from app.domain.companies.research.sources import Source, SourceKind

PASSAGE_CHARACTERS = 600
BOILERPLATE = re.compile(
    r"cookie|privacy policy|all rights reserved|terms (?:of|and)|subscribe|newsletter|log ?in|sign (?:in|up)|javascript"
    r"|add to (?:cart|basket)|skip to|©|copyright|follow us|share (?:this|on)|read more",
    re.IGNORECASE,
)
MAX_SENTENCE_CHARACTERS = 1_000
"""Longer texts are not sentences but tables, code or data, and are cut into pieces of this length. All code that reads
sentences relies on it: some patterns take time with the square of the length."""
SENTENCE_END = re.compile(r"[.!?][\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9ÄÖÜÉÈÀ])")
MAX_ABBREVIATION_CHARACTERS = 12
ABBREVIATION = re.compile(
    r"^(?:[\"“(]?[A-Z]|Mr|Mrs|Ms|Dr|St|No|vs|Inc|Ltd|Co|Corp|e\.g|i\.e|approx|est|Mio|Mrd|Tsd|Nr|ca|bzw|Sr|Sra|Mme|Mlle|mln|mld|milj|tys)$"
)
KIND_BONUS = {SourceKind.WEBSITE: 0.5, SourceKind.REGISTRY: 0.5}
PAGE_MATCH_FACTOR = 1.5
"""For passages of pages whose URL or title matches the section."""
SITE_START_BONUS = 2.0
"""For the overview: the first passage of a site says what it is about."""
BOILERPLATE_PENALTY = 1.0


@dataclass(frozen=True)
class Passage:
    """A piece of a source that is about a section."""

    source: str
    """The id of its source."""
    text: str
    score: float


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text, each of up to MAX_SENTENCE_CHARACTERS; a sentence does not span lines."""
    for line in text.splitlines():
        for sentence in _split(line):
            yield from cut(sentence, MAX_SENTENCE_CHARACTERS)


def _split(line: str) -> Iterator[str]:
    start = 0
    for end in SENTENCE_END.finditer(line):
        words = line[max(start, end.start() - MAX_ABBREVIATION_CHARACTERS) : end.start()].split()
        if not (words and ABBREVIATION.match(words[-1])):
            yield line[start : end.end()].strip()
            start = end.end()
    yield line[start:].strip()


def cut(text: str, length: int) -> Iterator[str]:
    """Yield the text in pieces of up to `length` characters, cut at spaces where there are any."""
    start = 0
    while len(text) - start > length:
        space = text.rfind(" ", start, start + length)
        end = space if space > start else start + length
        yield text[start:end].strip()
        start = end
    if rest := text[start:].strip():
        yield rest


def passages(text: str) -> Iterator[str]:
    """Yield passages of up to PASSAGE_CHARACTERS, of neighbouring lines, without sentences that address a model."""
    gathered: list[str] = []
    length = 0
    for line in text.splitlines():
        for piece in _pieces(line):
            if length + len(piece) > PASSAGE_CHARACTERS and gathered:
                yield "\n".join(gathered)
                gathered, length = [], 0
            gathered.append(piece)
            length += len(piece) + 1
    if gathered:
        yield "\n".join(gathered)


def _pieces(line: str) -> Iterator[str]:
    """Yield a line, or only its harmless sentences if it addresses a model, in pieces that fit into a passage."""
    line = line.strip()
    if not line:
        return
    all_sentences = list(sentences(line))
    harmless = [sentence for sentence in all_sentences if not is_prompt_injection(sentence)]
    kept = harmless if len(harmless) < len(all_sentences) else [line]
    for whole in kept:
        yield from cut(whole, PASSAGE_CHARACTERS)


def rank(section: Section, sources: Iterable[Source]) -> list[Passage]:
    """Return the passages that are about the section, best first, each text once."""
    found: dict[str, Passage] = {}
    for source in sources:
        page_factor = PAGE_MATCH_FACTOR if section.pages.search(f"{source.url} {source.title}") else 1.0
        for place, text in enumerate(passages(source.text)):
            score = section.relevance(text, source.language) * page_factor
            if section.key == "overview" and source.kind is SourceKind.WEBSITE and place == 0:
                score += SITE_START_BONUS
            if BOILERPLATE.search(text):
                score -= BOILERPLATE_PENALTY
            if score > 0 and text not in found:
                found[text] = Passage(source.id, text, score + KIND_BONUS.get(source.kind, 0.0))
    return sorted(found.values(), key=lambda passage: -passage.score)


def opening(sources: Iterable[Source], max_characters: int) -> list[Passage]:
    """Return passages from the beginnings of the sources, for a section about which none was recognized.

    These are all passages if the sources are short, and at most `max_characters` of sources in a language whose words
    are not known. Nothing is returned for longer sources: what they say about the section would have been found.
    """
    given = list(sources)
    if sum(len(source.text) for source in given) > max_characters:
        given = [source for source in given if source.language is None]
    found = [Passage(source.id, text, 0.0) for source in given for text in passages(source.text)]
    return choose(found, max_characters)


def choose(ranked: Sequence[Passage], max_characters: int) -> list[Passage]:
    """Choose the best passages that fit into `max_characters`, taking turns between the sources."""
    by_source: dict[str, list[Passage]] = {}
    for passage in ranked:
        by_source.setdefault(passage.source, []).append(passage)
    chosen: list[Passage] = []
    left = max_characters
    queues = [iter(source_passages) for source_passages in by_source.values()]
    while queues:
        for queue in list(queues):
            best = next(queue, None)
            if best is None:
                queues.remove(queue)
            elif len(best.text) <= left:
                chosen.append(best)
                left -= len(best.text)
    return chosen
