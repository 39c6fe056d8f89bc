"""Addresses as people send them, a line of text or fields by name, checked and normalised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.addresses.parser import take_apart
from app.domain.geocoding.model import Address
from app.domain.households import input as households

LONGEST_LINE = 400
PLACES = ("city", "state", "zipCode", "county")


def given(value: Any, default_country: str) -> Address:
    """The address in a string or an object. Raises ValueError with what is wrong."""
    if isinstance(value, str):
        value = {"address": value}
    if not isinstance(value, Mapping):
        raise ValueError("an address must be text or an object")
    return from_fields(value, default_country)


def from_fields(fields: Mapping[str, Any], default_country: str) -> Address:
    """The address in fields by any of their names; a line that stands alone is taken apart.

    Without a street, what is known of the place is the address. Raises ValueError with what is wrong.
    """
    named = {households.COLUMNS[households.canonical(name)][1]: value for name, value in fields.items()
             if households.canonical(name) in households.COLUMNS and value not in (None, "")}  # fmt: skip
    named.pop("externalId", None)
    country = str(named.get("country", default_country)).lower()
    line = named.get("address")
    if isinstance(line, str) and not any(name in named for name in PLACES):
        if len(line) > LONGEST_LINE:
            raise ValueError(f"address must have at most {LONGEST_LINE} characters")
        del named["address"]
        named |= take_apart(line, country)  # a country that it names counts before the default
    street_given = any(name in named for name in ("address", "street"))
    if not street_given and any(name in named for name in PLACES):
        named["address"] = "-"  # what a household may not be without, an address may
    one = households.single(named, default_country)
    return Address(
        street=one.address if street_given else None,
        city=one.city,
        county=one.county,
        state=one.state,
        zip_code=one.zip_code,
        country=one.country,
    )
