"""Whether two street names mean the same street."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from app.domain.vocabulary import usps
from app.domain.vocabulary.spelling import is_misspelling


class Agreement(Enum):
    """How well the street found agrees with the street asked for."""

    SAME = "same"
    """Equal apart from spelling, abbreviations, and a suffix or direction that one of them lacks."""
    MISSPELT = "misspelt"
    """Equal apart from a letter or two."""
    VARIANT = "variant"
    """The same name with another direction or suffix: W Main St for E Main St, Oak Ln for Oak St."""
    OTHER = "other"
    """Another name."""


_APOSTROPHES = re.compile("['’`]")
_PUNCTUATION = re.compile(r"[^\w\s]|_")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_LETTERS_AND_DIGITS = re.compile(r"([a-z]{1,3})(\d+)")

# "St" is Street or Saint. Both become the same word, so that "St Charles Ave" equals "Saint Charles Avenue".
_WORDS: Mapping[str, str] = MappingProxyType(
    {word.lower(): code.lower() for word, code in {**usps.SUFFIXES, **usps.DIRECTIONS, "SAINT": "ST"}.items()}
)
_DIRECTIONS = frozenset(code.lower() for code in usps.DIRECTIONS.values())
_SUFFIXES = frozenset(code.lower() for code in usps.SUFFIXES.values())
_LEADING = frozenset({"ave", "blvd", "rue", "via", "pl"})
"""Suffixes that may come first: Avenue A, Rue de la Paix, Via Del Rey."""
_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "mlk": ("martin", "luther", "king"), "jfk": ("john", "f", "kennedy"), "fdr": ("franklin", "d", "roosevelt"),
})  # fmt: skip
_TITLES = frozenset({"dr", "doctor", "rev", "reverend", "gen", "general", "pres", "president", "sgt", "capt"})
_GENERATIONS = frozenset({"jr", "junior", "sr", "senior", "ii", "iii"})
_ONES = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS: Mapping[str, int] = MappingProxyType(
    {word: number for number, word in enumerate(_ONES, 1)}
    | {f"{tens[:-1]}ieth": 10 * number for number, tens in enumerate(_TENS, 2)}
)
_TENS_VALUES = MappingProxyType({word: 10 * number for number, word in enumerate(_TENS, 2)})
_HIGHWAYS: Mapping[str, str] = MappingProxyType({
    "us": "us", "state": "state", "sr": "state", "sh": "state", "county": "county", "cr": "county", "fm": "farm",
    "rm": "farm", "farm": "farm", "ranch": "farm", "interstate": "interstate", "i": "interstate",
    "township": "township", "tr": "township", "twp": "township",
})  # fmt: skip
"""The words that begin the name of a numbered road, and the system to which it belongs."""
_HIGHWAY_WORDS = frozenset({"hwy", "highway", "rte", "rt", "route", "rd", "road", "to", "market", "u", "s", "st"})
"""Words that may follow them. `st` is State here: St Rd 7."""
_GENERIC = frozenset({"hwy", "rte", "rt"})
_QUALIFIERS: Mapping[str, str] = MappingProxyType({
    "old": "old", "bus": "business", "business": "business", "byp": "bypass", "alt": "alternate",
    "alternate": "alternate", "spur": "spur", "loop": "loop", "truck": "truck", "toll": "toll", "scenic": "scenic",
    "frontage": "frontage", "service": "frontage", "access": "frontage", "feeder": "frontage", "ext": "extension",
})  # fmt: skip
"""Words that tell a numbered road from the one that only has the number: Old Highway 99, US 70 Business."""


def compare(asked: str, found: str) -> Agreement:
    """Return how well two street names, without house numbers, agree."""
    ours, theirs = words(asked), words(found)
    if ours == theirs:
        return Agreement.SAME
    numbered = numbered_road(ours), numbered_road(theirs)
    if numbered[0] and numbered[1]:
        systems = {road.system for road in numbered if road} - {None}
        if numbered[0].number != numbered[1].number or len(systems) > 1:
            return Agreement.OTHER
        same = numbered[0].qualifier == numbered[1].qualifier and not _contradict(
            _directions(ours), _directions(theirs)
        )
        return Agreement.SAME if same else Agreement.VARIANT
    one, other = split(ours), split(theirs)
    if "".join(one.name) == "".join(other.name):
        return Agreement.VARIANT if _differ(one, other) else Agreement.SAME
    if is_misspelling("".join(one.name), "".join(other.name)):
        return Agreement.VARIANT if _differ(one, other) else Agreement.MISSPELT
    return Agreement.OTHER


def lacks_direction(asked: str, found: str) -> bool:
    """Whether one street has a direction of which the other one says nothing: Main St may be N or S Main St."""
    return bool(_directions(words(asked))) != bool(_directions(words(found)))


def words(name: str) -> tuple[str, ...]:
    """Return the words of a street name for comparison: suffixes, directions and ordinals in one form."""
    plain = [part for word in normalise(name) for part in _NAMES.get(word, (word,))]
    plain = [word for index, word in enumerate(plain) if not index or word not in _GENERATIONS]
    if len(plain) > 2 and plain[0] in _TITLES:
        del plain[0]
    return tuple(_in_one_form(plain))


def normalise(text: str) -> list[str]:
    """Return the words of `text` without case, accents and punctuation."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _PUNCTUATION.sub(" ", _APOSTROPHES.sub("", text.casefold())).split()


