"""Query parameters that select households in lists and exports."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from app.domain.households.filters import HouseholdFilters


class HouseholdSelection(HouseholdFilters):
    """The household filters, and two more that only lists and exports have."""

    geocoded: Literal["true", "false"] | None = None
    """Whether they have coordinates."""
    external_id: str | None = Field(default=None, max_length=255)
    """The id that your system gave them."""

    @property
    def is_geocoded(self) -> bool | None:
        """The `geocoded` filter as a boolean, None if it is not given."""
        return None if self.geocoded is None else self.geocoded == "true"
