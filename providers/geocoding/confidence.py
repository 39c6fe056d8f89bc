"""One confidence scale for all providers, computed from the accuracy of an answer and its agreement with the query.

    confidence = BASE[accuracy] × text factor × checks

The providers' own numbers are not comparable: they measure fame (Nominatim's importance), the size of a box, or the
text, and "exact" may come with another house number. Therefore the parts of the matched address are compared with the
query here, and an answer that is coarser than the question gets the coarser accuracy.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import NamedTuple

from app.domain.vocabulary import usps
from app.domain.vocabulary.accuracy import Accuracy
from app.domain.vocabulary.distance import great_circle_metres
from app.domain.vocabulary.states import state_code
from providers.geocoding.base import Location, Query

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

OTHER_NAME_FACTOR = 0.8
"""Another city or street name may be an alias; another ZIP or state is a contradiction."""
CONTRADICTION_CAP = 0.5

HOUSE_METRES, STREET_METRES = 100.0, 1000.0
"""Maximum distance in metres between a point and the house or street returned for it."""

_APOSTROPHES = re.compile("['’]")
_PUNCTUATION = re.compile(r"[^\w\s]|_")
_RANGE = re.compile(r"(?P<first>\d{1,6})(?:\s*[-–]\s*(?P<last>\d{1,6}))?\s*(?:(?P<letter>[^\W\d_])(?:\s+\d+)?)?")


@dataclass(frozen=True, slots=True)
class Match:
    """The parts of the address that a provider matched; None (or no cities) where it does not say.

    `cities` are all names of the settlement: city, town, suburb, municipality.
    """

    house_number: str | None = None
    road: str | None = None
    cities: tuple[str, ...] = ()
    state: str | None = None
    postcode: str | None = None


class Assessment(NamedTuple):
    """Accuracy and confidence of an answer. `contradicts` lists the parts of the query for which it differs."""

    accuracy: Accuracy
    confidence: float
    contradicts: tuple[str, ...]


def assess(query: Query, match: Match, accuracy: Accuracy, text_factor: float = 1.0) -> Assessment:
    """Return the accuracy of an answer and its confidence from 0 to 1, rounded to three digits.

    `accuracy` is what the provider claims; `text_factor` is its own measure of the text match, if it has one.
    """
    contradicts = tuple(_contradictions(query, match))
    accuracy = lower_for_house_number(query, match, accuracy)
    confidence = BASE[accuracy] * text_factor
    if query.road and match.road and not same_road(query.road, match.road):
        confidence *= OTHER_NAME_FACTOR
    if query.city and match.cities and not any(same_name(query.city, city) for city in match.cities):
        confidence *= OTHER_NAME_FACTOR
    if "postcode" in contradicts or "state" in contradicts:  # a different house number has already lowered the accuracy
        confidence = min(confidence, CONTRADICTION_CAP)
    return Assessment(accuracy, round(min(1.0, max(0.0, confidence)), 3), contradicts)


def lower_for_house_number(query: Query, match: Match, accuracy: Accuracy) -> Accuracy:
    """Return `accuracy`, lowered if the house found is not the house asked for."""
    if not accuracy.reaches(Accuracy.INTERPOLATED):
        return accuracy
    asked = query.house_number
    if asked is None or match.house_number is None:
        return Accuracy.STREET if query.street else accuracy
    if same_house(asked, match.house_number, query.country):
        return accuracy
    return Accuracy.INTERPOLATED if accuracy is Accuracy.ROOFTOP else Accuracy.STREET


def lower_for_distance(location: Location, latitude: float, longitude: float) -> Location:
    """Lower the accuracy of a reverse result by its distance from the point.

    A house beyond HOUSE_METRES counts as its street, a street beyond STREET_METRES as its place.
    """
    distance = great_circle_metres(location.latitude, location.longitude, latitude, longitude)
    accuracy = location.accuracy
    if accuracy.reaches(Accuracy.INTERPOLATED) and distance > HOUSE_METRES:
        accuracy = Accuracy.STREET
    if accuracy is Accuracy.STREET and distance > STREET_METRES:
        accuracy = Accuracy.PLACE
    return replace(location, accuracy=accuracy, confidence=min(location.confidence, BASE[accuracy]))


def _contradictions(query: Query, match: Match) -> Iterator[str]:
    asked, found = query.house_number, match.house_number
    if asked and found and not same_house(asked, found, query.country):
        yield "house_number"
    if query.postcode and match.postcode:
        codes = {postcode(code, query.country) for code in re.split(r"[;,:]", match.postcode)}
        if postcode(query.postcode, query.country) not in codes:
            yield "postcode"
    if query.state and match.state and state(query.state) != state(match.state):
        yield "state"


def normalise(text: str) -> list[str]:
    """Return the words of `text` without case, accents and punctuation."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _PUNCTUATION.sub(" ", _APOSTROPHES.sub("", text.casefold())).split()