class Parts(NamedTuple):
    """The parts of a street name: directions before and after the name itself, and its suffixes, the last one first."""

    before: frozenset[str]
    name: tuple[str, ...]
    suffixes: tuple[str, ...]
    after: frozenset[str]


class NumberedRoad(NamedTuple):
    system: str | None
    """None for a word such as Highway alone, which may be of any system."""
    number: str
    qualifier: str = ""
    """What tells it from another road of the number: business, old, frontage."""


def _in_one_form(plain: Sequence[str]) -> Iterable[str]:
    index = 0
    while index < len(plain):
        word = plain[index]
        following = _ORDINALS.get(plain[index + 1]) if index + 1 < len(plain) else None
        if word in _TENS_VALUES and following is not None and following < 10:
            yield str(_TENS_VALUES[word] + following)
            index += 2
            continue
        if word in _ORDINALS:
            yield str(_ORDINALS[word])
        elif match := _ORDINAL.fullmatch(word):
            yield match[1]
        else:
            yield _WORDS.get(word) or _with_short_ending(word)
        index += 1


def _with_short_ending(word: str) -> str:
    """Return Hauptstrasse and Kerkstraat as they are abbreviated: hauptstr, kerkstr."""
    for ending in ("strasse", "straat"):
        if len(word) > len(ending) + 2 and word.endswith(ending):
            return word.removesuffix(ending) + "str"
    return word


def numbered_road(name: Sequence[str]) -> NumberedRoad | None:
    """Return the numbered road of a name such as US 30, State Route 99, SR-7, Hwy 12, County Rd 5, I-35."""
    if len(name) == 1 and (match := _LETTERS_AND_DIGITS.fullmatch(name[0])):
        name = match.groups()
    rest = [word for word in name if word not in _DIRECTIONS or word == "s"]
    number = next((word for word in rest if word[0].isdigit()), None)
    if number is None:
        return None
    qualifier = "".join(sorted({_QUALIFIERS[word] for word in rest if word in _QUALIFIERS}))
    before = [word for word in rest[: rest.index(number)] if word not in _QUALIFIERS]
    if not before or not all(word in _HIGHWAYS or word in _HIGHWAY_WORDS for word in before):
        return None
    if before[:2] == ["u", "s"]:
        return NumberedRoad("us", number, qualifier)
    if before[0] == "st" and len(before) > 1:
        return NumberedRoad("state", number, qualifier)
    system = next((_HIGHWAYS[word] for word in before if word in _HIGHWAYS), None)
    return NumberedRoad(system, number, qualifier) if system or _GENERIC & set(before) else None


def split(name: Sequence[str]) -> Parts:
    """Split a name into directions, the name itself, and suffixes. A name always remains: North St is called North."""
    rest = list(name)
    before: list[str] = []
    after: list[str] = []
    suffixes: list[str] = []
    while len(rest) > 1 and rest[-1] in _DIRECTIONS:
        after.append(rest.pop())
    while len(rest) > 1 and rest[-1] in _SUFFIXES:
        suffixes.append(rest.pop())
    while len(rest) > 1 and rest[0] in _DIRECTIONS:
        before.append(rest.pop(0))
    if not suffixes and len(rest) > 1 and rest[0] in _LEADING:
        suffixes.append(rest.pop(0))
    return Parts(frozenset(before), tuple(rest), tuple(suffixes), frozenset(after))


def _differ(one: Parts, other: Parts) -> bool:
    """Whether the directions or suffixes contradict each other. One that is missing contradicts nothing."""
    if _contradict(one.before | one.after, other.before | other.after):
        return True
    if one.after and other.after and one.after != other.after:
        return True
    suffixes, other_suffixes = set(one.suffixes), set(other.suffixes)
    return bool(suffixes and other_suffixes) and not (suffixes <= other_suffixes or other_suffixes <= suffixes)


def _directions(name: Sequence[str]) -> frozenset[str]:
    parts = split(name)
    return parts.before | parts.after


def _contradict(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and not (one <= other or other <= one)
