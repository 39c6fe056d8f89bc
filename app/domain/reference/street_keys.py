"""The key of a street: its name, directions and suffix in one form for all spellings."""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from app.domain.vocabulary.roads import numbered_road, split, words

MAX_CHARACTERS = 100


class StreetKey(NamedTuple):
    """Parts of a street, in lower case and USPS abbreviations; parts of several words are separated by spaces.

    `name` has no spaces, so that La Salle is LaSalle; of a numbered road it is `#` and the number, and `suffix` is the
    system of roads: `#99` and `state` for State Route 99, an empty one for Highway 99.
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
        return StreetKey(f"#{numbered.number}", before, numbered.system or "", after)
    return StreetKey("".join(parts.name), before, " ".join(reversed(parts.suffixes)), after)


def fit(asked: StreetKey, found: StreetKey) -> Fit:
    """Return how well the directions and suffixes of two streets agree, whatever their names are."""
    if asked[1:] == found[1:]:
        return Fit.SAME
    return max(_fit_directions(asked, found), _fit_suffixes(asked.suffix, found.suffix))


def _fit_directions(asked: StreetKey, found: StreetKey) -> Fit:
    ours, theirs = {*asked.before.split(), *asked.after.split()}, {*found.before.split(), *found.after.split()}
    if ours == theirs:
        swapped = asked.before != found.before and len(ours) > 1
        return Fit.PARTIAL if swapped else Fit.SAME
    return Fit.PARTIAL if ours <= theirs or theirs <= ours else Fit.OTHER


def _fit_suffixes(asked: str, found: str) -> Fit:
    """Park Place lacks a suffix of Park Place Dr; Park Dr has another one."""
    if asked == found:
        return Fit.SAME
    ours, theirs = asked.split(), found.split()
    shared = min(len(ours), len(theirs))
    return Fit.PARTIAL if ours[:shared] == theirs[:shared] else Fit.OTHER
