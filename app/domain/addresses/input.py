"""Addresses as people send them, as a line of text or as fields, checked and normalised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.addresses.fields import MAX_CHARACTERS, Problems, clean, normalise
from app.domain.addresses.parser import parse_line
from app.domain.addresses.postal_address import Address
from app.domain.text.columns import ADDRESS, Vocabulary

MAX_LINE_CHARACTERS = 400
FIELDS = Vocabulary({field: ADDRESS[field] for field in MAX_CHARACTERS})
_PLACES = frozenset({"city", "state", "zip_code", "county"})


def parse_address(value: Any, default_country: str) -> Address:
    """Return the address in a string or an object. Raises ValueError with what is wrong."""
    if isinstance(value, str):
        return from_fields({"address": value}, default_country)
    if not isinstance(value, Mapping):
        raise ValueError("an address must be text or an object")
    names = [name for name, field in value.items() if field not in (None, "")]
    found = FIELDS.find(names)
    return from_fields({field: value[names[index]] for field, index in found.items()}, default_country)


def from_fields(fields: Mapping[str, Any], default_country: str, notes: Problems | None = None) -> Address:
    """Return the address in values by field, none of them empty.

    An address without other fields is parsed as a whole line. Without a street, the city or postcode is the address.
    With `notes`, a state or postcode that cannot be right is left out and noted there.
    Raises ValueError with what is wrong.
    """
    fields = with_parsed_line(fields, default_country, notes)
    problems: Problems = []
    texts = clean(fields, MAX_CHARACTERS, problems, default_country, notes)
    address = normalise(texts, default_country, problems, notes)
    if address is not None and not address.street and not texts.keys() & _PLACES:
        problems.append(("address", "is required (or house_number and street)"))
    if problems or address is None:
        raise ValueError(" ".join(problems[0]))
    return Address(
        street=address.street or None,
        city=address.city,
        county=address.county,
        state=address.state,
        zip_code=address.zip_code,
        country=address.country,
    )


def with_parsed_line(
    fields: Mapping[str, Any], default_country: str, notes: Problems | None = None
) -> Mapping[str, Any]:
    """Return the fields with an `address` that has no town or postcode beside it parsed as a whole line.

    Raises ValueError if it is too long.
    """
    line = fields.get("address")
    if not isinstance(line, str) or fields.keys() & _PLACES:
        return fields
    if len(line) > MAX_LINE_CHARACTERS:
        raise ValueError(f"address must have at most {MAX_LINE_CHARACTERS} characters")
    # a country that the line names counts before the default
    parsed = parse_line(line, str(fields.get("country", default_country)))
    if (recipient := parsed.pop("recipient", None)) and notes is not None:
        notes.append(("address", f"begins with {recipient!r}, which is no part of an address"))
    return {field: value for field, value in fields.items() if field != "address"} | parsed
