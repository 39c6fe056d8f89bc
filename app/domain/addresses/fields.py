"""The fields of an address as people write them, checked and normalised.

A field that cannot be right adds (field, message) to a list of problems; the message continues "the field …".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.addresses import parts

MAX_CHARACTERS = {
    "address": 200,
    "house_number": 20,
    "street": 180,
    "unit": 50,
    "city": 100,
    "state": 100,
    "zip_code": 20,
    "country": 60,
    "county": 100,
}
"""Maximum characters per field, after white space is collapsed."""

_COUNTRY = re.compile(r"[a-z]{2}", re.ASCII)
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


def clean(values: Mapping[str, Any], limits: Mapping[str, int], problems: Problems) -> dict[str, str]:
    """Return the texts of the fields that are good and not empty, white space squeezed. Numbers are taken as text."""
    texts: dict[str, str] = {}
    for field, value in values.items():
        try:
            text = _text(value, limits[field])
        except ValueError as error:
            problems.append((field, str(error)))
        else:
            if text:
                texts[field] = text
    return texts


def normalise(texts: Mapping[str, str], default_country: str, problems: Problems) -> NormalisedAddress | None:
    """Return the address in texts that `clean` returned; None where something is wrong with it."""
    country = texts.get("country", default_country).lower()
    if not _COUNTRY.fullmatch(country):
        problems.append(("country", "must be a two-letter ISO 3166 code such as us"))
        return None
    normalised: dict[str, str] = {}
    for field, normalise_part in (("state", parts.normalise_state), ("zip_code", parts.normalise_postcode)):
        if field in texts:
            try:
                normalised[field] = normalise_part(texts[field], country)
            except ValueError as error:
                problems.append((field, str(error)))
    if problems:
        return None
    street = street_line(texts.get("address", ""), texts.get("house_number", ""), texts.get("street", ""))
    unit = texts.get("unit")
    without_unit, found = parts.split_unit(street)
    if found and (unit is None or parts.same_unit(unit, found)):
        street, unit = without_unit, unit or found
    state, zip_code = normalised.get("state"), normalised.get("zip_code")
    return NormalisedAddress(street, unit, texts.get("city"), state, zip_code, country, texts.get("county"))


def street_line(address: str, house_number: str, street: str) -> str:
    """Join house number and street; empty without a street.

    A full `address` counts before its parts. One that does not begin with a number, beside a house number and no
    street, is the name of the street.
    """
    if address and (street or not house_number or address[0].isdigit()):
        return address
    street = address or street
    return f"{house_number} {street}".strip() if street else ""


def _text(value: Any, limit: int) -> str:
    """Raises ValueError for a value that is neither text nor a number, or too long."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a column of numbers with gaps comes as floats from some tools
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise ValueError("must be text")
    text = " ".join(value.split())
    if len(text) > limit:
        raise ValueError(f"must have at most {limit} characters")
    if not text.isprintable() and _CONTROL.search(text):
        raise ValueError("must not contain control characters")
    return text
