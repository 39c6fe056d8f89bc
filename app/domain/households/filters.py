"""Filters that select households, in requests and in the arguments of jobs."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic.alias_generators import to_camel


class HouseholdFilters(BaseModel):
    """Conditions on households, combined with AND.

    City, state and county ignore case; a state may be given by code or name; a ZIP code also matches its ZIP+4 codes.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        coerce_numbers_to_str=True,
    )

    city: str | None = Field(default=None, max_length=100)
    """Its name, in any case."""
    state: str | None = Field(default=None, max_length=100)
    """A code such as `CA`, or a name such as `California`."""
    zip_code: str | None = Field(default=None, max_length=20)
    """`94520` also matches `94520-1234`."""
    county: str | None = Field(default=None, max_length=100)
    """Its name, in any case."""
    precinct_number: str | None = Field(default=None, max_length=50)
    """Exactly as it was loaded."""

    @field_validator("city", "state", "zip_code", "county", "precinct_number", mode="after")
    @classmethod
    def _normalise(cls, value: str | None) -> str | None:
        """Collapse white space; an empty text is no condition."""
        return (" ".join(value.split()) or None) if value else None

    @property
    def is_empty(self) -> bool:
        return not any(self.model_dump().values())
