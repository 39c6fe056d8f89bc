"""Whether an address names a house, or only a street."""

from __future__ import annotations

import re

from app.domain.vocabulary.usps import COMMON_SUFFIXES

_NUMBER_WORDS = frozenset(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
                           "twelve", "thirteen", "fourteen", "fifteen", "sixteen"))  # fmt: skip
_NUMBERED = re.compile(r"\d|general del", re.IGNORECASE)
_ORDINAL_STREET = re.compile(r"(?:[nsew]\.? )?\d{1,3}(?:st|nd|rd|th) \w+\.?(?: [nsew]\.?)?", re.IGNORECASE)
NO_HOUSE_NUMBER = "has a street without a house number; everybody in that street shares this household"
"""Continues "the field …"."""


def has_house_number(address: str, country: str) -> bool:
    """Return False for an address that is only the name of a street: `Main St`, `5th Ave`.

    Boxes and routes count as numbers; so do names of houses where the country, an ISO 3166-1 code in lower case, has
    them.
    """
    if _NUMBERED.search(address):
        return country != "us" or _ORDINAL_STREET.fullmatch(address) is None
    words = [word.strip(".,").upper() for word in address.split()]
    if words[0].lower() in _NUMBER_WORDS:
        return True
    return country != "us" and ("," in address or not COMMON_SUFFIXES.intersection(words[1:]))