def state(name: str) -> str:
    """Return the code of a US state for its code or name; names of other regions are only normalised."""
    words = " ".join(normalise(name.removeprefix("US-")))
    return (state_code(words) or words).lower()


def postcode(code: str, country: str = "us") -> str:
    """Return a postcode for comparison: five digits in the US, letters and digits elsewhere."""
    plain = "".join(normalise(code))
    return plain[:5] if country.lower() == "us" else plain


def same_name(one: str, other: str) -> bool:
    """Whether two names denote the same settlement."""
    return settlement(one) == settlement(other)


def same_road(one: str, other: str) -> bool:
    """Whether two street names are equal apart from abbreviations and a missing suffix or direction.

    "E 11th Ave" equals "East 11th Avenue" and "11th", but not "W 11th Ave"; "Oak St" does not equal "Oak Ln".
    """
    ours, theirs = road_words(one), road_words(other)
    shorter, longer = sorted((ours, theirs), key=len)
    return shorter == longer or (bool(shorter - _ORDINARY) and shorter < longer and longer - shorter <= _ORDINARY)


_SETTLEMENT_WORDS: Mapping[str, str] = MappingProxyType({
    "st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount", "n": "north", "s": "south", "e": "east", "w": "west",
    "spgs": "springs", "hts": "heights", "pk": "park", "twp": "township",
})  # fmt: skip

# "St" is Street or Saint. Both become the same word, so that "St Charles Ave" equals "Saint Charles Avenue".
_ROAD_WORDS: Mapping[str, str] = MappingProxyType(
    {word.lower(): code.lower() for word, code in {**usps.SUFFIXES, **usps.DIRECTIONS, "SAINT": "ST"}.items()}
)
_ORDINARY = frozenset(_ROAD_WORDS.values())


def settlement(name: str) -> str:
    """Return a settlement's name for comparison; "St. Louis" equals "Saint Louis"."""
    return "".join(_SETTLEMENT_WORDS.get(word, word) for word in normalise(name))


def road_words(name: str) -> frozenset[str]:
    """Return the words of a street name for comparison, suffixes and directions as USPS abbreviates them."""
    return frozenset(_ROAD_WORDS.get(word, word) for word in normalise(name))


def same_house(asked: str, found: str, country: str = "us") -> bool:
    """Whether the house found is the house asked for. The found tag may list several numbers ("12;14").

    Outside the US "8-12" is a building with all numbers on that side of the street from 8 to 12, and the entrance
    "8 B" belongs to the building "8". In the US "8-12" is a single number, and "8" and "8B" are different houses.
    """
    if _plain(asked) in {_plain(number) for number in (found, *re.split(r"[;,]", found))}:
        return True
    if country.lower() == "us":
        return False
    return any(_covers(number, asked) or _covers(asked, number) for number in re.split(r"[;,]", found))


def _covers(building: str, number: str) -> bool:
    range_, one = _RANGE.fullmatch(building.strip()), _RANGE.fullmatch(number.strip())
    if range_ is None or one is None or one["last"]:
        return False
    first, last, asked = int(range_["first"]), int(range_["last"] or range_["first"]), int(one["first"])
    if range_["letter"] and range_["letter"].casefold() != (one["letter"] or "").casefold():
        return False
    return min(first, last) <= asked <= max(first, last) and (asked - first) % 2 == 0


def _plain(number: str) -> str:
    return "".join(normalise(number)).lstrip("0")
