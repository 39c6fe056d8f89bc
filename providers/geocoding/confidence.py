"""One confidence scale for all providers, computed from the accuracy of an answer and its agreement with the query.

    confidence = BASE[accuracy] × text factor × checks

The providers' own numbers are not comparable: they measure fame (Nominatim's importance), the size of a box, or the
text, and "exact" may come with another house number. Therefore the parts of the matched address are compared with the
query here. An answer that is coarser than the question gets the coarser accuracy. One that contradicts the question is
no house of it: in another direction of the street, or in another postcode, it is at most the street; on another
street, or in another town, state or country, it is at most a place. What cannot be compared is not believed: a house
without its street is at most the street, and the house of a question that names no town is uncertain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import NamedTuple

from app.domain.vocabulary.accuracy import Accuracy
from app.domain.vocabulary.distance import great_circle_metres
from app.domain.vocabulary.roads import Agreement, compare, lacks_direction, normalise
from app.domain.vocabulary.spelling import is_misspelling
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
"""For a street or city that is spelt differently, and a city that may be an alias because it has the postcode."""
LACKING_DIRECTION_FACTOR = 0.85
"""For a street with a direction that the question lacks, or without one that it has: there may be two of them."""
CONTRADICTION_CAP = 0.5
UNPLACED_CAP = 0.5
"""For the house of a question without a town and postcode: other towns have such a house as well."""
LIMITS: Mapping[str, Accuracy] = MappingProxyType(
    {
        "direction": Accuracy.STREET,
        "postcode": Accuracy.STREET,
        "road": Accuracy.PLACE,
        "city": Accuracy.PLACE,
        "state": Accuracy.PLACE,
        "country": Accuracy.REGION,
    }
)
"""The finest accuracy of an answer that differs in this part. `direction` is also another suffix: Oak Ln for Oak St."""

HOUSE_METRES, STREET_METRES = 100.0, 1000.0
"""Maximum distance in metres between a point and the house or street returned for it."""

_US_TERRITORIES = frozenset({"as", "gu", "mp", "pr", "um", "vi"})
_PREFIXES: Mapping[str, str] = MappingProxyType({
    "at": "a", "be": "b", "ch": "ch", "de": "d", "es": "e", "fi": "fin", "fr": "f", "it": "i", "li": "fl", "lu": "l",
    "no": "n", "pl": "pl", "pt": "p", "se": "s",
})  # fmt: skip
"""What may stand before a postcode of digits, besides the code of its country: the sign on its cars."""
_FRACTION_SIGNS: Mapping[str, str] = MappingProxyType({"½": " 1/2", "¼": " 1/4", "¾": " 3/4"})
_FRACTION = re.compile(r"[ -]{0,3}(?<!\d)(\d)/(\d)(?!\d)")
_DECIMALS: Mapping[str, str] = MappingProxyType({"5": "fraction1over2", "50": "fraction1over2"})
MIN_POSTCODE_PREFIX, MAX_STATE_CODE = 2, 3
"""Characters of a part of a postcode, and of the code of a state."""
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
    country: str | None = None
    """ISO 3166-1 alpha-2."""


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
    limits = [LIMITS[part] for part in contradicts if part in LIMITS]
    if query.line and not query.road:
        limits.append(Accuracy.POSTCODE)  # no street was asked for
    accuracy = max(accuracy, *limits, key=lambda one: one.rank) if limits else accuracy
    confidence = BASE[accuracy] * text_factor
    if query.road and match.road:
        if compare(query.road, match.road) is not Agreement.SAME:
            confidence *= OTHER_NAME_FACTOR
        elif lacks_direction(query.road, match.road):
            confidence *= LACKING_DIRECTION_FACTOR
    if query.city and match.cities and not any(same_name(query.city, city) for city in match.cities):
        confidence *= OTHER_NAME_FACTOR
    if not {"postcode", "state", "country"}.isdisjoint(contradicts):
        confidence = min(confidence, CONTRADICTION_CAP)
    if query.road and not (query.city or query.postcode or query.county):
        confidence = min(confidence, UNPLACED_CAP)
    return Assessment(accuracy, round(min(1.0, max(0.0, confidence)), 3), contradicts)


def lower_for_house_number(query: Query, match: Match, accuracy: Accuracy) -> Accuracy:
    """Return `accuracy`, lowered if the house found is not the house asked for."""
    if not accuracy.reaches(Accuracy.INTERPOLATED):
        return accuracy
    asked = query.house_number
    if asked is None or match.house_number is None:
        return Accuracy.STREET if query.street else accuracy
    if not match.road and not _is_named_by_town(query.road, match.cities):
        return Accuracy.STREET  # a house of this number, on whatever street
    if same_house(asked, match.house_number, query.country):
        return accuracy
    return Accuracy.INTERPOLATED if accuracy is Accuracy.ROOFTOP else Accuracy.STREET


def _is_named_by_town(road: str | None, cities: Sequence[str]) -> bool:
    """Whether the houses of a village are numbered without streets, and `road` is the village."""
    return bool(road) and any(same_name(road or "", city) for city in cities)


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
    if query.road and match.road:
        agreement = compare(query.road, match.road)
        if agreement is Agreement.VARIANT:
            yield "direction"
        elif agreement is Agreement.OTHER:
            yield "road"
    has_postcode = False
    if query.postcode and match.postcode:
        codes = [postcode(code, query.country) for code in re.split(r"[;,:]", match.postcode)]
        has_postcode = any(same_postcode(postcode(query.postcode, query.country), code) for code in codes)
        if not has_postcode:
            yield "postcode"
    # towns have many names, of the post and of the government; the postcode tells whether it is another town
    if query.city and match.cities and not has_postcode and not _is_one_of(query.city, match.cities):
        yield "city"
    if query.state and match.state and not same_state(query.state, match.state, query.country):
        yield "state"
    if query.line and match.country and not _is_country(query, match.country):
        yield "country"


def _is_country(query: Query, found: str) -> bool:
    """Whether an answer is in the country asked for; territories of the US have codes of their own."""
    asked, code = query.country.casefold(), found.casefold()
    return code == asked or (asked == "us" and code in _US_TERRITORIES)


def state(name: str) -> str:
    """Return the code of a US state for its code or name; names of other regions are only normalised."""
    words = " ".join(normalise(name.removeprefix("US-")))
    return (state_code(words) or words).lower()


def postcode(code: str, country: str = "us") -> str:
    """Return a postcode for comparison: five digits in the US, letters and digits elsewhere."""
    plain, country = "".join(normalise(code)), country.lower()
    if country == "us":
        return plain[:5]
    for prefix in (country, _PREFIXES.get(country, country)):  # FI-00100, D-10115
        if plain.startswith(prefix) and plain[len(prefix) :].isdecimal():
            return plain[len(prefix) :]
    return plain


def same_postcode(one: str, other: str) -> bool:
    """Whether two postcodes with letters agree as far as both go: K1A is a part of K1A 0B1, SW1A of SW1A 1AA."""
    shorter, longer = sorted((one, other), key=len)
    if shorter == longer:
        return True
    return len(shorter) >= MIN_POSTCODE_PREFIX and not longer.isdecimal() and longer.startswith(shorter)


def same_state(one: str, other: str, country: str = "us") -> bool:
    """Whether two states are the same. Abroad, codes and names cannot be compared, and contradict nothing."""
    if country.lower() == "us":
        return state(one) == state(other)
    names = [" ".join(normalise(name.rpartition("-")[2] if name.isupper() else name)) for name in (one, other)]
    shorter, longer = sorted(names, key=len)
    return shorter == longer or len(shorter) <= MAX_STATE_CODE < len(longer)


def same_name(one: str, other: str) -> bool:
    """Whether two names denote the same settlement."""
    return settlement(one) == settlement(other)


def _is_one_of(city: str, names: Sequence[str]) -> bool:
    return any(same_name(city, name) or is_misspelling(settlement(city), settlement(name)) for name in names)


_GOVERNMENTS = frozenset({"city", "town", "village", "township", "twp", "borough", "municipality"})
_SETTLEMENT_WORDS: Mapping[str, str] = MappingProxyType({
    "st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount", "n": "north", "s": "south", "e": "east", "w": "west",
    "spgs": "springs", "hts": "heights", "pk": "park", "twp": "township",
})  # fmt: skip


def settlement(name: str) -> str:
    """Return a settlement's name for comparison; "St. Louis" equals "Saint Louis", "City of Troy" equals "Troy"."""
    words = normalise(name)
    if len(words) > 2 and words[0] in _GOVERNMENTS and words[1] == "of":
        words = words[2:]
    if len(words) > 1 and words[-1] in _GOVERNMENTS - {"city"}:
        words = words[:-1]
    return "".join(_SETTLEMENT_WORDS.get(word, word) for word in words)


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
    """Return a number for comparison: 37-12 is 3712, but neither 12 1/2 nor 121.2 is 1212."""
    for sign, words in _FRACTION_SIGNS.items():
        number = number.replace(sign, words)
    whole, point, decimals = number.strip().partition(".")
    if point and whole.isdecimal() and decimals.isdecimal():
        number = f"{whole} {_DECIMALS.get(decimals, f'point{decimals}')}" if decimals.strip("0") else whole
    number = _FRACTION.sub(r" fraction\1over\2", number)
    return "".join(normalise(number)).lstrip("0")
