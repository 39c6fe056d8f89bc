"""Correcting a household: a changed address, and coordinates that a person chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from app.domain.addresses.fields import Problems
from app.domain.households.input import NewHousehold, api_name, from_objects

BY_HAND = "by hand"
"""The provider of coordinates that a person set; jobs replace them only if they name the household."""
MOVING = ("address", "city", "state", "zip_code", "country")
"""A household whose address changes in one of these is another place."""
EDITABLE = tuple(field.name for field in fields(NewHousehold) if field.name != "external_id")


def edit(
    current: Mapping[str, str | None], changes: Mapping[str, Any], default_country: str
) -> NewHousehold | Problems:
    """Return the household with the changes, normalised as in a load, or what is wrong with them.

    Nothing is left out of it: a state or postcode that cannot be right is a problem here. Names are those of fields.
    """
    values = {name: value for name, value in {**current, **changes}.items() if value not in (None, "")}
    batch = from_objects([{api_name(name): value for name, value in values.items()}], default_country)
    problems = [(error.field or "address", error.error) for error in (*batch.errors, *batch.warnings)]
    return problems or batch.households[0]
