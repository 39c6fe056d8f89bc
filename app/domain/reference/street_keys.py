"""The key of a street: its name, directions and suffix in one form for all spellings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from app.domain.vocabulary.roads import numbered_road, split, words
from app.domain.vocabulary.spelling import is_misspelling, is_short_misspelling
from app.domain.vocabulary.usps import COMMON_SUFFIXES, DIRECTIONS, SUFFIXES

MAX_CHARACTERS = 100
_LONG_SUFFIXES = tuple(suffix.lower() for suffix in COMMON_SUFFIXES if len(suffix) >= 5)
_SUFFIXES = frozenset(suffix.lower() for suffix in SUFFIXES)
MAX_SUFFIX_CHARACTERS = 5
_DIGITS = re.compile(r"\d{1,10}")


def _full_words() -> dict[str, str]:
    """Return abbreviation to the word in full, in lower case, as names are misspelt."""
    full: dict[str, str] = {}
    for spelling, code in {**SUFFIXES, **DIRECTIONS}.items():
        if spelling != code and len(spelling) > len(code) and spelling != f"{code}S":
            full.setdefault(code.lower(), spelling.lower())
    return full


_FULL: Mapping[str, str] = MappingProxyType(_full_words())


class StreetKey(NamedTuple):
    """Parts of a street in lower case: directions and suffix in USPS abbreviations, the name in full.

    `name` has no spaces, so that La Salle is LaSalle, and all suffixes but the last: Park Place Dr is `parkplace`. Of a
    numbered road it is `#` and the number, and `suffix` is the system of roads: `#99` and `state` for State Route 99,
    an empty one for Highway 99, `#99old` for Old Highway 99.
    """

    name: str
    before: str = ""
    suffix: str = ""
    after: str = ""


class Fit(IntEnum):
    """How well two keys of one name agree."""

    SAME = 0
    PARTIAL = 1
    """One of them lacks a direction or suffix of the other: Main St for N Main St, Oak for Oak Ln."""
    OTHER = 2
    """They have different ones: W Main St for E Main St, Oak St for Oak Ln."""


@lru_cache(maxsize=65_536)
def street_key(text: str) -> StreetKey | None:
    """Return the key of a street without its house number; None for a text without letters and digits."""
    plain = words(text[:MAX_CHARACTERS])
    if not plain:
        return None
    parts = split(plain)
    before, after = " ".join(sorted(parts.before)), " ".join(sorted(parts.after))
    numbered = numbered_road(plain)
    if numbered is not None:
        return StreetKey(f"#{numbered.number}{numbered.qualifier}", before, numbered.system or "", after)
    last, *others = parts.suffixes or ("",)
    name = (*parts.name, *reversed(others))
    return StreetKey("".join(_FULL.get(word, word) for word in name), before, last, after)


def fit(asked: StreetKey, found: StreetKey) -> Fit:
    """Return how well the directions and suffixes of two streets agree, whatever their names are."""
    if asked[1:] == found[1:]:
        return Fit.SAME
    suffixes = Fit.PARTIAL if not asked.suffix or not found.suffix else Fit.OTHER
    return max(_fit_directions(asked, found), suffixes if asked.suffix != found.suffix else Fit.SAME)


def _fit_directions(asked: StreetKey, found: StreetKey) -> Fit:
    ours, theirs = {*asked.before.split(), *asked.after.split()}, {*found.before.split(), *found.after.split()}
    if ours == theirs:
        swapped = asked.before != found.before and len(ours) > 1
        return Fit.PARTIAL if swapped else Fit.SAME
    return Fit.PARTIAL if ours <= theirs or theirs <= ours else Fit.OTHER


class Similarity(IntEnum):
    """How alike two names are that are not equal."""

    OTHER = 0
    SHORT = 1
    """Short ones, such as Oak and Oat, that differ by a letter."""
    MISSPELT = 2


def similarity(asked: str, found: str) -> Similarity:
    """Return whether one name may be the other one misspelt; digits in it must be the same."""
    if _DIGITS.findall(asked) != _DIGITS.findall(found):
        return Similarity.OTHER
    asked, found = _DIGITS.sub("", asked), _DIGITS.sub("", found)
    if is_misspelling(asked, found):
        return Similarity.MISSPELT
    return Similarity.SHORT if is_short_misspelling(asked, found) else Similarity.OTHER


def with_suffix_in_name(key: StreetKey) -> StreetKey:
    """Return the key of a street whose last suffix was left out: Park Place for Park Place Dr."""
    return key._replace(name=key.name + _FULL.get(key.suffix, key.suffix), suffix="")


def without_misspelt_suffix(text: str) -> StreetKey | None:
    """Return the key of a street whose suffix is misspelt: of `Main Steet` that of `Main Street`.

    A short suffix that is not known is left out: `Main Sr` is `Main`. None if the last word may belong to the name.
    """
    name, _, last = " ".join(text[:MAX_CHARACTERS].split()).rpartition(" ")
    last = last.lower().rstrip(".")
    if not name or last in _SUFFIXES or not last.isalpha():
        return None
    likely = {SUFFIXES[suffix.upper()] for suffix in _LONG_SUFFIXES if is_misspelling(last, suffix)}
    if len(likely) == 1:
        return street_key(f"{name} {likely.pop()}")
    return street_key(name) if len(last) <= MAX_SUFFIX_CHARACTERS else None
