"""Household filters as SQL."""

from __future__ import annotations

from app.db.core.conditions import Conditions
from app.domain.households.filters import HouseholdFilters
from app.domain.vocabulary.states import state_code


def conditions(
    filters: HouseholdFilters, *, geocoded: bool | None = None, external_id: str | None = None
) -> Conditions:
    """Return the conditions on `households` for these filters, each of which can use its index.

    Retired households are left out.
    """
    zip_code = filters.zip_code and filters.zip_code.upper()
    where = Conditions()
    where.add("retired_at IS NULL")
    where.add_if_given("lower(city) = lower({}::text)", filters.city)
    where.add_if_given("lower(state) = lower({}::text)", filters.state and (state_code(filters.state) or filters.state))
    where.add_if_given("split_part(zip_code, '-', 1) = split_part({}::text, '-', 1)", zip_code)
    if zip_code and "-" in zip_code:
        where.add("zip_code = {}::text", zip_code)
    where.add_if_given("lower(county) = lower({}::text)", filters.county)
    where.add_if_given("precinct_number = {}::text", filters.precinct_number)
    where.add_if_given("geocoded = {}::boolean", geocoded)
    where.add_if_given("external_id = {}::text", external_id)
    return where
