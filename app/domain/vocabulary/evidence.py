"""Evidence of an answer from reference data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """The kind of record from which a position was taken."""

    POINT = "point"
    """A known address point."""
    PARCEL = "parcel"
    """The centroid of the lot with the address."""
    NEIGHBOURS = "neighbours"
    """Known houses beside it in the street."""
    RANGE = "range"
    """The house numbers at the ends of a stretch of the street."""
    STREET = "street"
    """A known house, or a stretch, of the street."""


@dataclass(frozen=True, slots=True)
class Evidence:
    basis: Basis
    source: str
    """Name of the reference data."""
    source_date: str
    """The day of the data, or else of their import, ISO 8601."""
    matched: tuple[str, ...]
    """Parts of the question that the address found has: house_number, street, city, state, postcode."""
    differs: tuple[str, ...]
    """Parts that it lacks or has differently: house_number, direction (or suffix), spelling, city, postcode."""
    between: tuple[str, ...] = ()
    """The house numbers from which an interpolated position was computed."""
    expected_error_metres: float | None = None
    """How far the position may be off; null where it is the house itself."""


@dataclass(frozen=True, slots=True)
class PossiblePlace:
    """One of several addresses that fit a question equally well. Coordinates in degrees."""

    address: str
    latitude: float
    longitude: float
