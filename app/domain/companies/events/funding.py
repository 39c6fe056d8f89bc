"""Sentences that say that the company raised money, bought another or was bought."""

from __future__ import annotations

import re

from app.domain.companies.events.judging import Event, acts, is_possessed, rule
from app.domain.companies.events.occurrence import amount_in, is_own_money
from app.domain.companies.identity.actors import Who
from app.domain.companies.identity.evidence import Statement


def _raises(statement: Statement, match: re.Match[str]) -> Event | None:
    text = statement.sentence.plain
    verb, rest = match[1].lower(), text[match.end(1) : match.end(1) + 90]
    is_capital = bool(_CAPITAL.search(rest))
    names_amount = _AMOUNT_FOLLOWS.match(rest) is not None
    if not is_capital and not (names_amount and verb.startswith(("rais", "secur"))):
        return None
    if verb.startswith(("clos", "complet", "announc")) and not _ROUND.search(rest):
        return None
    if verb.startswith("secur") and _ORDER.search(rest):
        return None
    if not acts(statement, match.start(1)) or not is_own_money(text, *match.span(1)):
        return None
    return Event("funding", "Raised funding", 1.0 if amount_in(rest) else 0.9)


_CAPITAL = re.compile(
    r"\b(?:funding|financing|investments?|venture|series [A-H]\b|(?:pre-)?seed\b|round\b|growth capital|equity"
    r"|investors?)",
    re.IGNORECASE,
)
_ROUND = re.compile(r"\b(?:round|funding|financing|series [A-H]|(?:pre-)?seed)\b", re.IGNORECASE)
_ORDER = re.compile(r"\b(?:contracts?|orders?|deals?|lease|loan|mortgage|bail|tender|sales|bookings)\b", re.IGNORECASE)
_AMOUNT_FOLLOWS = re.compile(
    r"^\s*(?:(?:over|more than|nearly|almost|about|around|some|another|an|additional|up to|a|further|total of"
    r"|roughly)\s+){0,4}"
    r"(?:(?:US|A|C|AU|NZ|HK|S)?[£$€¥]\s?\d|(?:USD|EUR|GBP|CHF|AUD|CAD)\s?\d|\d[\d.,]*\s?(?:k|m|mn|bn|million|billion)\b"
    r"|\d[\d.,]*\s(?:dollars|euros|pounds|francs))",
    re.IGNORECASE,
)


def _has_round(statement: Statement, match: re.Match[str]) -> Event | None:
    """A round that somebody led, or that followed."""
    if not statement.is_evidence or not _ROUND_CONTEXT.search(statement.sentence.plain):
        return None
    owner = is_possessed(statement, match.start())
    owner = acts(statement, match.start()) if owner is None else owner
    if not owner or not is_own_money(statement.sentence.plain, *match.span(1)):
        return None
    return Event("funding", "Raised funding", 0.9)


_ROUND_CONTEXT = re.compile(
    r"\b(?:led|leads|clos(?:es|ed)|raised|announc(?:es|ed)|complet(?:es|ed)|participated|invested|brings|brought"
    r"|joined|oversubscribed)\b",
    re.IGNORECASE,
)


def _was_acquired(statement: Statement, match: re.Match[str]) -> Event | None:
    return Event("funding", "Acquired by another company", 0.8) if acts(statement, match.start()) else None


_NO_COMPANY = re.compile(
    r"\s+(?:[\w-]+\s+){0,4}?(?:certifications?|certificates?|accreditations?|licen[cs]es?|skills?|taste|data|knowledge"
    r"|reputation|rights|patents?|status|experience|permission|customers|land|vehicles?|machines?|equipment)\b",
    re.IGNORECASE,
)
"""After "acquired", things that are no companies."""


def _acquires(statement: Statement, match: re.Match[str]) -> Event | None:
    """The company buys somebody, or somebody buys it."""
    text = statement.sentence.plain
    if re.search(r"\b(?:is|are|was|were|been|be|being|get|got|newly|recently)\s+(?:\w+ly\s+)?$", text[: match.start()]):
        return None
    rest = text[match.end() : match.end() + 60]
    if _NO_COMPANY.match(rest):
        return None
    objects = [actor for actor in statement.sentence.actors if 0 <= actor.start - match.end() <= 30]
    if acts(statement, match.start()):
        is_of_company = any(actor.who in (Who.OTHER, Who.PARTY) for actor in objects)
        if "merge" in match[1].lower():
            return Event("funding", "Merger", 0.8) if is_of_company else None
        if is_of_company or re.match(
            r"\s+(?:a|an|the)\s+(?:[\w'-]+\s+){0,5}?(?:company|maker|firm|startup|business)\b", rest
        ):
            return Event("funding", "Acquired another company", 0.8)
        return None
    target = objects[0] if objects else None
    if not statement.is_evidence or target is None or target.is_possessive or not statement.is_company(target):
        return None
    return Event("funding", "Merger" if "merge" in match[1].lower() else "Acquired by another company", 0.8)


RULES = (
    rule(
        r"\b(raises|raised|raise|secures|secured|closes|closed|completes|completed|receives|received|lands|landed|attracts"
        r"|attracted|obtains|obtained|announces|announced|wins|won|bags|bagged|nets|netted|picks up|picked up)\b",
        _raises,
    ),
    rule(
        r"\b((?:(?:pre-)?seed|series [A-H]\d?|venture|growth|funding|financing) (?:round|funding|investment"
        r"|financing))\b",
        _has_round,
    ),
    rule(
        r"\b((?:is|are|was|were|been|gets|got)\s+(?:\w+ly\s+)?(?:acquired|bought|bought out|taken over"
        r"|purchased)\s+by)\b",
        _was_acquired,
    ),
    rule(
        r"\b(acquires|acquired|takes over|took over|has bought|buys|acquisition of|takeover of|merges with|merged with"
        r"|merger with)\b(?!\s+by\b)",
        _acquires,
    ),
)
