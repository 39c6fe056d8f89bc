"""One key for every spelling of an address: what a cache of answers is looked up by.

Upper case, USPS abbreviations, no unit, ZIP5. Two spellings that might mean different places keep different keys: a key
too many costs a request, a key too few gives someone another's coordinates.
"""

from __future__ import annotations

import re
import unicodedata

from app.domain.addresses.parts import split_unit
from app.domain.vocabulary.states import state_code
from app.domain.vocabulary.usps import DIRECTIONS, SUFFIXES

_DROPPED = re.compile(r"['’`]|(?<!\d)\.|\.(?!\d)")
_SEPARATORS = re.compile(r"[^\w./-]|_|(?<!\d)[-/]|[-/](?!\d)")
_CITY_WORDS = {"SAINT": "ST", "SAINTE": "STE", "FORT": "FT", "MOUNT": "MT"}


def address_key(
    street: str | None,
    city: str | None,
    county: str | None,
    state: str | None,
    postcode: str | None,
    country: str,
) -> str:
    """The key; `country` is ISO 3166-1 alpha-2. The county counts only where neither city nor postcode is given."""
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
    """Upper-case words without punctuation, save the points, dashes and slashes of house numbers.

    Accents go in the US only: elsewhere they tell names apart.
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
    return number + _road(words)


def _road(words: list[str]) -> list[str]:
    """`EAST MAIN STREET` as `E MAIN ST`. What would leave no name is the name: `EAST ST` and `E ST` are two streets."""
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
