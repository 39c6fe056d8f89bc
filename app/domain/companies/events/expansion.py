"""Sentences that say that the company has a new place of business, or entered a market."""

from __future__ import annotations

import re

from app.domain.companies.events.judging import Event, acts, is_possessed, rule
from app.domain.companies.identity.evidence import Statement

SITES = (
    r"(?:offices?|sites?|factor(?:y|ies)|plants?|stores?|shops?|branch(?:es)?|warehouses?|showrooms?|locations?"
    r"|headquarters|restaurants?|hubs?|laborator(?:y|ies)|facilit(?:y|ies)|depots?|outlets?|bakery|bakeries|campus)"
)
_NOT_PLACES = (
    "maps?|tools?|plans?|managers?|design|search|navigation|layout|visits?|systems?|software|assistants?|furniture"
    "|supplies|hours|policy|directors?|features?|finder"
)
"""Words after which "site", "shop" and the like only describe something."""
_NTH = r"(?:new|second|third|fourth|fifth|sixth|first|another|additional|\d{1,3}(?:st|nd|rd|th))"


def _opens(statement: Statement, match: re.Match[str]) -> Event | None:
    subject = statement.sentence.subject_before(match.start())
    if subject is None and match[1].lower() in ("open", "launch"):
        return None
    launches = match[1].lower().startswith(("launch", "unveil"))
    if _IS_FOR_OTHERS.match(statement.sentence.plain[match.end() :]):
        return None
    if _ONLINE.search(match[0]) or (launches and _WEB_SITE.search(match[0])):
        return None
    return Event("expansion", "Expansion", 0.9) if acts(statement, match.start()) else None


_ONLINE = re.compile(r"\b(?:online|web|virtual|digital|e-?commerce|app|website|internet)\b", re.IGNORECASE)
_IS_FOR_OTHERS = re.compile(
    r"[^.;:,]{0,40}?\bfor\s+(?:(?:a|an|our|its|their|one of our)\s+)?(?:customers?|clients?|(?-i:[A-Z])\w+)",
    re.IGNORECASE,
)
_ENDED = re.compile(
    r"\b(?:clos(?:e|es|ed|ing|ure)|sold|sells?|selling|shut\w{0,4}|burn(?:ed|t)|demolished|vacated|lost|left|for sale"
    r"|delayed|postponed|scrapped|cancell?ed|abandoned)\b",
    re.IGNORECASE,
)
"""What a sentence says of a new place that is a gain no more."""
_WEB_SITE = re.compile(r"\b(?:sites?|locations?)$", re.IGNORECASE)
"""What is launched or unveiled is a website rather than a place."""


def _is_open(statement: Statement, match: re.Match[str]) -> Event | None:
    owner = is_possessed(statement, match.start())
    is_ours = statement.is_company(None) if owner is None else owner
    return Event("expansion", "Expansion", 0.8) if is_ours and statement.is_evidence else None


def _expands(statement: Statement, match: re.Match[str]) -> Event | None:
    return Event("expansion", "Expansion", 0.8) if acts(statement, match.start()) else None


def _has_new_site(statement: Statement, match: re.Match[str]) -> Event | None:
    """`Our new factory in York`, or `we moved to a new office in Boise`, but not one that is somebody else's."""
    text = statement.sentence.plain
    if _ONLINE.search(match[0]) or _ENDED.search(text) or _IS_FOR_OTHERS.match(text[match.end() - 1 :]):
        return None
    owner = is_possessed(statement, match.start())
    if owner is None:
        before = text[: match.start()]
        begins = re.fullmatch(r"\W*(?:(?:the|a|an|brand)\s+)*", before, re.IGNORECASE) is not None
        has = re.search(
            r"\b(?:have|has|moved (?:in)?to|move to|built|leased|took over|runs?)\s+(?:an?|the)\s+$", before
        )
        owner = (begins and statement.is_company(None)) or (has is not None and acts(statement, has.start()))
    return Event("expansion", "Expansion", 0.8) if owner and statement.is_evidence else None


RULES = (
    rule(
        r"\b(opens|opened|opening|open|launches|launched|launching|launch|inaugurates|inaugurated|unveils|unveiled)\b"
        rf"[^.;:?!]{{0,80}}?\b{_NTH}\b[^.;:?!]{{0,40}}?\b{SITES}\b(?!\s+(?:{_NOT_PLACES})\b)",
        _opens,
    ),
    rule(
        rf"\b{_NTH}\b[^.;:?!,]{{0,30}}?\b{SITES}\b[^.;:?!]{{0,40}}?\s((?:is|are) (?:now )?open|(?:has "
        rf"|have )?opened|opens(?! (?:only|daily|every|at \d|from \d|on \w+days?|between|early|late))\b)\b",
        _is_open,
    ),
    rule(
        r"\b(expands|expanded|expanding|expansion|enters|entered|entering)\b(?:\s+(?:in)?to\b(?=\s+(?:the\s+|a\s+)?"
        r"(?:new\b|(?-i:[A-Z])|[^.;:]{0,40}?\bmarkets?\b|\d+\s+(?:countries|states|cities)))"
        r"|\s+the\s[^.;:]{2,40}?\smarket\b)",
        _expands,
    ),
    rule(rf"\b(new)\s(?:[\w-]+\s)?{SITES}\sin\s(?:(?!the\scloud)[a-z]+\s){{0,3}}?(?-i:[A-Z])", _has_new_site),
)
