"""The fields of an address as people write them, checked and normalised.

A field that cannot be right adds (field, message) to a list of problems; the message continues "the field …".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.addresses import parts
from app.domain.addresses.local_forms import LOCALITY, is_locality, sort_local_fields
from app.domain.addresses.placeholders import is_placeholder, placeholder_message
from app.domain.addresses.postcode_countries import country_of_postcode
from app.domain.addresses.us_fields import UsFields, sort_us_fields
from app.domain.text.columns import STREET_PARTS
from app.domain.text.numbers import number_text
from app.domain.vocabulary.countries import country_field_code
from app.domain.vocabulary.states import state_code

MAX_CHARACTERS = {
    "address": 200,
    "house_number": 20,
    "house_fraction": 10,
    "pre_direction": 20,
    "street": 180,
    "street_type": 30,
    "post_direction": 20,
    "unit": 50,
    "city": 100,
    "state": 100,
    "zip_code": 20,
    "country": 60,
    "county": 100,
}
"""Maximum characters per field, after white space is collapsed."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

Problems = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class NormalisedAddress:
    """`street` is house number and street without the unit, empty if unknown; `country` is an ISO 3166-1 code."""

    street: str
    unit: str | None
    city: str | None
    state: str | None
    zip_code: str | None
    country: str
    county: str | None


def clean(
    values: Mapping[str, Any],
    limits: Mapping[str, int],
    problems: Problems,
    default_country: str,
    notes: Problems | None = None,
) -> dict[str, str]:
    """Return the texts of the fields that are good and not empty, white space squeezed. Numbers are taken as text.

    Placeholders in fields of an address count as empty; `notes` gets them.
    """
    texts: dict[str, str] = {}
    for field, value in values.items():
        try:
            text = _text(value, limits[field])
        except ValueError as error:
            problems.append((field, str(error)))
        else:
            if text:
                texts[field] = text
    country = country_field_code(texts.get("country", default_country)) or default_country
    for field in [name for name in texts if name in MAX_CHARACTERS]:
        if is_placeholder(field, texts[field], country):
            text = texts.pop(field)
            if notes is not None:
                notes.append((field, placeholder_message(text)))
    return texts


def normalise(
    texts: Mapping[str, str], default_country: str, problems: Problems, notes: Problems | None = None
) -> NormalisedAddress | None:
    """Return the address in texts that `clean` returned; None where something is wrong with it.

    With `notes`, a state or postcode that cannot be right is left out and noted there; without, it is a problem.
    """
    country = country_field_code(texts.get("country", default_country))
    if country is None:
        problems.append(("country", "is not known; use a name such as Germany or an ISO 3166 code such as de"))
        return None
    if country == "us" and "country" not in texts and state_code(texts.get("state", "")) is None:
        country = country_of_postcode(texts.get("zip_code", "")) or country
    texts = _sorted(texts, country, notes)
    normalised: dict[str, str] = {}
    for field, normalise_part in (("state", parts.normalise_state), ("zip_code", parts.normalise_postcode)):
        if texts.get(field):
            try:
                normalised[field] = normalise_part(texts[field], country)
            except ValueError as error:
                (problems if notes is None else notes).append((field, str(error)))
    if problems:
        return None
    street = street_line(texts)
    unit = texts.get("unit") or None
    without_unit, found = parts.split_unit(street)
    if found and (unit is None or parts.same_unit(unit, found)):
        street, unit = without_unit, unit or found
    state, zip_code = normalised.get("state"), normalised.get("zip_code")
    return NormalisedAddress(street, unit, texts.get("city") or None, state, zip_code, country, texts.get("county"))


def _sorted(texts: Mapping[str, str], country: str, notes: Problems | None) -> Mapping[str, str]:
    """Return the texts with every part of the address in its own field."""
    if country != "us":
        return _sorted_abroad(texts, country, notes)
    line = "" if street_in_parts(texts) else texts.get("address", "")
    found = sort_us_fields(UsFields(line, *(texts.get(name, "") for name in ("unit", "city", "state", "zip_code"))))
    if found.recipient and notes is not None:
        notes.append(("address", f"has {found.recipient!r}, which is no part of an address"))
    fields = (
        ("address", "unit", "city", "state", "zip_code") if line or found.address else ("city", "state", "zip_code")
    )
    return {**texts, **{name: getattr(found, name) for name in fields}}


def _sorted_abroad(texts: Mapping[str, str], country: str, notes: Problems | None) -> Mapping[str, str]:
    line = street_line(texts)
    if not line:
        return texts
    given = line, texts.get("unit", ""), texts.get("city", "")
    address, unit, city = found = sort_local_fields(*given, country)
    if notes is not None and is_locality(given[1], found):
        notes.append(("unit", f"has {given[1]!r}, which {LOCALITY}"))
    others = {name: text for name, text in texts.items() if name not in STREET_PARTS}
    return {**others, "address": address, "unit": unit, "city": city}


def street_in_parts(texts: Mapping[str, str]) -> bool:
    """Whether the line of the street is made of its parts, not of `address` alone."""
    address, number, street = (texts.get(field, "") for field in ("address", "house_number", "street"))
    return not (address and (street or not number or address[0].isdigit()))


def street_line(texts: Mapping[str, str]) -> str:
    """Return the line of house number and street; empty without a street.

    A full `address` counts before its parts. One that does not begin with a number, beside a house number and no
    street, is the name of the street.
    """
    address, street = texts.get("address", ""), texts.get("street", "")
    if not street_in_parts(texts):
        return address
    if not (address or street):
        return ""
    return " ".join(
        part for field in STREET_PARTS if (part := (address or street) if field == "street" else texts.get(field, ""))
    )


def _text(value: Any, limit: int) -> str:
    """Raises ValueError for a value that is neither text nor a number, or too long."""
    if (isinstance(value, float) and value.is_integer()) or type(value) is int:
        value = number_text(value)
    if not isinstance(value, str):
        raise ValueError("must be text")
    text = " ".join(value.split())
    if len(text) > limit:
        raise ValueError(f"must have at most {limit} characters")
    if not text.isprintable() and _CONTROL.search(text):
        raise ValueError("must not contain control characters")
    return text
