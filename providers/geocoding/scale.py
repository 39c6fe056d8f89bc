"""One scale for all providers: what an answer is worth, from what it is of and what it agrees with.

    confidence = BASE[accuracy] × text factor × checks

Providers' own numbers are no substitute: they measure fame (Nominatim's importance), the size of a box, or the text,
and "exact" may come with another house number. So the parts of the matched address are held against the query here, and
an answer that is of less than was asked is called what it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from providers.geocoding import usps
from providers.geocoding.base import Accuracy, Query

BASE: Mapping[Accuracy, float] = MappingProxyType(
    {
        Accuracy.ROOFTOP: 1.0,
        Accuracy.INTERPOLATED: 0.85,
        Accuracy.STREET: 0.6,
        Accuracy.POSTCODE: 0.4,
        Accuracy.PLACE: 0.3,
        Accuracy.REGION: 0.1,
    }
)

#: Another city or street name may be another name of the same; another ZIP or state is a contradiction.
OTHER_NAME_FACTOR = 0.8
CONTRADICTION_CAP = 0.5


_APOSTROPHES = re.compile("['’]")
_PUNCTUATION = re.compile(r"[^\w\s]|_")


@dataclass(frozen=True, slots=True)
class Match:
    """The parts of the address that a provider says it matched; None (or no cities) where it does not say.

    `cities` are all names by which the settlement may be known: city, town, suburb, municipality.
    """

    house_number: str | None = None
    road: str | None = None
    cities: tuple[str, ...] = ()
    state: str | None = None
    postcode: str | None = None


def assess(query: Query, match: Match, accuracy: Accuracy, text_factor: float = 1.0) -> tuple[Accuracy, float]:
    """The accuracy that the answer deserves, and its confidence from 0 to 1, rounded to three digits.

    `accuracy` is what the provider claims; `text_factor` its own measure of the match of the text, where it has one.
    """
    accuracy = honest(query, match, accuracy)
    confidence = BASE[accuracy] * text_factor
    if query.road and match.road and not same_road(query.road, match.road):
        confidence *= OTHER_NAME_FACTOR
    if query.city and match.cities and not any(same_name(query.city, city) for city in match.cities):
        confidence *= OTHER_NAME_FACTOR
    if _contradicts(query, match):
        confidence = min(confidence, CONTRADICTION_CAP)
    return accuracy, round(min(1.0, max(0.0, confidence)), 3)


def honest(query: Query, match: Match, accuracy: Accuracy) -> Accuracy:
    """`accuracy`, lowered where the house that was found is not the one asked for."""
    if not accuracy.reaches(Accuracy.INTERPOLATED):
        return accuracy
    asked = query.house_number
    if asked is None or match.house_number is None:
        return Accuracy.STREET if query.street else accuracy
    if _number(asked) in _numbers(match.house_number):
        return accuracy
    return Accuracy.INTERPOLATED if accuracy is Accuracy.ROOFTOP else Accuracy.STREET


def _contradicts(query: Query, match: Match) -> bool:
    if (
        query.postcode
        and match.postcode
        and postcode(query.postcode, query.country)
        not in {postcode(one, query.country) for one in re.split(r"[;,:]", match.postcode)}
    ):
        return True
    return bool(query.state and match.state and state(query.state) != state(match.state))


def normalise(text: str) -> list[str]:
    """The words of `text` without case, accents and punctuation."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _PUNCTUATION.sub(" ", _APOSTROPHES.sub("", text.casefold())).split()


def state(name: str) -> str:
    """A US state's code for its code or name; another region's name, plain."""
    words = " ".join(normalise(name.removeprefix("US-")))
    return usps.STATE_CODES.get(words, words)


def postcode(code: str, country: str = "us") -> str:
    """A postcode to compare: in the US the five digits of a ZIP or ZIP+4, elsewhere letters and digits."""
    plain = "".join(normalise(code))
    return plain[:5] if country.lower() == "us" else plain


def same_name(one: str, other: str) -> bool:
    """Whether two names of a settlement are the same."""
    return settlement(one) == settlement(other)


def same_road(one: str, other: str) -> bool:
    """Whether two street names are the same, with or without abbreviations, suffix and directions.

    "E 11th Ave" is "East 11th Avenue" and "11th"; "E 11th Ave" is not "W 11th Ave", nor is "Oak St" "Oak Ln".
    """
    ours, theirs = road_words(one), road_words(other)
    shorter, longer = sorted((ours, theirs), key=len)
    return shorter == longer or (bool(shorter - _ORDINARY) and shorter < longer and longer - shorter <= _ORDINARY)


_SETTLEMENT_WORDS: Mapping[str, str] = MappingProxyType({
    "st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount", "n": "north", "s": "south", "e": "east", "w": "west",
    "spgs": "springs", "hts": "heights", "pk": "park", "twp": "township",
})  # fmt: skip

# "St" is Street or Saint; that both become the same word lets "St Charles Ave" be Saint Charles Avenue.
_ROAD_WORDS: Mapping[str, str] = MappingProxyType({**usps.SUFFIXES, **usps.DIRECTIONS, "saint": "street"})
_ORDINARY = frozenset(_ROAD_WORDS.values())


def settlement(name: str) -> str:
    """A settlement's name to compare, "St. Louis" being "Saint Louis"."""
    return "".join(_SETTLEMENT_WORDS.get(word, word) for word in normalise(name))


def road_words(name: str) -> frozenset[str]:
    """A street name's words to compare, without abbreviations."""
    return frozenset(_ROAD_WORDS.get(word, word) for word in normalise(name))


def _number(number: str) -> str:
    return "".join(normalise(number)).lstrip("0")


def _numbers(number: str) -> set[str]:
    """The numbers that one building's tag may list: "12;14", "12,14"."""
    return {_number(one) for one in re.split(r"[;,]", number)} | {_number(number)}
