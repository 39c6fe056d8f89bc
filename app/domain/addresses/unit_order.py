"""Move a unit that stands before the street behind it: "Apt 4, 12 Main St" becomes "12 Main St, Apt 4"."""

from __future__ import annotations

import re

from app.domain.addresses.parts import FLOOR, UNIT_WORDS

_LEADING_UNIT = re.compile(
    rf"((?:{UNIT_WORDS})\.? ?(?:# ?)?(?:[a-z]?-?\d{{1,5}}-?[a-z]?|[a-z])\b|# ?[a-z0-9-]{{1,8}}\b|{FLOOR}"
    r"|(?:basement|bsmt|frnt|lowr|penthouse|ph|rear|uppr)\b)[ ,]+(?=\d|[nsew]\d)",
    re.IGNORECASE,
)


def has_leading_unit(street: str) -> bool:
    """Whether the street begins with a unit."""
    return _LEADING_UNIT.match(street) is not None


def with_unit_last(street: str) -> str:
    """Return the street with its unit behind it."""
    match = _LEADING_UNIT.match(street)
    if match is None:
        return street
    unit, rest = match[1].strip(" ,"), street[match.end() :].strip(" ,")
    return f"{rest}, {unit}" if any(map(str.isalpha, rest)) else street
