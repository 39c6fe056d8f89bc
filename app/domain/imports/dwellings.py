"""One household for the people at one address, however each of them is spelt in the register.

The key is of the house number, the street as `address_keys` has it, the unit's identifier and the ZIP code, or the city
where there is none: many addresses have several names of cities. It is stored: a change here makes new households of
old ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from app.domain import addresses
from app.domain.address_keys import address_key
from app.domain.imports.findings import Code

IDENTIFIER = re.compile(r"[0-9A-Z]+$")
LIMITS = {"address": 200, "unit": 50, "city": 100}


@dataclass(frozen=True, slots=True)
class Dwelling:
    """A normalised address. `key` is empty, and there is no household, without a line of it or a place."""

    address: str
    unit: str
    city: str
    state: str
    zip_code: str
    key: str
    """32 hexadecimal digits, or empty."""
    problems: tuple[tuple[str, Code, str, str], ...] = ()
    """(field, code, value, message) of what could not be read and is left out."""


def dwelling(address: str, unit: str, city: str, state: str, zip_code: str, country: str) -> Dwelling:
    """The parts as a register writes them, white space squeezed, empty where unknown."""
    problems: list[tuple[str, Code, str, str]] = []
    if state:
        try:
            state = _state(state, country)
        except ValueError as error:
            problems.append(("state", Code.BAD_STATE, state, str(error)))
            state = ""
    if zip_code:
        try:
            zip_code = _postcode(zip_code, country)
        except ValueError as error:
            problems.append(("zip_code", Code.BAD_ZIP, zip_code, str(error)))
            zip_code = ""
    if len(address) > LIMITS["address"] or len(unit) > LIMITS["unit"] or len(city) > LIMITS["city"]:
        given = {"address": address, "unit": unit, "city": city}
        for name in [name for name, value in given.items() if len(value) > LIMITS[name]]:
            problems.append((name, Code.TOO_LONG, given[name], f"has more than {LIMITS[name]} characters"))
            given[name] = ""
        address, unit, city = given.values()
    rest, found = addresses.split_unit(address)
    if found and (not unit or addresses.same_unit(unit, found)):
        address, unit = rest, unit or found
    key = _key(address, unit, city, state, zip_code, country) if address and (city or zip_code) else ""
    return Dwelling(address, unit, city, state, zip_code, key, tuple(problems))


def _key(address: str, unit: str, city: str, state: str, zip_code: str, country: str) -> str:
    number, _, road = address.partition(" ")
    if not number[0].isdigit():
        number, road = "", address
    identifier = IDENTIFIER.search(unit.upper())
    place = zip_code[:5] or city.casefold()
    parts = (number.upper(), _road(road, country), identifier[0] if identifier else unit.upper(), place, state, country)
    return blake2b("|".join(parts).encode(), digest_size=16).hexdigest()


# Many houses stand in one street, and many streets in one place.
_state = lru_cache(maxsize=256)(addresses.state)
_postcode = lru_cache(maxsize=4096)(addresses.postcode)


@lru_cache(maxsize=8192)
def _road(road: str, country: str) -> str:
    return address_key(road, None, None, None, None, country)
