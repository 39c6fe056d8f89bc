"""Learn a company's marks from the pages of its own site."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.domain.companies.identity.evidence import EvidenceReader
from app.domain.companies.identity.legal_forms import form_after, words_of
from app.domain.companies.identity.mentions import NameFinder
from app.domain.companies.identity.subject import Subject, TextPage
from app.domain.companies.identity.vocabulary import NAMELESS
from app.domain.companies.research.normalization import folded

MAX_OWN_CHARACTERS = 200_000
MAX_TOWN_WORDS = 3
_PLACE = r"(?<!\w)[A-ZÀ-Þ][^\W\d_]{1,30}(?:[ '’-][A-ZÀ-Þ]?[^\W\d_]{1,30}){0,2}"
_BASED = re.compile(
    rf"\b(?:based|headquartered|located|head office|headquarters|registered office|offices?)\b[^.;:\n]{{0,20}}?"
    rf"\b(?:in|at|near)\s+(?P<town>{_PLACE})(?:,\s+(?P<region>{_PLACE}))?"
)
_SEAT = re.compile(
    rf"\b(?:Sitz (?:in|der Gesellschaft:?)|siège social à|sede (?:en|in)|gevestigd in)\s+(?P<town>{_PLACE})"
)
_UK = re.compile(rf"(?P<town>{_PLACE}),?\s+(?P<code>[A-Z]{{1,2}}\d[A-Z\d]?\s?\d[A-Z]{{2}})\b")
_UK_CODE = re.compile(r"\b(?P<code>[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2})\b")
_US = re.compile(rf"(?P<town>{_PLACE}),\s+(?P<region>[A-Z]{{2}}|{_PLACE})\.?,?\s+(?P<code>\d{{5}})(?:-\d{{4}})?\b")
_CONTINENTAL = re.compile(rf"\b(?:[A-Z]{{1,2}}-)?(?P<code>\d{{5}}|(?<=-)\d{{4}})\s+(?P<town>{_PLACE})")
_LOCALITY = re.compile(r'"addressLocality"\s*:\s*"([^"\\]{2,60})"')
_POSTAL_CODE = re.compile(r'"postalCode"\s*:\s*"([^"\\]{3,12})"')
_NUMBER = re.compile(
    r"\b(?:compan(?:y|ies)|registration|registered|register|reg|handelsregister|siren|hrb|kvk|cvr)\b[^.;\n]{0,60}?"
    r"\b(?P<number>[A-Z]{2}\s?\d{6}|\d{6,9})\b",
    re.IGNORECASE,
)
_PERSON = (
    r"[A-ZÀ-Þ][^\W\d_]+(?: [A-ZÀ-Þ]\.?)?(?: (?:de|van|von|der|la|el|bin) )?[ -][A-ZÀ-Þ][^\W\d_]+(?:-[A-ZÀ-Þ][^\W\d_]+)?"
)
_ROLE = (
    r"(?:chief|C[EFTOM]O|director|managing director|president|head of|chair(?:man|woman|person)?|founder|co-founder"
    r"|owner|partner|manager|vice president|secretary|Geschäftsführer(?:in)?|Inhaber(?:in)?|gérante?|directeur)"
)
_NAMED = (
    re.compile(
        rf"\b(?P<person>{_PERSON})(?:,| is| was| –| -|:)\s+(?:(?:the|our|its|a)\s+)?(?:[\w-]+\s+){{0,2}}?(?i:{_ROLE})\b"
    ),
    re.compile(rf"\b(?i:{_ROLE})(?:\s(?:officer|director|executive))?:?,?\s+(?P<person>{_PERSON})"),
    re.compile(rf"\b(?:founded|run|led|owned)\s+(?:in \d{{4}}\s+)?by\s+(?P<person>{_PERSON})"),
)
_ROLE_LINE = re.compile(rf"^(?:[\w-]+\s+){{0,3}}?{_ROLE}\b", re.IGNORECASE)


def learn(subject: Subject, pages: Sequence[TextPage]) -> Subject:
    """Return the subject with the marks that its own pages state: places, people, numbers and legal forms."""
    text = "\n".join(f"{page.title}\n{page.text}" for page in pages)[:MAX_OWN_CHARACTERS]
    towns, postcodes, people, numbers = set[str](), set[str](), set[str](), set[str]()
    reader = EvidenceReader(subject)
    for page in pages:
        statements = [statement for statement in reader.read(page) if statement.is_evidence]
        for statement in statements:
            _read_places(statement.text, towns, postcodes)
            people |= _people(statement.text)
            numbers |= {re.sub(r"\s", "", match["number"]).upper() for match in _NUMBER.finditer(statement.text)}
        people |= _people_above_roles([statement.text for statement in statements])
        towns |= {folded(match[1]) for match in _LOCALITY.finditer(page.html)}
        postcodes |= {_code(match[1]) for match in _POSTAL_CODE.finditer(page.html)}
    return replace(
        subject,
        towns=subject.towns | {town for town in towns if town not in NAMELESS},
        postcodes=subject.postcodes | postcodes,
        people=subject.people | people,
        numbers=subject.numbers | {number.zfill(8) if number.isdecimal() else number for number in numbers},
        forms=subject.forms | _forms(subject, text),
        own_words=subject.own_words | {word for word in words_of(text) if len(word) > 1},
    )


def _read_places(text: str, towns: set[str], postcodes: set[str]) -> None:
    for pattern in (_BASED, _SEAT, _UK, _US, _CONTINENTAL):
        for match in pattern.finditer(text):
            groups = match.groupdict()
            towns.add(folded(groups["town"]))
            if groups.get("code"):
                postcodes.add(_code(groups["code"]))
    postcodes.update(_code(match["code"]) for match in _UK_CODE.finditer(text))


def address_marks(address: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the towns (folded) and postcodes that an address may have."""
    towns, postcodes = set[str](), set[str]()
    _read_places(address, towns, postcodes)
    for part in re.split(r"[,\n]", address):
        words = part.split()
        if 0 < len(words) <= MAX_TOWN_WORDS and not any(char.isdigit() for char in part):
            towns.add(folded(part))
    return frozenset(towns), frozenset(postcodes)


def _code(text: str) -> str:
    return re.sub(r"[\s-]", "", text).upper()


def _people(text: str) -> set[str]:
    found = set()
    for pattern in _NAMED:
        for match in pattern.finditer(text):
            if not any(word.lower() in NAMELESS for word in match["person"].split()):
                found.add(folded(match["person"]))
    return found


def _people_above_roles(lines: Sequence[str]) -> set[str]:
    """Return the names in lines that a line with a role follows."""
    pairs = zip(lines, lines[1:], strict=False)
    return {
        folded(name)
        for name, role in pairs
        if re.fullmatch(_PERSON, name) and _ROLE_LINE.match(role) and not _is_nameless(name.split())
    }


def _is_nameless(words: Iterable[str]) -> bool:
    return any(word.lower() in NAMELESS for word in words)


def _forms(subject: Subject, text: str) -> set[str]:
    """Return the legal forms with which the pages write the company's whole name."""
    finder = NameFinder(replace(subject, forms=frozenset(), name=" ".join(subject.split_name.words)))
    found = set()
    for line in text.splitlines():
        for mention in finder.find(line, allows_short=False):
            form = form_after(line[mention.start :][len(" ".join(subject.split_name.words)) :])
            if form is not None:
                found.add(form)
    return found
