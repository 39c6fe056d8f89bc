"""One household for all people at one address, whatever spelling of it the register has for each of them.

The key is made of the house number, the street as `address_key` has it, the unit's identifiers and the ZIP code, or
the city where there is no ZIP code: many addresses have several city names. Keys are stored: a change here creates new
households for existing addresses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b

from app.domain.addresses.keys import address_key
from app.domain.addresses.local_forms import LOCALITY, find_postcode_line, is_locality, sort_local_fields
from app.domain.addresses.parts import normalise_postcode, normalise_state, same_unit, split_unit
from app.domain.addresses.placeholders import is_placeholder, placeholder_message
from app.domain.addresses.us_fields import UsFields, sort_us_fields
from app.domain.imports.row_problems import ProblemCode

_DESIGNATOR = re.compile(
    r"\b(?:APARTMENT|APT|BUILDING|BLDG|DEPARTMENT|DEPT|FLOOR|FL|HANGAR|HNGR|LOT|NO|NUMBER|PIER|ROOM|RM|SLIP|SPACE|SPC"
    r"|SUITE|STE|TRAILER|TRLR|UNIT)(?:\b|(?=\d))"
)
"""Kinds of units (USPS Publication 28, appendix C2)."""
_WORD = re.compile(r"\w+")
_INNER_DASH = re.compile(r"(?<=\d)-(?=[A-Z])|(?<=[A-Z])-(?=\d)")
FIELDS = ("address", "unit", "city", "state", "zip_code")
LIMITS = {"address": 200, "unit": 50, "city": 100}
"""Characters."""
MAX_LINE_CHARACTERS = 400
"""Longest `address` that is taken apart."""


Problem = tuple[str, ProblemCode, str, str]
"""Field, code, value and message."""


@dataclass(frozen=True, slots=True)
class Dwelling:
    """A normalised address. Without a street, or without a ZIP code or city, `key` is empty: there is no household."""

    address: str
    unit: str
    city: str
    state: str
    zip_code: str
    key: str
    """32 hexadecimal digits, or empty."""
    problems: tuple[Problem, ...] = ()
    """Of values that could not be read and are left out."""


def normalise_dwelling(
    address: str, unit: str, city: str, state: str, zip_code: str, country: str, *, keyed: bool = True
) -> Dwelling:
    """Normalise the parts as a register writes them: white space squeezed, empty if unknown.

    Without `keyed`, the key stays empty, which saves a tenth of the time.
    """
    problems: list[Problem] = []
    given = dict(zip(FIELDS, (address, unit, city, state, zip_code), strict=True))
    for field, text in given.items():
        if is_placeholder(field, text, country):
            problems.append((field, ProblemCode.PLACEHOLDER, text, placeholder_message(text)))
            given[field] = ""
    fields = UsFields(*given.values())
    if len(fields.address) <= MAX_LINE_CHARACTERS:  # a longer one is reported below
        fields = _sorted(fields, country, problems)
    address, unit, city, state, zip_code = fields.address, fields.unit, fields.city, fields.state, fields.zip_code
    if state:
        try:
            state = _state(state, country)
        except ValueError as error:
            problems.append(("state", ProblemCode.BAD_STATE, state, str(error)))
            state = ""
    if zip_code:
        try:
            zip_code = _postcode(zip_code, country)
        except ValueError as error:
            problems.append(("zip_code", ProblemCode.BAD_ZIP, zip_code, str(error)))
            zip_code = ""
    if len(address) > LIMITS["address"] or len(unit) > LIMITS["unit"] or len(city) > LIMITS["city"]:
        given = {"address": address, "unit": unit, "city": city}
        for name in [name for name, value in given.items() if len(value) > LIMITS[name]]:
            problems.append((name, ProblemCode.TOO_LONG, given[name], f"has more than {LIMITS[name]} characters"))
            given[name] = ""
        address, unit, city = given.values()
    rest, behind = split_unit(address)
    if behind and (not unit or same_unit(unit, behind)):
        address, unit = rest, unit or behind
    has_key = keyed and address and (city or zip_code)
    key = _key(address, unit, city, state, zip_code, country) if has_key else ""
    return Dwelling(address, unit, city, state, zip_code, key, tuple(problems))


def _sorted(fields: UsFields, country: str, problems: list[Problem]) -> UsFields:
    """Return the fields with every part of the address in its own."""
    if country == "us":
        found = sort_us_fields(fields)
        if found.recipient:
            message = "begins with a name, which is no part of an address; it is left out"
            problems.append(("address", ProblemCode.RECIPIENT, found.recipient, message))
        return found
    address, unit, city = abroad = sort_local_fields(fields.address, fields.unit, fields.city, country)
    if is_locality(fields.unit, abroad):
        problems.append(("unit", ProblemCode.LOCALITY, fields.unit, LOCALITY))
    zip_code = fields.zip_code or find_postcode_line(fields.address, country)
    return replace(fields, address=address, unit=unit, city=city, zip_code=zip_code)


def _key(address: str, unit: str, city: str, state: str, zip_code: str, country: str) -> str:
    number, _, road = address.partition(" ")
    if not number[0].isdigit():
        number, road = "", address
    place = (zip_code[:5] if country == "us" else zip_code) or city.casefold()
    parts = (number.upper(), _road(road, country), _unit(unit), place, state, country)
    return blake2b("|".join(parts).encode(), digest_size=16).hexdigest()


def _unit(unit: str) -> str:
    """Return the identifiers of a unit: `4B` of `APT 4-B`, `# 4B` and `Unit 4B`, `2 3` of `Bldg 2 Apt 3`.

    A dash between numbers stays a boundary: 1-12, 11-2 and 112 are three units.
    """
    text = unit.upper()
    return " ".join(_WORD.findall(_INNER_DASH.sub("", _DESIGNATOR.sub(" ", text)))) or text


# Many houses stand in one street, and many streets in one place.
_state = lru_cache(maxsize=256)(normalise_state)
_postcode = lru_cache(maxsize=4096)(normalise_postcode)


@lru_cache(maxsize=8192)
def _road(road: str, country: str) -> str:
    return address_key(road, None, None, None, None, country)
