"""Compare an entry of a register or directory with a company: the same company, or one for a person to decide on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.domain.companies.identity.legal_forms import (
    are_compatible,
    countries_of,
    fits_country,
    split_legal_form,
    words_of,
)
from app.domain.companies.identity.subject import Subject
from app.domain.companies.identity.vocabulary import GENERIC_NAME_WORDS
from app.domain.companies.research.sources import host

_POSTCODES = {
    "gb": re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}"),
    "us": re.compile(r"\d{5}(?:\d{4})?"),
    "ca": re.compile(r"[A-Z]\d[A-Z]\d[A-Z]\d"),
    "nl": re.compile(r"\d{4}[A-Z]{2}"),
    "de": re.compile(r"\d{5}"),
    "fr": re.compile(r"\d{5}"),
}
"""Postcodes by country, in upper case without spaces and hyphens."""


@dataclass(frozen=True)
class RegisterEntry:
    """An entry with the marks that it states."""

    number: str
    """Its id in the register or directory."""
    name: str
    country: str
    """ISO 3166-1 alpha-2 in lower case; empty if the entry can be of any."""
    address: str = ""
    people: tuple[str, ...] = ()
    phone: str = ""
    website: str = ""


@dataclass(frozen=True)
class EntryMatch:
    """How an entry compares with a company."""

    has_name: bool
    marks: tuple[str, ...]
    """The second marks that agree, in words."""
    problems: tuple[str, ...]
    """Why it may be another company, in words."""
    is_confirmed: bool = False
    """A person said that it is the company."""

    @property
    def is_company(self) -> bool:
        """Whether the entry is the company's: the name and a second mark agree, and nothing contradicts."""
        return self.is_confirmed or (self.has_name and bool(self.marks) and not self.problems)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why a person has to decide, in words."""
        return self.problems or ("only the name agrees: no number, town, postcode or person does",)


def has_same_name(subject: Subject, name: str) -> bool:
    """Return whether a name is the company's, apart from the legal form."""
    return _has_name(subject, name, allows_part=False)


def match_entry(subject: Subject, entry: RegisterEntry) -> EntryMatch:
    """Compare an entry with a company."""
    is_confirmed = entry.number in subject.confirmed_entries
    has_number = entry.number in {*subject.numbers, subject.registry_number, subject.place_id}
    has_name = _has_name(subject, entry.name, allows_part=has_number)
    problems = [*_problems(subject, entry)]
    if has_number and not has_name:
        problems.append(f"the number is that of {entry.name}")
    return EntryMatch(has_name, tuple(_marks(subject, entry, has_number=has_number)), tuple(problems), is_confirmed)


def _has_name(subject: Subject, name: str, *, allows_part: bool) -> bool:
    words = split_legal_form(name).words
    if any(words == known.words for known in subject.all_names):
        return True
    if not allows_part:
        return False
    distinctive = {word for known in subject.all_names for word in known.words if word not in GENERIC_NAME_WORDS}
    return bool(distinctive & set(words))


def _marks(subject: Subject, entry: RegisterEntry, *, has_number: bool) -> list[str]:
    marks = ["number"] if has_number else []
    squeezed = re.sub(r"\s", "", entry.address).upper()
    if any(len(code) > 3 and code in squeezed for code in subject.postcodes):
        marks.append("postcode")
    places = _places(entry.address)
    if any(len(town) > 2 and words_of(town) in places for town in subject.towns):
        marks.append("town")
    known = {_first_and_last(person) for person in subject.people}
    if any(_first_and_last(person) in known for person in entry.people):
        marks.append("person")
    if entry.website and subject.host and host(entry.website) == subject.host:
        marks.append("website")
    digits = re.sub(r"\D", "", entry.phone)
    if digits and any(digits.endswith(phone) for phone in subject.phones):
        marks.append("telephone")
    return marks


def _problems(subject: Subject, entry: RegisterEntry) -> list[str]:
    problems = []
    form = split_legal_form(entry.name).form
    forms = subject.legal_forms
    if forms and not any(are_compatible(own, form) for own in forms):
        stated = " or ".join(sorted(forms))
        problems.append(f"the legal form differs: {stated}, in the register {form or 'none'}")
    foreign = sorted(own for own in forms if entry.country and not fits_country(own, entry.country))
    if foreign and form not in forms:
        countries = ", ".join(code.upper() for own in foreign for code in countries_of(own))
        problems.append(f"{' and '.join(foreign)} is no legal form of {entry.country.upper()} but of {countries}")
    if subject.is_country_known and entry.country and subject.country != entry.country:
        problems.append(f"the company is in {subject.country.upper()}, the register is that of {entry.country.upper()}")
    code = _POSTCODES.get(entry.country)
    if code is not None and subject.postcodes and not any(map(code.fullmatch, subject.postcodes)):
        stated = " and ".join(sorted(subject.postcodes)[:3])
        problems.append(f"the company's postcode {stated} is not one of {entry.country.upper()}")
    return problems


def _places(address: str) -> frozenset[tuple[str, ...]]:
    """Return the parts of an address that may be its town, as folded words: not streets that are called after one."""
    found = set()
    parts = [part for part in re.split(r"[,\n;]", address) if part.strip()]
    for part in parts:
        words = tuple(word for word in words_of(part) if not any(char.isdigit() for char in word))
        found.add(words)
        if len(words) > 1 and len(words[-1]) == 2:
            found.add(words[:-1])  # "Portland OR 97201"
        if len(parts) == 1:  # "1 Dock Street Hull HU1 2AB"
            found |= {words[-count:] for count in (1, 2, 3)}
    return frozenset(found)


def _first_and_last(person: str) -> tuple[str, str]:
    last, comma, first = person.partition(",")
    words = words_of(f"{first} {last}" if comma else person)
    return (words[0], words[-1]) if words else ("", "")
