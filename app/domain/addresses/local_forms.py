"""Addresses as they are written outside the United States, with every part in its own field."""

from __future__ import annotations

import re
from collections.abc import Callable

from app.domain.addresses.british_lines import sort_british_lines
from app.domain.addresses.postcode_countries import country_of_postcode
from app.domain.addresses.unit_order import with_unit_last

# Mannerheimintie 5 A 12: house 5, staircase A, flat 12
_FINNISH = re.compile(
    r"([^\d].{0,150}? \d{1,4}(?:[-–]\d{1,4})?[a-z]?)[ ,]{1,2}"
    r"(?:(?:as|asunto|bst|lgh)\b\.? ?(\d{1,4}[a-z]?)|([a-z]{1,2}) ?(?:(?:as|asunto|bst|lgh)\b\.? ?)?(\d{1,4} ?[a-z]?))",
    re.IGNORECASE,
)
# Storgatan 5 A lgh 1201
_SWEDISH = re.compile(r"([^\d].{0,150}? \d{1,4}(?: ?[a-z])?)[ ,]{1,2}(lgh\.? ?\d{4})", re.IGNORECASE)
# Storgata 5 H0201
_NORWEGIAN = re.compile(r"([^\d].{0,150}? \d{1,4}(?: ?[a-z])?)[ ,]{1,2}([HKLU]\d{4})", re.IGNORECASE)
# Vestergade 5, 3. tv
_DANISH = re.compile(
    r"([^\d].{0,150}? \d{1,4}(?: ?[a-z])?)[ ,]{1,2}((?:\d{1,2}|st|kl)\.?(?:[ ,]{1,2}(?:tv|th|mf|\d{1,3}))?\.?)",
    re.IGNORECASE,
)
# Długa 5/12, Długa 5 m. 12
_POLISH = re.compile(r"([^\d].{0,150}? \d{1,4}[a-z]?)(?: ?/ ?| (?:m|lok)\.? ?)(\d{1,4}[a-z]?)", re.IGNORECASE)
# Hauptstraße 5/2/12: house 5, staircase 2, door 12
_AUSTRIAN = re.compile(r"([^\d].{0,150}? \d{1,4}(?:-\d{1,4})?[a-z]?) ?/ ?(\d{1,4}[a-z]?(?: ?/ ?\d{1,4}[a-z]?){0,2})",
                       re.IGNORECASE)  # fmt: skip
# 4/12 Smith St: unit 4 of house 12
_AUSTRALIAN = re.compile(
    r"((?:(?:unit|flat|apartment|apt|shop|suite|villa|u)\.? ?)?\d{1,4}[a-z]?)"
    r" ?/ ?(\d{1,5}[a-z]?(?:-\d{1,5}[a-z]?)? .{2,180})",
    re.IGNORECASE,
)


def _number_last(pattern: re.Pattern[str]) -> Callable[[str], tuple[str, str]]:
    def split(line: str) -> tuple[str, str]:
        match = pattern.fullmatch(line)
        return (match[1].rstrip(" ,"), match[2]) if match else (line, "")

    return split


def _split_finnish(line: str) -> tuple[str, str]:
    match = _FINNISH.fullmatch(line)
    if match is None:
        return line, ""
    staircase, flat = match[3], match[2] or match[4]
    return match[1].rstrip(" ,"), f"{staircase.upper()} {flat}" if staircase else flat


def _split_australian(line: str) -> tuple[str, str]:
    match = _AUSTRALIAN.fullmatch(line)
    return (match[2], match[1]) if match else (line, "")


_FLATS: dict[str, Callable[[str], tuple[str, str]]] = {
    "fi": _split_finnish,
    "ax": _split_finnish,
    "se": _number_last(_SWEDISH),
    "no": _number_last(_NORWEGIAN),
    "dk": _number_last(_DANISH),
    "pl": _number_last(_POLISH),
    "at": _number_last(_AUSTRIAN),
    "au": _split_australian,
    "nz": _split_australian,
}
"""Country to what splits a line into the street with its number and the flat, which is empty if there is none."""


def is_locality(unit: str, sorted_fields: tuple[str, str, str]) -> bool:
    """Whether the text of a unit is in none of the fields that `sort_local_fields` returned: it was no unit."""
    return bool(unit) and not any(unit in field for field in sorted_fields)


def find_postcode_line(address: str, country: str) -> str:
    """Return the line of an address that is nothing but a British postcode; empty if there is none."""
    if country != "gb" or "\n" not in address:
        return ""
    lines = (line.strip(" ,") for line in address.split("\n"))
    return next((line for line in lines if country_of_postcode(line) == "gb"), "")


LOCALITY = "is taken for a part of the town, and left out"
"""Continues "the field …"."""


def sort_local_fields(address: str, unit: str, city: str, country: str) -> tuple[str, str, str]:
    """Return street, unit and city of an address in a country other than the United States.

    Nothing is moved over a unit or a city that is already there. Lines of an address may be separated by line feeds.
    """
    if country in ("gb", "ie"):
        return sort_british_lines(address.split("\n"), unit, city)
    address = with_unit_last(", ".join(filter(None, address.split("\n"))))
    if not unit and (split := _FLATS.get(country)) is not None:
        address, unit = split(address)
    return address, unit, city
