"""The beginning of an address as somebody types it, and which streets may continue it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.reference.address_points import split_number
from app.domain.reference.house_numbers import HouseNumber, parse_house_number
from app.domain.reference.matching import KnownStreet
from app.domain.reference.places import town_key
from app.domain.reference.street_keys import street_key
from app.domain.vocabulary.roads import normalise
from app.domain.vocabulary.states import STATES
from app.domain.vocabulary.usps import DIRECTIONS, SUFFIXES

MAX_CHARACTERS = 200
MAX_WORDS = 8
MIN_LETTERS = 2
"""Of the name of a street, before anything is suggested."""
_END = "\x01"
"""Sorts before every character of a name."""
_PLACEHOLDER = "zzq"
_ORDINAL_BEGUN = re.compile(r"(\d{1,5})(?:s|n|r|t)[tdh]?")
_NUMBERED = "#"
"""Begins the key of a numbered road."""
_FULL = {code: tuple(word for word, of in {**SUFFIXES, **DIRECTIONS}.items() if of == code)
         for code in {*SUFFIXES.values(), *DIRECTIONS.values()}}  # fmt: skip
_NAMES = {code: name.lower().split() for code, name in STATES.items()}


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read what was typed. Names of streets are keys: see `street_keys`."""

    first: str
    """The names from here on …"""
    beyond: str
    """… and before this one may be meant."""
    directions: tuple[str, ...]
    """Which the street must have."""
    rest: tuple[str, ...]
    """Words that the street has besides, each at least begun: suffix, town, state, postcode."""
    is_exact: bool


@dataclass(frozen=True, slots=True)
class TypedAddress:
    number: HouseNumber | None
    readings: tuple[Reading, ...]
    """The likeliest first; none if there is nothing to go by yet."""
    town: str
    """Key of the beginning of the town behind a comma; empty without one."""
    postcode: str
    """Its first digits, behind a comma."""


def read_typed(text: str) -> TypedAddress:
    """Return how the beginning of an address may be read: "12 n mai", "12 main st dur", "12 Main St, Durham, NC"."""
    text = " ".join(text[:MAX_CHARACTERS].replace("\0", " ").split())
    number_text, rest = split_number(text)
    street, *places = (part.strip() for part in rest.split(","))
    words = normalise(street)[:MAX_WORDS]
    behind = [word for part in places for word in normalise(part)][:MAX_WORDS]
    digits = next((word for word in behind if word[0].isdigit()), "")
    town = town_key(places[0]) if places and places[0] and not places[0][0].isdigit() else ""
    readings = (
        () if not words or (len("".join(words)) < MIN_LETTERS and not number_text) else tuple(_readings(words, behind))
    )
    return TypedAddress(parse_house_number(number_text) if number_text else None, readings, town, digits)


def _readings(words: Sequence[str], behind: Sequence[str]) -> Iterator[Reading]:
    seen: set[Reading] = set()
    for taken in range(len(words), 0, -1):
        key = street_key(" ".join(words[:taken]))
        if key is None:
            continue
        directions = (*key.before.split(), *key.after.split())
        suffix = (key.suffix,) if key.suffix and not key.name.startswith(_NUMBERED) else ()
        rest = (*suffix, *words[taken:], *behind)
        readings = [Reading(key.name, key.name + _END, directions, rest, True)]
        whole = street_key(_between(words[:taken]))  # Deer Creek, of which Ter is still to be typed
        if suffix and whole is not None:
            name = whole.name.removeprefix(_PLACEHOLDER).removesuffix(_PLACEHOLDER)
            for direction in directions:
                name = name.removeprefix(max(_FULL[direction.upper()], key=len).lower())
            readings.append(Reading(name, name + _END, directions, (*words[taken:], *behind), True))
        if taken == len(words) and not behind:
            readings += _unfinished(words)
        for reading in readings:
            if reading not in seen:
                seen.add(reading)
                yield reading


def _unfinished(words: Sequence[str]) -> Iterator[Reading]:
    """Yield the reading in which the last word is the beginning of one of the name."""
    *before, last = words
    if (ordinal := _ORDINAL_BEGUN.fullmatch(last)) is not None:
        last = ordinal[1]
    whole = street_key(" ".join(words))
    if whole is not None and whole.name.startswith(_NUMBERED):
        yield Reading(whole.name, _next(whole.name), (), (), False)
    for text, directed in ((f"{' '.join(before)} {_PLACEHOLDER}", True), (_between(before), False)):
        key = street_key(text)
        if key is not None and key.name.endswith(_PLACEHOLDER):
            first = key.name.removesuffix(_PLACEHOLDER).removeprefix(_PLACEHOLDER) + last
            yield Reading(first, _next(first), tuple(key.before.split()) if directed else (), (), False)


def _between(words: Sequence[str]) -> str:
    """Return a text in which no word is a direction or suffix, as in E Brook Creek Ter."""
    return " ".join([_PLACEHOLDER, *words, _PLACEHOLDER])


def _next(beginning: str) -> str:
    """Return what sorts behind all names that begin so."""
    return beginning[:-1] + chr(ord(beginning[-1]) + 1)


def continues(reading: Reading, street: KnownStreet) -> bool:
    """Whether a street has all words of a reading besides its name."""
    if not {*street.key.before.split(), *street.key.after.split()}.issuperset(reading.directions):
        return False
    if not reading.rest:
        return True
    known = list(_words(street))
    return all(any(word.startswith(asked) for word in known) for asked in reading.rest)


def _words(street: KnownStreet) -> Iterator[str]:
    key, place = street.key, street.place
    for part in (*key.before.split(), key.suffix, *key.after.split()):
        if part:
            yield part
            yield from (word.lower() for word in _FULL.get(part.upper(), ()))
    yield from normalise(street.city)
    if place.city:
        yield place.city.lower()
    if place.state:
        yield place.state.lower()
        yield from _NAMES.get(place.state, ())
    if place.postcode:
        yield place.postcode.lower()
