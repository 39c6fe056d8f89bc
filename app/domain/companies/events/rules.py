"""Rules that find events in the sentences of a page: an action, the company as its subject, and its direction."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from app.domain.companies.events.occurrence import amount_in, happened, is_own_money
from app.domain.companies.identity.actors import Actor, Who
from app.domain.companies.identity.evidence import Statement

ROLES = (
    r"\b(?:chief|C[EFTOM]O|(?:managing |executive |finance )?directors?|president|head of|chair(?:man|woman|person)?"
    r"|managing partner|general manager|VP)\b"
)
SITES = (
    r"(?:offices?|sites?|factor(?:y|ies)|plants?|stores?|shops?|branch(?:es)?|warehouses?|showrooms?|locations?"
    r"|headquarters|restaurants?|hubs?|laborator(?:y|ies)|facilit(?:y|ies)|depots?|outlets?|bakery|bakeries|campus)"
)
_NTH = r"(?:new|second|third|fourth|fifth|sixth|first|another|additional|\d{1,3}(?:st|nd|rd|th))"


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


def find_events(statement: Statement) -> Iterator[Event]:
    """Yield the events that a sentence states about the company, one of each kind."""
    if not statement.is_evidence:
        return
    text = statement.sentence.plain
    kinds: set[str] = set()
    for rule in RULES:
        for match in rule.pattern.finditer(text):
            event = rule.judge(statement, match)
            if event is not None and event.kind not in kinds and happened(text, *match.span(1)):
                kinds.add(event.kind)
                yield event


def _acts(statement: Statement, place: int) -> bool:
    """Return whether the company is the subject of the verb at `place`. A sentence may begin with the verb."""
    subject = statement.sentence.subject_before(place)
    if subject is None:
        return statement.is_default and len(statement.sentence.plain[:place].split()) <= 2
    return statement.is_company(subject)


def _possessor(statement: Statement, place: int) -> Actor | None:
    """Return the actor that is the last one before `place`, as in "our new factory" or "Acme's first shop"."""
    before = [actor for actor in statement.sentence.actors if actor.start < place]
    return before[-1] if before else None


def _is_possessed(statement: Statement, place: int) -> bool | None:
    """Return whether what stands at `place` is the company's; None if it is nobody's."""
    actor = _possessor(statement, place)
    if actor is None or len(statement.sentence.plain[actor.end : place].split()) > 3:
        return None
    if actor.is_possessive or statement.sentence.plain[actor.start : actor.end].lower() in ("our", "its", "their"):
        return statement.is_company(actor)
    return None


def _hires(statement: Statement, match: re.Match[str]) -> Event | None:
    return Event("hiring", "Hiring", 0.8) if _acts(statement, match.start()) else None


_NO_VACANCY = re.compile(
    r"^(?:\W+[\w'-]+){0,6}?\W*\b(?:none|nil|no(?! (?:experience|prior|previous|degree|need|matter))|closed|filled|taken"
    r"|paused|frozen|freeze|hold|expired|not|0)\b"
    r"|^(?:\W+[\w'-]+){0,3}?\W*\bn't\b",
    re.IGNORECASE,
)


def _has_vacancies(statement: Statement, match: re.Match[str]) -> Event | None:
    text = statement.sentence.plain
    if re.search(r"\b(?:no|zero|not)\b", match[0], re.IGNORECASE):
        return None
    if _NO_VACANCY.match(text[match.end() :]) or re.search(r"\b(?:her|his|my|your)\s+$", text[: match.start()], re.I):
        return None
    subject = statement.sentence.main_subject()
    is_ours = statement.is_evidence if subject is None else statement.is_company(subject)
    if not is_ours and subject is not None and statement.is_default:
        is_ours = subject.who is Who.PERSON
    others = [actor for actor in statement.sentence.actors if actor.who in (Who.OTHER, Who.PARTY) and actor.is_head]
    if not is_ours or (others and not statement.sentence.names_company and statement.is_company(None) is False):
        return None
    return Event("hiring", "Hiring", 0.7)


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
    if not _acts(statement, match.start(1)) or not is_own_money(text, *match.span(1)):
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
    owner = _is_possessed(statement, match.start())
    owner = _acts(statement, match.start()) if owner is None else owner
    if not owner or not is_own_money(statement.sentence.plain, *match.span(1)):
        return None
    return Event("funding", "Raised funding", 0.9)


_ROUND_CONTEXT = re.compile(
    r"\b(?:led|leads|clos(?:es|ed)|raised|announc(?:es|ed)|complet(?:es|ed)|participated|invested|brings|brought"
    r"|joined|oversubscribed)\b",
    re.IGNORECASE,
)


def _was_acquired(statement: Statement, match: re.Match[str]) -> Event | None:
    return Event("funding", "Acquired by another company", 0.8) if _acts(statement, match.start()) else None


def _acquires(statement: Statement, match: re.Match[str]) -> Event | None:
    """The company buys somebody, or somebody buys it."""
    text = statement.sentence.plain
    if re.search(r"\b(?:is|are|was|were|been|be|being|get|got|newly|recently)\s+(?:\w+ly\s+)?$", text[: match.start()]):
        return None
    rest = text[match.end() : match.end() + 60]
    objects = [actor for actor in statement.sentence.actors if 0 <= actor.start - match.end() <= 30]
    if _acts(statement, match.start()):
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


def _appoints(statement: Statement, match: re.Match[str]) -> Event | None:
    text = statement.sentence.plain
    is_passive = re.search(r"\b(?:is|are|was|were|been|being)\s+(?:\w+ly\s+|also\s+)?$", text[: match.start()], re.I)
    subject = statement.sentence.subject_before(match.start())
    if not is_passive and (subject is None or statement.is_company(subject)):
        return Event("leadership", "New in the leadership", 0.8) if _acts(statement, match.start()) else None
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
    owner = _is_possessed(statement, match.start())
    if not (_acts(statement, match.start()) if owner is None else owner):
        return None
    if match[1].lower() in ("appointment", "promotion", "hiring"):
        return _came(statement, match)
    return Event("leadership", "Left the leadership", 0.7)


def _opens(statement: Statement, match: re.Match[str]) -> Event | None:
    subject = statement.sentence.subject_before(match.start())
    if subject is None and match[1].lower() in ("open", "launch"):
        return None
    return Event("expansion", "Expansion", 0.9) if _acts(statement, match.start()) else None


def _is_open(statement: Statement, match: re.Match[str]) -> Event | None:
    owner = _is_possessed(statement, match.start())
    is_ours = statement.is_company(None) if owner is None else owner
    return Event("expansion", "Expansion", 0.8) if is_ours and statement.is_evidence else None


def _expands(statement: Statement, match: re.Match[str]) -> Event | None:
    return Event("expansion", "Expansion", 0.8) if _acts(statement, match.start()) else None


def _has_new_site(statement: Statement, match: re.Match[str]) -> Event | None:
    """`Our new factory in York`, or `we moved to a new office in Boise`, but not one that is somebody else's."""
    text = statement.sentence.plain
    owner = _is_possessed(statement, match.start())
    if owner is None:
        before = text[: match.start()]
        begins = re.fullmatch(r"\W*(?:(?:the|a|an|brand)\s+)*", before, re.IGNORECASE) is not None
        has = re.search(
            r"\b(?:have|has|moved (?:in)?to|move to|built|leased|took over|runs?)\s+(?:an?|the)\s+$", before
        )
        owner = (begins and statement.is_company(None)) or (has is not None and _acts(statement, has.start()))
    return Event("expansion", "Expansion", 0.8) if owner and statement.is_evidence else None


