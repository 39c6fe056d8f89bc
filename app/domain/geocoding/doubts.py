"""Reasons for a person to look at where a household is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class DoubtReason(StrEnum):
    AMBIGUOUS = "ambiguous"
    """Several addresses of the reference data fit equally well."""
    CONTRADICTORY = "contradictory"
    """The address that was found differs from the household's in its street, direction, town or postcode."""
    DISAGREEMENT = "disagreement"
    """Two geocoders found it at places far apart."""
    UNCERTAIN = "uncertain"
    """It was found on a street or at a house, with a confidence below 0.5."""
    CLUSTER = "cluster"
    """Households of many addresses are at this one point."""
    OUTSIDE = "outside"
    """It lies far from the other households of its precinct or county."""


@dataclass(frozen=True, slots=True)
class FoundDoubt:
    """A doubt, and what a person needs to decide, as it is shown: `candidates`, `metres`, `provider` …"""

    reason: DoubtReason
    detail: Mapping[str, Any] = field(default_factory=dict)
