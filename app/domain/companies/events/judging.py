"""What the rules for all sorts of events share: the event, the rule, and whether the company acts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.companies.identity.actors import Actor
from app.domain.companies.identity.evidence import Statement


@dataclass(frozen=True)
class Event:
    """An event that a sentence states about the company."""

    kind: str
    title: str
    """Says what happened, with its direction: a leader came or left, the company bought or was bought."""
    strength: float


@dataclass(frozen=True)
class EventRule:
    """Finds one sort of event; `judge` returns the event for a match of `pattern`, if the company is its subject."""

    pattern: re.Pattern[str]
    judge: Callable[[Statement, re.Match[str]], Event | None]


def rule(pattern: str, judge: Callable[[Statement, re.Match[str]], Event | None]) -> EventRule:
    """Return a rule; case is ignored."""
    return EventRule(re.compile(pattern, re.IGNORECASE), judge)


_BEFORE_VERB = re.compile(
    r"\W*+(?:\w+ly|now|just|today|yesterday|also|and|then|soon|again|still|always|has|have|is|are|was|were|been|be"
    r"|news|update|breaking|announcement|exciting|proud|pleased|delighted|to|\d+|[A-Z][a-z]{2,8} \d+)?\W*",
    re.IGNORECASE,
)
"""What stands before a verb whose subject is left out: "Now hiring", "Recently opened". A noun would be its subject."""


def acts(statement: Statement, place: int) -> bool:
    """Return whether the company is the subject of the verb at `place`. A sentence may begin with the verb."""
    subject = statement.sentence.subject_before(place)
    if subject is None:
        before = statement.sentence.plain[:place].split()
        return statement.is_default and len(before) <= 2 and all(_BEFORE_VERB.fullmatch(word) for word in before)
    return statement.is_company(subject)


def _possessor(statement: Statement, place: int) -> Actor | None:
    """Return the actor that is the last one before `place`, as in "our new factory" or "Acme's first shop"."""
    before = [actor for actor in statement.sentence.actors if actor.start < place]
    return before[-1] if before else None


def is_possessed(statement: Statement, place: int) -> bool | None:
    """Return whether what stands at `place` is the company's; None if it is nobody's."""
    actor = _possessor(statement, place)
    if actor is None or len(statement.sentence.plain[actor.end : place].split()) > 3:
        return None
    if actor.is_possessive or statement.sentence.plain[actor.start : actor.end].lower() in ("our", "its", "their"):
        return statement.is_company(actor)
    return None
