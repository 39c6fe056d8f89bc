"""The key of an address, the same for all its spellings: cached geocoding results are stored under it.

Upper case, USPS abbreviations, no unit, ZIP5. Two spellings that might mean different places have different keys: one
key too many costs a request, one too few returns the coordinates of another address.
"""

from __future__ import annotations

import re
import unicodedata

from app.domain.addresses.numbered_roads import with_usual_names
from app.domain.addresses.parts import split_unit
from app.domain.vocabulary.states import state_code
from app.domain.vocabulary.usps import DIRECTIONS, SUFFIXES

_DROPPED = re.compile(r"['’`]|(?<!\d)\.|\.(?!\d)")
_SEPARATORS = re.compile(r"[^\w./-]|_|(?<!\d)[-/]|[-/](?!\d)")
_CITY_WORDS = {
    "SAINT": "ST",
    "SAINTE": "STE",
    "FORT": "FT",
    "MOUNT": "MT",
    "NORTH": "N",
    "SOUTH": "S",
    "EAST": "E",
    "WEST": "W",
}


def address_key(
    street: str | None,
    city: str | None,
    county: str | None,
    state: str | None,
    postcode: str | None,
    country: str,
) -> str:
    """Return the key. `country` is ISO 3166-1 alpha-2; the county counts only if there is neither city nor postcode."""
    us = country.lower() == "us"
    parts = (
        country.upper(),
        " ".join(_street(street, us)) if street else "",
        " ".join(_city(city, us)) if city else "",
        (us and state_code(state) or " ".join(_words(state, us))) if state else "",
        _postcode(postcode, us) if postcode else "",
        " ".join(_words(county, us)) if county and not city and not postcode else "",
    )
    return "|".join(parts)


def _words(text: str, us: bool) -> list[str]:
    """Return upper-case words without punctuation, except the points, dashes and slashes of house numbers.

    Accents are removed in the US only: elsewhere they distinguish names.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD" if us else "NFKC", text)
        if us:
            text = "".join(char for char in text if not unicodedata.combining(char))
    return _SEPARATORS.sub(" ", _DROPPED.sub("", text.upper())).split()


def _street(line: str, us: bool) -> list[str]:
    street, _ = split_unit(" ".join(line.split()))
    words = _words(street, us)
    if not us:
        return words
    number: list[str] = []
    while words and words[0][0].isdigit() and len(words) > 1 and (not number or "/" in words[0]):
        number.append(words.pop(0))
    return number + _road(with_usual_names(words))


def _road(words: list[str]) -> list[str]:
    """Abbreviate `EAST MAIN STREET` to `E MAIN ST`. A name must remain: `EAST ST` and `E ST` are different streets."""
    tail: list[str] = []
    if len(words) >= 3 and words[-1] in DIRECTIONS:
        tail.insert(0, DIRECTIONS[words.pop()])
    if len(words) >= 2 and words[-1] in SUFFIXES:
        tail.insert(0, SUFFIXES[words.pop()])
    if len(words) >= 2 and words[0] in DIRECTIONS:
        words[0] = DIRECTIONS[words[0]]
    return ["ST" if word == "SAINT" else word for word in words] + tail


def _city(name: str, us: bool) -> list[str]:
    words = _words(name, us)
    return [_CITY_WORDS.get(words[0], words[0]), *words[1:]] if us and len(words) > 1 else words


def _postcode(text: str, us: bool) -> str:
    if us and text[:5].isdecimal():
        return text[:5]
    plain = "".join(char for char in text.upper() if char.isalnum())
    return plain[:5] if us else plain
