"""Names of places in the United States, by ZIP code and by state.

From `us_places.txt`, which `app.domain.addresses.write_us_places` makes from the package `zipcodes` (MIT).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from app.domain.vocabulary.spelling import is_misspelling

_WORDS = {
    "SAINT": "ST", "SAINTE": "STE", "FORT": "FT", "MOUNT": "MT", "NORTH": "N", "SOUTH": "S", "EAST": "E", "WEST": "W",
    "NORTHEAST": "NE", "NORTHWEST": "NW", "SOUTHEAST": "SE", "SOUTHWEST": "SW", "SPGS": "SPRINGS", "HTS": "HEIGHTS",
    "BCH": "BEACH", "TWP": "TOWNSHIP", "JCT": "JUNCTION", "PT": "POINT", "LK": "LAKE", "HBR": "HARBOR",
    "VLG": "VILLAGE", "VLY": "VALLEY", "PK": "PARK", "IS": "ISLAND",
}  # fmt: skip
_LETTERS = re.compile(r"[^A-Z0-9 ]")
MAX_CITY_WORDS = 6


@dataclass(frozen=True)
class Places:
    """All names are keys; see `city_key`."""

    accepted: Mapping[str, frozenset[str]]
    """Names that the Postal Service accepts, by ZIP code."""
    avoided: Mapping[str, frozenset[str]]
    """Names of neighbourhoods and the like in a ZIP code."""
    states: Mapping[str, frozenset[str]]
    """The states that have a place of that name, accepted or not."""
    state_of_zip: Mapping[str, str]
    names: Mapping[str, str]
    """The first accepted name as it is written, by ZIP code."""

    def rank(self, key: str, zip_code: str, state: str) -> int:
        """Return how sure it is that a place of that name is meant: 4 (accepted for the ZIP code) to 0 (unknown).

        3 is another name in the ZIP code, or a misspelt one, 2 a place of the state, 1 of another state.
        """
        zip5 = zip_code[:5]
        if key in self.accepted.get(zip5, ()):
            return 4
        if key in self.avoided.get(zip5, ()) or any(
            key[:1] == name[:1] and is_misspelling(key, name) for name in self.accepted.get(zip5, ())
        ):
            return 3
        states = self.states.get(key, frozenset())
        if state:
            return 2 if state in states else 0
        return 1 if states else 0


def city_key(name: str) -> str:
    """Return the name for comparison: without case, punctuation, spaces and abbreviations. Empty without letters."""
    words = _LETTERS.sub("", name.upper().replace("-", " ")).split()
    return "".join(_WORDS.get(word, word) for word in words)


@cache
def us_places() -> Places:
    """Load the table, which takes some 50 ms the first time."""
    accepted: dict[str, frozenset[str]] = {}
    avoided: dict[str, frozenset[str]] = {}
    states: defaultdict[str, set[str]] = defaultdict(set)
    state_of_zip: dict[str, str] = {}
    names_of: dict[str, str] = {}
    key_of = cache(city_key)
    for line in files("app.domain.addresses").joinpath("us_places.txt").read_text().splitlines():
        names, _, codes = line.partition("=")
        state, _, names = names.partition("|")
        good, _, bad = names.partition("||")
        good_keys = frozenset(map(key_of, good.split("|")))
        bad_keys = frozenset(map(key_of, bad.split("|"))) if bad else frozenset()
        for key in good_keys | bad_keys:
            states[key].add(state)
        label = good.partition("|")[0]
        for code in codes.split(" "):
            names_of[code] = label
            accepted[code], avoided[code], state_of_zip[code] = good_keys, bad_keys, state
    return Places(accepted, avoided, {key: frozenset(found) for key, found in states.items()}, state_of_zip, names_of)
