"""Decide which sentences of a page are evidence about a company: those whose subject is the company.

On the company's own pages that is the rule, and sentences about others are the exception. On other pages a sentence
has to name the company as its subject; `the company` and `it` stand for it on a page that is about it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from app.domain.companies.events.dates import is_only_dateline
from app.domain.companies.identity.actors import Actor, Sentence, Who, quotations
from app.domain.companies.identity.marks import Marks, Verdict
from app.domain.companies.identity.mentions import NameFinder
from app.domain.companies.identity.subject import Subject, TextPage
from app.domain.companies.identity.vocabulary import COMPANY_NOUNS
from app.domain.companies.research.passages import sentences

MAX_PAGE_CHARACTERS = 60_000
"""Characters of a page that are read: as many as the text of a page is stored with."""
MAX_TITLE_LINES = 2
"""Lines at the beginning of a text that can say who it is about."""
_NOT_ABOUT = re.compile(
    r"\b(?:alternatives?|competitors?|rivals?|vs\.?|versus|compared|round-?up|digest|in brief|top \d+|best \d+"
    r"|\d+ best)\b",
    re.IGNORECASE,
)
_OTHERS_PAGE = re.compile(
    r"case-?_?\s?stud|customer-?\s?stor|success-?\s?stor|client-?\s?stor|portfolio|testimonial|references?\b",
    re.IGNORECASE,
)
"""Pages of a company's own site that are about others."""
_PRESS_RELEASE = re.compile(
    r"\b(?:press release|for immediate release|media contact|pr ?newswire|business ?wire|globe ?newswire)\b", re.I
)
_VERBS = (
    r"raises?|raised|acquires?|acquired|appoints?|appointed|named|names|opens?|opened|hires?|hired|hiring|recruiting"
    r"|employs|expands?|expanded|expanding|secures?|secured|closed|closes|merged|merges|merging|launched|launches"
    r"|(?:was|were) founded|is (?:based|headquartered)|reported|reports|announced|announces|promoted|promotes"
    r"|welcomes?|welcomed|joins?|joined|steps? down|stepped down|resigns|resigned|retires|retired|departs|sold"
    r"|went bankrupt|filed for|laid off|invested|invests|bought|buys|received|receives|moved|plans|won"
)
_PARTY_ACTS = re.compile(rf"\b(?:{_VERBS})\b", re.IGNORECASE)
_OTHER_ACTS = re.compile(
    rf"^[^.;:]{{0,20}}?\b(?:{_VERBS})\b"
    rf"|^\s+(?:is|was)\s+(?:an?|the|one of the)\s(?:[\w-]+\s){{0,6}}?(?:{'|'.join(sorted(COMPANY_NOUNS))}|charity)\b",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"\b(?:acquir\w+|bought|buys?|buying|takes? over|took over|invest(?:s|ed|ing) (?:\S+ ){0,4}in|back(?:s|ed)"
    r"|(?:co-?)?found(?:s|ed)|leads?|led|heads?|owns?|owned|runs?|joins?|joined|su(?:es|ed)|fine[sd]|awards?|awarded"
    r"|names?|named|appoint(?:s|ed)|chose|selects?|selected|ranks?|ranked|rates?|rated|merge[sd]? with|leaves?|left"
    r"|(?:partner|sign|work)(?:s|ed)? (?:\S+ ){0,5}with|(?:officer|director|president|chair\w*|founder|ceo|cfo|cto|coo"
    r"|head|owner|partner|manager|chief executive|acquisition|takeover|purchase|merger)\b(?: \w+){0,3} (?:of|at|with)"
    r"|round (?:of|at|in|for)|investment in|stake in)\s+(?:(?!that|which|who)\S+\s+){0,3}$",
    re.IGNORECASE,
)
_ROLE_ELSEWHERE = re.compile(
    r"\b(?:officer|director|president|chair(?:man|woman|person)?|founder|ceo|cfo|cto|coo|head|owner|chief executive)"
    r"(?: \w+){0,3},? (?:of|at) $",
    re.IGNORECASE,
)
_FORMER = re.compile(r"^(?:'s)?\s+(?:former|ex-|previous|one-time|erstwhile)\b", re.IGNORECASE)
"""What people did after they left the company is not its own."""
_FORMERLY = re.compile(r"\b(?:former|ex-?|old|one-time|erstwhile|previous)\s*$", re.IGNORECASE)
"""Nor is what became of something that was the company's: "the former Acme factory"."""
_CONGRATULATION = re.compile(r"^\W*(?:congratulations|congrats|kudos|well done|hats off|good luck)\b", re.IGNORECASE)
_ENGLISH = re.compile(r"\b(?:the|of|and|is|has|was|for|with|its|we|our|to)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Statement:
    """A sentence of a page, and whose it is."""

    sentence: Sentence
    line: int
    """The number of its line, from 0."""
    is_evidence: bool
    """The company is its subject, and no mark contradicts."""
    stands_for_company: bool
    """Whether "the company" and "it" mean the company here."""
    has_own_voice: bool
    """Whether "we" is the company."""
    is_default: bool
    """Whether a sentence without any subject is about the company."""

    @property
    def text(self) -> str:
        """The sentence."""
        return self.sentence.text

    def is_company(self, actor: Actor | None) -> bool:
        """Return whether an actor of the sentence is the company."""
        if actor is None:
            return self.is_default
        if actor.who is Who.FIRST_PERSON:
            return self.has_own_voice
        if actor.who is Who.DEFINITE:
            return self.stands_for_company
        return actor.who is Who.COMPANY


class EvidenceReader:
    """Reads pages for one company."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.names = NameFinder(subject)

    @cached_property
    def _marks(self) -> Marks:
        return Marks(self.subject)

    def read(self, page: TextPage) -> list[Statement]:
        """Return all sentences of a page in order."""
        allows_short = page.is_own or self.names.has_full_name(f"{page.title}\n{page.text}")
        lines = [
            (number, Sentence(text, self.names, allows_short=allows_short))
            for number, line in enumerate(page.text[:MAX_PAGE_CHARACTERS].splitlines())
            for text in sentences(line)
        ]
        if page.is_own:
            return list(self._read_own(page, lines))
        title = Sentence(page.title, self.names, allows_short=allows_short)
        verdict = self._marks.judge(page, [title, *(sentence for _, sentence in lines)])
        if verdict is Verdict.CONTRADICTED:
            return [Statement(sentence, line, False, False, False, False) for line, sentence in lines]
        return list(self._read_other(page, title, lines))

    def text_of(self, page: TextPage) -> str:
        """Return the text of a page with only evidence and datelines; empty if there is no evidence."""
        kept: dict[int, list[str]] = {}
        has_evidence = False
        for statement in self.read(page):
            is_dateline = is_only_dateline(statement.text)
            if statement.is_evidence or is_dateline:
                kept.setdefault(statement.line, []).append(statement.text)
                has_evidence = has_evidence or (statement.is_evidence and not is_dateline)
        if not has_evidence:
            return ""
        return "\n".join(" ".join(texts) for texts in kept.values())

    def _read_own(self, page: TextPage, lines: list[tuple[int, Sentence]]) -> Iterator[Statement]:
        is_default = not _OTHERS_PAGE.search(f"{page.url} {page.title}")
        focus = is_default
        for line, sentence in lines:
            is_evidence, new_focus = self._is_own_evidence(sentence, focus)
            has_voice = not _is_quoted_from_others(sentence)
            yield Statement(sentence, line, is_evidence and has_voice, focus, has_voice, is_default and focus)
            focus = new_focus

    def _is_own_evidence(self, sentence: Sentence, focus: bool) -> tuple[bool, bool]:
        """Return whether a sentence of the own site is evidence, and whether the next `it` is the company."""
        subject = sentence.main_subject()
        if sentence.contradicts:
            return False, False
        if subject is None:
            return True, focus
        rest = " " + " ".join(sentence.plain[subject.end :].split())
        if subject.who is Who.DEFINITE and not _party_follows(sentence, subject):
            return focus, focus
        if subject.who in (Who.OTHER, Who.PARTY) and _CONGRATULATION.match(sentence.plain):
            return False, False
        if subject.who is Who.PARTY or (subject.is_possessive and _party_follows(sentence, subject)):
            is_about_other = bool(_PARTY_ACTS.search(rest)) or _is_named_party(sentence, subject)
            return not is_about_other, focus and not is_about_other
        if subject.who is Who.OTHER and _OTHER_ACTS.match(rest):
            return _acts_on_company(sentence, subject), False
        if subject.who in (Who.OTHER, Who.PERSON):
            return not (_works_elsewhere(sentence) and not sentence.names_company), focus
        return True, True

    def _read_other(self, page: TextPage, title: Sentence, lines: list[tuple[int, Sentence]]) -> Iterator[Statement]:
        about = self._is_about(title) or any(self._is_about(sentence) for _, sentence in lines[:MAX_TITLE_LINES])
        about = about and not _NOT_ABOUT.search(page.title)
        has_voice = about and bool(_PRESS_RELEASE.search(page.text))
        focus = about
        for line, sentence in lines:
            if sentence.contradicts or self._marks.contradicts(sentence):
                focus = False
                yield Statement(sentence, line, False, False, False, False)
                continue
            is_evidence = self._is_evidence(sentence, focus and about, has_voice)
            yield Statement(sentence, line, is_evidence, focus and about, has_voice, False)
            subject = sentence.main_subject()
            if is_evidence:
                focus = True
            elif subject is not None and (subject.who in (Who.OTHER, Who.PARTY) or _party_follows(sentence, subject)):
                focus = False

    def _is_about(self, sentence: Sentence) -> bool:
        subject = sentence.main_subject()
        return subject is not None and subject.who is Who.COMPANY and not _party_follows(sentence, subject)

    def _is_evidence(self, sentence: Sentence, focus: bool, has_voice: bool) -> bool:
        subject = sentence.main_subject()
        if subject is None:
            return False
        if not _ENGLISH.search(sentence.text) and sentence.names_company:
            return True  # in other languages common nouns look like names
        if subject.who is Who.COMPANY:
            is_former = _FORMER.match(sentence.plain[subject.end :]) or _FORMERLY.search(
                sentence.plain[: subject.start]
            )
            return not _party_follows(sentence, subject) and not is_former
        if subject.who is Who.DEFINITE:
            return focus and not _party_follows(sentence, subject) and not _FORMER.match(sentence.plain[subject.end :])
        if subject.who is Who.FIRST_PERSON:
            return has_voice
        if subject.who is Who.PARTY:
            return False
        return _acts_on_company(sentence, subject)


def _acts_on_company(sentence: Sentence, subject: Actor) -> bool:
    """Return whether somebody else does something that concerns the company: buys it, invests in it, joins it."""
    return any(
        actor.who is Who.COMPANY and _LINK.search(sentence.plain[subject.end : actor.start])
        for actor in sentence.actors
        if actor.start >= subject.end
    )


def _party_follows(sentence: Sentence, actor: Actor) -> bool:
    """Return whether a possessive belongs to another party: "Acme's rival"."""
    if not actor.is_possessive:
        return False
    return any(
        other.who is Who.PARTY and len(sentence.plain[actor.end : other.start].split()) <= 3
        for other in sentence.actors
        if other.start >= actor.end
    )


def _is_named_party(sentence: Sentence, party: Actor) -> bool:
    """Return whether a party is named: "our customer Gullwing"."""
    return any(
        other.who is Who.OTHER and 0 <= other.start - party.end <= 2 for other in sentence.actors if other is not party
    )


def _works_elsewhere(sentence: Sentence) -> bool:
    """Return whether a sentence gives a person's role at another company."""
    return any(
        actor.who is Who.OTHER and _ROLE_ELSEWHERE.search(sentence.plain[max(0, actor.start - 60) : actor.start])
        for actor in sentence.actors
    )


def _is_quoted_from_others(sentence: Sentence) -> bool:
    """Return whether "we" stands in speech of somebody who is not known to speak for the company."""
    quoted = quotations(sentence.text)
    if not quoted and not sentence.text.startswith(("“", '"', "„", "«")):
        return False
    inside = quoted or [(0, len(sentence.text))]
    speaks = any(
        actor.who is Who.FIRST_PERSON and any(start <= actor.start < end for start, end in inside)
        for actor in sentence.actors
    )
    if not speaks:
        return False
    outside = [actor for actor in sentence.actors if not any(start <= actor.start < end for start, end in inside)]
    return not any(actor.who in (Who.COMPANY, Who.FIRST_PERSON, Who.DEFINITE) for actor in outside)
