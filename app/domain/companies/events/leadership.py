"""Sentences that say who came to the leadership of the company, or left it."""

from __future__ import annotations

import re

from app.domain.companies.events.judging import Event, acts, is_possessed, rule
from app.domain.companies.identity.actors import Actor, Who
from app.domain.companies.identity.evidence import Statement

ROLES = (
    r"\b(?:chief|C[EFTOM]O|(?:managing |executive |finance )?directors?|president|head of|chair(?:man|woman|person)?"
    r"|managing partner|general manager|VP)\b"
)


def _appoints(statement: Statement, match: re.Match[str]) -> Event | None:
    text = statement.sentence.plain
    is_passive = re.search(r"\b(?:is|are|was|were|been|being)\s+(?:\w+ly\s+|also\s+)?$", text[: match.start()], re.I)
    subject = statement.sentence.subject_before(match.start())
    if not is_passive and (subject is None or statement.is_company(subject)):
        return Event("leadership", "New in the leadership", 0.8) if acts(statement, match.start()) else None
    if not is_passive and not (subject is not None and subject.who is Who.PERSON):
        return None
    return _came(statement, match) if _is_employer(statement, match) else None


def _joins(statement: Statement, match: re.Match[str]) -> Event | None:
    employers = [actor for actor in statement.sentence.actors if match.end(1) <= actor.start < match.end()]
    named = [actor for actor in employers if actor.who is not Who.PERSON]
    if named:
        return _came(statement, match) if statement.is_company(named[0]) else None
    is_ours = re.match(r"\s+(?:us|the (?:company|firm|team|board|group))\b", match[2], re.IGNORECASE)
    if is_ours and statement.is_company(None):
        return _came(statement, match)
    return _came(statement, match) if _is_employer(statement, match) else None


def _came(statement: Statement, match: re.Match[str]) -> Event:
    return Event("leadership", "New in the leadership", 0.8)


def _left(statement: Statement, match: re.Match[str]) -> Event | None:
    around = statement.sentence.plain[max(0, match.start() - 80) : match.end() + 80]
    if not re.search(ROLES + r"|\bfounder\b", around, re.IGNORECASE):
        return None
    return Event("leadership", "Left the leadership", 0.7) if _is_employer(statement, match) else None


def _is_employer(statement: Statement, match: re.Match[str]) -> bool:
    """Return whether the company is the one whose leadership changes."""
    if not statement.is_evidence:
        return False
    text = statement.sentence.plain
    roles = [role.end() for role in re.finditer(ROLES, text, re.IGNORECASE)]
    if any(actor.who is Who.OTHER and _has_role(statement, actor) for actor in statement.sentence.actors):
        return False
    after_role = max((end for end in roles if end >= match.start()), default=match.end())
    for actor in statement.sentence.actors:
        if actor.start >= after_role and re.search(r"\b(?:of|at|for|from|with)\s+(?:the\s+)?$", text[: actor.start]):
            return statement.is_company(actor)
    organisations = [actor for actor in statement.sentence.actors if actor.who not in (Who.PERSON, Who.OTHER)]
    if organisations:
        return any(statement.is_company(actor) for actor in organisations)
    return statement.is_company(None) or statement.stands_for_company


def _has_role(statement: Statement, actor: Actor) -> bool:
    """Return whether a role belongs to a name: "Acme's chief executive", "Acme director"."""
    following = statement.sentence.plain[actor.end : actor.end + 40]
    return re.match(rf"(?:'s?)?\s+(?:[a-z][\w-]*\s+){{0,2}}?{ROLES}", following, re.IGNORECASE) is not None and (
        actor.is_possessive or re.match(rf"\s+{ROLES}", following, re.IGNORECASE) is not None
    )


def _is_appointed(statement: Statement, match: re.Match[str]) -> Event | None:
    """`Acme announces the appointment of Jane Smith as chief executive`."""
    owner = is_possessed(statement, match.start())
    if not (acts(statement, match.start()) if owner is None else owner):
        return None
    if match[1].lower() in ("appointment", "promotion", "hiring"):
        return _came(statement, match)
    return Event("leadership", "Left the leadership", 0.7)


RULES = (
    rule(
        r"\b(appoints|appointed|names|named|promotes|promoted|welcomes?|welcomed|hires|hired|elects|elected)\b"
        rf"[^.;:?!]{{0,90}}?{ROLES}",
        _appoints,
    ),
    rule(
        r"\b(appointment|promotion|hiring|departure|resignation|retirement)\s+of\b"
        rf"[^.;:?!]{{0,90}}?{ROLES}",
        _is_appointed,
    ),
    rule(rf"\b(joins|joined)\b([^.;:?!]{{0,80}}?)\bas\b[^.;:?!]{{0,50}}?{ROLES}", _joins),
    rule(
        r"\b(steps? down|stepped down|stepping down|resigns|resigned|retires|retired|departs|departed)\b"
        r"(?!\s+(?:the|a|some)\s+(?:stairs?|steps?|ladders?|hills?|slopes?|streets?|aisles?))",
        _left,
    ),
)