def _rule(pattern: str, judge: Callable[[Statement, re.Match[str]], Event | None]) -> EventRule:
    return EventRule(re.compile(pattern, re.IGNORECASE), judge)


RULES = (
    _rule(
        r"((?:\b(?:is|are)|'re)\s+(?:(?:currently|now|always|actively|still|also|again)\s+){0,2}"
        r"(?:hiring|recruiting|looking for|seeking|searching for))\b"
        r"(?!\s+(?:(?:a|an|the|new|more|your|other|further|potential|strategic|local|additional|some)\s+){0,3}"
        r"(?:partners?|investors?|feedback|customers?|clients?|ways?|distributors?|suppliers?|resellers?|premises|offices?"
        r"|space|funding|investments?|answers|help|solutions?|opportunit\w+|land|sites?|sponsors?|buyers?)\b)",
        _hires,
    ),
    _rule(
        r"\b(open (?:positions?|vacanc(?:y|ies)|roles?|jobs?)|current (?:positions|vacanc(?:y|ies)|openings|job offers)"
        r"|available (?:positions|vacanc(?:y|ies)|roles|jobs)|vacanc(?:y|ies) for|job openings?|now (?:hiring"
        r"|recruiting)"
        r"|join our (?:growing )?team (?:as|of)|(?:have|has) (?:[\w-]+ ){0,3}(?:vacanc(?:y|ies)|job openings?))\b",
        _has_vacancies,
    ),
    _rule(
        r"\b(raises|raised|raise|secures|secured|closes|closed|completes|completed|receives|received|lands|landed|attracts"
        r"|attracted|obtains|obtained|announces|announced|wins|won|bags|bagged|nets|netted|picks up|picked up)\b",
        _raises,
    ),
    _rule(
        r"\b((?:(?:pre-)?seed|series [A-H]\d?|venture|growth|funding|financing) (?:round|funding|investment"
        r"|financing))\b",
        _has_round,
    ),
    _rule(
        r"\b((?:is|are|was|were|been|gets|got)\s+(?:\w+ly\s+)?(?:acquired|bought|bought out|taken over"
        r"|purchased)\s+by)\b",
        _was_acquired,
    ),
    _rule(
        r"\b(acquires|acquired|takes over|took over|has bought|buys|acquisition of|takeover of|merges with|merged with"
        r"|merger with)\b(?!\s+by\b)",
        _acquires,
    ),
    _rule(
        r"\b(appoints|appointed|names|named|promotes|promoted|welcomes|welcomed|hires|hired|elects|elected)\b"
        rf"[^.;:?!]{{0,90}}?{ROLES}",
        _appoints,
    ),
    _rule(
        r"\b(appointment|promotion|hiring|departure|resignation|retirement)\s+of\b"
        rf"[^.;:?!]{{0,90}}?{ROLES}",
        _is_appointed,
    ),
    _rule(rf"\b(joins|joined)\b([^.;:?!]{{0,80}}?)\bas\b[^.;:?!]{{0,50}}?{ROLES}", _joins),
    _rule(r"\b(steps? down|stepped down|stepping down|resigns|resigned|retires|retired|departs|departed)\b", _left),
    _rule(
        r"\b(opens|opened|opening|open|launches|launched|launching|launch|inaugurates|inaugurated|unveils|unveiled)\b"
        rf"[^.;:?!]{{0,80}}?\b{_NTH}\b[^.;:?!]{{0,40}}?\b{SITES}\b",
        _opens,
    ),
    _rule(
        rf"\b{_NTH}\b[^.;:?!,]{{0,30}}?\b{SITES}\b[^.;:?!]{{0,40}}?\s((?:is|are) (?:now )?open|(?:has "
        rf"|have )?opened|opens)\b",
        _is_open,
    ),
    _rule(
        r"\b(expands|expanded|expanding|expansion|enters|entered|entering)\b(?:\s+(?:in)?to\b(?=\s+(?:the\s+|a\s+)?"
        r"(?:new\b|(?-i:[A-Z])|[^.;:]{0,40}?\bmarkets?\b|\d+\s+(?:countries|states|cities)))"
        r"|\s+the\s[^.;:]{2,40}?\smarket\b)",
        _expands,
    ),
    _rule(rf"\b(new)\s(?:[\w-]+\s)?{SITES}\sin\b", _has_new_site),
)
