"""The place of an address: town, state and postcode, in one form for all spellings."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from app.domain.addresses.us_places import city_key, us_places
from app.domain.vocabulary.spelling import is_misspelling
from app.domain.vocabulary.states import state_code

MAX_CHARACTERS = 80
_FORM_OF = re.compile(r"(?:city|town|village|township|borough) of (?=\w)", re.IGNORECASE)
_FORM = re.compile(r"(?<=\w) (?:township|twp|borough|boro|village|town)\.?$", re.IGNORECASE)
_NOT_IN_POSTCODE = re.compile(r"[^0-9A-Z]+")


class Place(NamedTuple):
    """Each part is empty if it is unknown. `city` is a key, `state` a code or a name in upper case."""

    city: str = ""
    state: str = ""
    postcode: str = ""


class PlaceFit(IntEnum):
    """How well the place of a street agrees with that of a question, the best first."""

    SAME = 0
    """The same postcode; or the same town, and one of them has no postcode."""
    MISSPELT = 1
    """The town differs by a letter or two, and one of them has no postcode."""
    UNKNOWN = 2
    """They have no part in common that could be compared, apart from the state."""
    OTHER_POSTCODE = 3
    """The same town and another postcode."""
    OTHER = 4
    """Another town or state."""


@lru_cache(maxsize=16_384)
def town_key(name: str) -> str:
    """Return the key of a town: `City of St. Louis` is that of `Saint Louis`, `Elizabeth Township` of `Elizabeth`."""
    plain = " ".join(name[:MAX_CHARACTERS].split())
    return city_key(_FORM.sub("", _FORM_OF.sub("", plain, count=1)))


@lru_cache(maxsize=16_384)
def postcode_key(text: str, country: str) -> str:
    """Return five digits in the US, elsewhere letters and digits in upper case; empty if there are none.

    Spreadsheets drop leading zeros and add `.0`: both are restored.
    """
    plain = _NOT_IN_POSTCODE.sub("", text.upper().removesuffix(".0"))[:12]
    if country != "us":
        return plain
    if not plain.isdecimal() or len(plain) < 3:
        return ""
    return plain.zfill(5) if len(plain) <= 5 else plain.zfill(9)[:5]


@lru_cache(maxsize=1_024)
def state_key(text: str, country: str) -> str:
    """Return the USPS code of a US state, elsewhere the name in upper case."""
    plain = " ".join(text[:MAX_CHARACTERS].split())
    return (state_code(plain) or "") if country == "us" else plain.upper()


def fit_place(asked: Place, found: Place) -> PlaceFit:
    """Return how well two places agree. A postcode has many towns by name, so an equal one decides."""
    if asked.state and found.state and asked.state != found.state:
        return PlaceFit.OTHER
    if asked.postcode and asked.postcode == found.postcode:
        return PlaceFit.SAME
    towns = _fit_towns(asked, found)
    if not (asked.postcode and found.postcode):
        return towns
    return PlaceFit.OTHER_POSTCODE if towns is PlaceFit.SAME else PlaceFit.OTHER


def _fit_towns(asked: Place, found: Place) -> PlaceFit:
    if not asked.city or not (found.city or found.postcode):
        return PlaceFit.UNKNOWN
    if asked.city == found.city or is_a_name_of(asked.city, found.postcode):
        return PlaceFit.SAME
    if found.city and is_misspelling(asked.city, found.city):
        return PlaceFit.MISSPELT
    return PlaceFit.OTHER


def is_a_name_of(city: str, postcode: str) -> bool:
    """Whether the Postal Service knows a town, by its key, in a ZIP code."""
    if not postcode:
        return False
    places = us_places()
    return city in places.accepted.get(postcode, ()) or city in places.avoided.get(postcode, ())
