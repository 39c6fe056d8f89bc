"""The accuracy scale of coordinates, shared by all geocoders, the database and the API."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Accuracy(StrEnum):
    """The kind of place that coordinates belong to, from the finest to the coarsest."""

    ROOFTOP = "rooftop"
    INTERPOLATED = "interpolated"
    STREET = "street"
    POSTCODE = "postcode"
    PLACE = "place"
    REGION = "region"

    @property
    def rank(self) -> int:
        """Position on the scale, 0 for the finest.

        Compare ranks rather than members: members are strings and would compare alphabetically.
        """
        return _RANKS[self]

    def reaches(self, other: Accuracy) -> bool:
        """Return whether this accuracy is as fine as `other`, or finer."""
        return self.rank <= other.rank


EXPECTED_ERROR_METRES: Mapping[Accuracy, float] = MappingProxyType(
    {
        Accuracy.ROOFTOP: 15.0,
        Accuracy.INTERPOLATED: 60.0,
        Accuracy.STREET: 300.0,
        Accuracy.POSTCODE: 2_100.0,
        Accuracy.PLACE: 5_000.0,
        Accuracy.REGION: 50_000.0,
    }
)
"""About how far a position may be off where the geocoder does not say: the centre of a ZIP code is 2.1 km from a
household in the median."""
_RANKS: Mapping[Accuracy, int] = MappingProxyType({accuracy: rank for rank, accuracy in enumerate(Accuracy)})
