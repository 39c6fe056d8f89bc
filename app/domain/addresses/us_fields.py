"""Put the parts of a US address into the fields they belong to, where people put them into others.

A city field with "Concord, CA 94520", a whole address beside its city and ZIP code, a unit before the street, or street
and unit in each other's fields. Nothing is moved over a value that is already there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from app.domain.addresses.parts import split_unit
from app.domain.addresses.unit_order import has_leading_unit, with_unit_last
from app.domain.addresses.us_parser import CARE_OF, parse_us
from app.domain.addresses.us_places import city_key
from app.domain.vocabulary.states import STATES, state_code
from app.domain.vocabulary.usps import COMMON_SUFFIXES

_PLAIN_STREET = re.compile(r"\d[\w'./-]*(?: [\w'.&/-]+)+", re.ASCII)
_ENDS_WITH_ZIP = re.compile(r"(?<!\d)\d{5}(?:-\d{4})?$", re.ASCII)
_STREET = re.compile(r"\d[\w/-]* .*[a-z]{2}", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class UsFields:
    """The fields of an address with single spaces, empty if unknown."""

    address: str
    unit: str
    city: str
    state: str
    zip_code: str
    recipient: str = ""
    """What stood before the address and is no part of it: a name, a building."""


NOTHING = UsFields("", "", "", "", "")
PLACES = ("city", "state", "zip_code")


def sort_us_fields(fields: UsFields) -> UsFields:
    """Return the fields with every part in its own. Fields that look right are returned as they are, quickly."""
    if not _places_look_right(fields):
        fields = _places_apart(fields)
    if fields.unit and (CARE_OF.match(fields.unit) or not _STREET.match(fields.address)):
        fields = _street_from_unit(fields)
    if fields.city and fields.address.casefold().endswith(fields.city.casefold()):
        fields = _without_city(fields)
    if _street_looks_right(fields) and (fields.city or fields.zip_code):
        return fields
    if fields.address:
        fields = _line_apart(fields)
    return fields


def _places_look_right(fields: UsFields) -> bool:
    city, state, zip_code = fields.city, fields.state, fields.zip_code
    return (
        (not city or city.isalpha() or not ("," in city or any(map(str.isdigit, city)) or _ends_with_state(city)))
        and (len(state) <= 2 or not ("," in state or any(map(str.isdigit, state))))
        and (not zip_code or zip_code[:5].isdecimal() or not any(map(str.isalpha, zip_code)))
    )


def _ends_with_state(city: str) -> bool:
    """Whether the last word may be a state, as in "LOS ANGELES CA"."""
    return city[-3:-2] == " " and city[-2:].upper() in STATES


def _street_looks_right(fields: UsFields) -> bool:
    address = fields.address
    return (
        _PLAIN_STREET.fullmatch(address) is not None
        and not _ENDS_WITH_ZIP.search(address)
        and not (fields.state and address.upper().endswith(f" {fields.state.upper()}"))
    )


def _places_apart(fields: UsFields) -> UsFields:
    """Take apart "Concord, CA 94520" in any of the fields of the city, the state and the ZIP code."""
    for name in PLACES:
        text = getattr(fields, name)
        if not text or _places_look_right(replace(NOTHING, **{name: text})):
            continue
        found = _places_of(text)
        if found.get(name):
            others = {other: value for other, value in found.items() if value and not getattr(fields, other)}
            fields = replace(fields, **others, **{name: found[name]})
    return fields


def _places_of(text: str) -> dict[str, str]:
    """Return city, state and ZIP code of "Concord, CA 94520" or "CA 94520"; nothing where there is more."""
    found = parse_us(f"A, {text}")
    if found["state"] and found["city"] in ("", "A"):
        return {"state": found["state"], "zip_code": found["zip_code"]}
    found = parse_us(text)
    return {} if found["address"] or found["recipient"] else {name: found[name] for name in PLACES}


def _street_from_unit(fields: UsFields) -> UsFields:
    """Take the street from the field of the unit where that of the street has the unit, a recipient, or nothing."""
    address, unit = fields.address, fields.unit
    if CARE_OF.match(unit) and _STREET.match(address):
        return replace(fields, unit="", recipient=unit)
    if not _STREET.match(unit) or split_unit(f"1 A St {unit}")[1] == unit:
        return fields
    if not address:
        return replace(fields, address=unit, unit="")
    if split_unit(f"1 A St {address}") == ("1 A St", address):
        return replace(fields, address=unit, unit=address)
    if CARE_OF.match(address) or not any(map(str.isdigit, address)):
        return replace(fields, address=unit, unit="", recipient=address)
    return fields


def _without_city(fields: UsFields) -> UsFields:
    """Leave out the city at the end of the street, unless it may be the name of the street."""
    street = fields.address[: -len(fields.city)]
    words = street.rstrip(" ,").split()
    whole = len(words) > 2 and (words[-1].strip(".").upper() in COMMON_SUFFIXES or split_unit(" ".join(words))[1])
    return replace(fields, address=" ".join(words)) if whole and street[-1] in " ," else fields


def _line_apart(fields: UsFields) -> UsFields:
    """Take the city, state and ZIP code off the street if they are unknown, or the same as in their fields."""
    line = fields.address
    found = parse_us(line)
    if not (fields.city or fields.zip_code):
        if not (found["address"] or found["city"] or found["zip_code"]):
            return fields
        return replace(
            fields,
            address=found["address"],
            city=found["city"],
            state=fields.state or found["state"],
            zip_code=found["zip_code"],
            recipient=fields.recipient or found["recipient"],
        )
    if found["address"] and _repeats(found, fields):
        return replace(
            fields,
            address=found["address"],
            city=fields.city or found["city"],
            state=fields.state or found["state"],
            zip_code=fields.zip_code or found["zip_code"],
            recipient=fields.recipient or found["recipient"],
        )
    if has_leading_unit(line):
        return replace(fields, address=with_unit_last(line))
    if not _STREET.match(line) and "," in line:
        alone = parse_us(f"{line}, {fields.city or 'A'}, {fields.state} {fields.zip_code}")
        if alone["recipient"] and _STREET.match(alone["address"]):
            return replace(fields, address=alone["address"], recipient=fields.recipient or alone["recipient"])
    return fields


def _repeats(found: dict[str, str], fields: UsFields) -> bool:
    """Whether the places on the line are those of the fields, as far as both name them; a state is not enough."""
    if found["state"] and fields.state and found["state"] != state_code(fields.state):
        return False
    same = 0
    if found["zip_code"] and fields.zip_code:
        if found["zip_code"][:5] != fields.zip_code[:5]:
            return False
        same += 1
    if found["city"] and fields.city:
        if city_key(found["city"]) != city_key(fields.city):
            return False
        same += 1
    return same > 0
