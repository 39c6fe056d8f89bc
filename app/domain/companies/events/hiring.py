"""Sentences that say that the company is hiring."""

from __future__ import annotations

import re

from app.domain.companies.events.judging import Event, acts, rule
from app.domain.companies.identity.actors import Who
from app.domain.companies.identity.evidence import Statement
from app.domain.companies.research.words import listed


def _hires(statement: Statement, match: re.Match[str]) -> Event | None:
    rest = statement.sentence.plain[match.end() :]
    if _RENTS.match(rest) or _FOR_OTHERS.search(rest[:80]):
        return None
    if _SEEKS.search(match[0]) and not any(_is_job(word) for word in re.findall(r"[a-z][\w-]+", rest[:80].lower())):
        return None
    return Event("hiring", "Hiring", 0.8) if acts(statement, match.start()) else None


_FOR_OTHERS = re.compile(r"\bon behalf of\b|\bfor (?:a |an |our |its |their |several )?(?:customers?|clients?)\b", re.I)
_SEEKS = re.compile(r"looking|seeking|searching", re.IGNORECASE)
"""Words for what is looked for, which is not always staff."""
_JOB_ENDINGS = ("er", "or", "ist", "ian", "ant", "yst", "ect", "man", "woman", "men", "women", "eur", "ive")
_JOBS = listed(
    """
    apprentice intern trainee graduate chef cook nurse clerk staff people talent colleague colleagues candidate
    professional expert hand hands head lead rep member someone individual help aide aid student president secretary
    receptionist agent superintendent team workforce labourers employees
    """
)
_NO_JOBS = listed(
    """
    customer order offer tender supplier answer letter number paper computer water partner investor distributor
    reseller buyer sponsor center corner matter weather summer winter after over under other another further former
    letter member harbour or for paper container trailer tractor motor counter offer newsletter folder quarter together
    product project effect object subject respect restaurant plant grant want advent perspective archive drive live
    alternative positive active relative initiative
    """
)


def _is_job(word: str) -> bool:
    singular = word if word in _JOBS else word.removesuffix("s")
    return singular not in _NO_JOBS and (singular in _JOBS or (len(singular) > 4 and singular.endswith(_JOB_ENDINGS)))


_RENTS = re.compile(
    r"\s+(?:out\b|(?:(?:a|an|the|some|our|two|three|several|extra|more|\d+)\s+)?(?:[\w-]+\s+){0,2}?(?:marquees?|vans?|cars?"
    r"|bikes?|boats?|lorr(?:y|ies)|trucks?|venues?|halls?|rooms?|tents?|equipment|machinery|tools?|cranes?|skips?|coach(?:es)?"
    r"|bus(?:es)?|limousines?|costumes?|suits?|furniture|bands?|djs?|bouncy castles?|generators?|forklifts?"
    r"|scaffolding)\b(?!\s+(?:drivers?|operators?|mechanics?|technicians?|engineers?|managers?|staff|fitters?|sales|makers?|builders?"
    r"|attendants?|assistants?|cleaners?|hands?|installers?)))",
    re.IGNORECASE,
)
"""After "hiring", things that are rented."""


_NO_VACANCY = re.compile(
    r"^(?:\W++[\w'-]++){0,6}?\W*\b(?:none|nil|no(?! (?:experience|prior|previous|degree|need|matter))|closed|filled"
    r"|taken|paused|frozen|freeze|hold|expired|not|0)\b"
    r"|^(?:\W++[\w'-]++){0,3}?\W*\bn't\b",
    re.IGNORECASE,
)


_NOT_A_VACANCY_BEFORE = re.compile(
    r"\b(?:post|posts|posted|publish|publishes|list|lists|advertise|advertises|closed|filled|fake|fraudulent|bogus|last"
    r"|final|former|past|previous|future|upcoming|any|when(?:ever)?|once|if|as soon as|about|notify|alerts?|inform\w*)"
    r"\s+(?:(?:\w+ly|you|of|all|our|their|its|any|new|the|about|last|own|there are|we have)\s+){0,4}$",
    re.IGNORECASE,
)
"""Before vacancies: they are only spoken of."""
_NOT_A_VACANCY_AFTER = re.compile(
    r"\s+(?:\w+\s+){0,2}?(?:(?:will|would|can|could|may|might) (?:be|appear|follow)|(?:are|is|was|were|get) (?:always "
    r"|usually |regularly |normally |generally )?(?:posted|published|listed|advertised|announced|shown|displayed)"
    r"|appear|(?:was|were) filled)\b",
    re.IGNORECASE,
)


def _has_vacancies(statement: Statement, match: re.Match[str]) -> Event | None:
    text = statement.sentence.plain
    if re.search(r"\b(?:no|zero|not)\b", match[0], re.IGNORECASE):
        return None
    if _NOT_A_VACANCY_BEFORE.search(text[: match.start()]) or _NOT_A_VACANCY_AFTER.match(text[match.end() :]):
        return None
    if _NO_VACANCY.match(text[match.end() :]) or re.search(r"\b(?:her|his|my|your)\s+$", text[: match.start()], re.I):
        return None
    subject = statement.sentence.main_subject()
    if subject is not None and not subject.is_head and not subject.is_possessive:
        subject = None  # a place, as in "vacancy in Hull"
    is_ours = statement.is_evidence if subject is None else statement.is_company(subject)
    if not is_ours and subject is not None and statement.is_default:
        is_ours = subject.who is Who.PERSON
    others = [actor for actor in statement.sentence.actors if actor.who in (Who.OTHER, Who.PARTY) and actor.is_head]
    if not is_ours or (others and not statement.sentence.names_company and statement.is_company(None) is False):
        return None
    return Event("hiring", "Hiring", 0.7)


RULES = (
    rule(
        r"((?:\b(?:is|are)|'re)\s+(?:(?:currently|now|always|actively|still|also|again)\s+){0,2}"
        r"(?:hiring|recruiting|looking for|seeking|searching for))\b"
        r"(?!\s+(?:(?:a|an|the|new|more|your|other|further|potential|strategic|local|additional|some)\s+){0,3}"
        r"(?:partners?|investors?|feedback|customers?|clients?|ways?|distributors?|suppliers?|resellers?|premises|offices?"
        r"|space|funding|investments?|answers|help|solutions?|opportunit\w+|land|sites?|sponsors?|buyers?)\b)",
        _hires,
    ),
    rule(
        r"\b(open (?:positions?|vacanc(?:y|ies)|roles?|jobs?)|current (?:positions|vacanc(?:y|ies)|openings|job offers)"
        r"|available (?:positions|vacanc(?:y|ies)|roles|jobs)|vacanc(?:y|ies) for|job openings?|now (?:hiring"
        r"|recruiting)"
        r"|join our (?:growing )?team (?:as|of)"
        r"(?!\s+(?:[\w-]+\s+){0,2}(?:customers|members|subscribers|fans|supporters|users|readers)\b)"
        r"|(?:have|has) (?:[\w-]+ ){0,3}(?:vacanc(?:y|ies)|job openings?|openings? for))\b",
        _has_vacancies,
    ),
)
